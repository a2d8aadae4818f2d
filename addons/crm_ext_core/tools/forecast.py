"""What a lead is worth in a forecast, and how good past forecasts were.

A weight is a share of leads won, in percent, learnt from the leads that were closed. It
is used where enough of them were seen; where not, a wider circle is asked, and last the
host's own probability of the lead serves (a weight of None says so).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

HUNDRED = Decimal(100)
PLACES = Decimal("0.01")
EDGE = Decimal("0.1")  # percent: no history proves that a lead is lost, or won
BANDS = 4  # quarters of the full score
METHODS = ("host", "stage", "score", "both")


@dataclass(frozen=True, slots=True)
class Share:
    """How many leads were seen to the end, and how many of them were won."""

    won: int = 0
    closed: int = 0

    def __add__(self, other: "Share") -> "Share":
        """What both have seen."""
        return Share(self.won + other.won, self.closed + other.closed)

    @property
    def percent(self) -> Decimal | None:
        """The share that was won; None when nothing was seen."""
        if not self.closed:
            return None
        return (HUNDRED * self.won / self.closed).quantize(PLACES)


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight in percent, and which circle it was learnt from (0: the narrowest).

    `percent` and `level` are None when no circle has seen enough.
    """

    percent: Decimal | None = None
    level: int | None = None


def pick(circles: Sequence[Share], minimum: int) -> Weight:
    """The share of the first circle that has seen at least `minimum` leads.

    >>> pick([Share(1, 2), Share(30, 100)], 20)
    Weight(percent=Decimal('30.00'), level=1)
    """
    for level, share in enumerate(circles):
        if share.closed >= max(1, minimum):
            return Weight(share.percent, level)
    return Weight()


def combine(
    stage: Decimal | None, score: Decimal | None, base: Decimal | None
) -> Decimal | None:
    """The weight of a lead of that stage and that score, when both speak.

    Each tells by how much the odds of all leads (`base`) must be multiplied; the two
    are taken as independent of each other. With one of them, it is that one.

    >>> combine(Decimal(50), Decimal(50), Decimal(25))
    Decimal('75.00')
    """
    if stage is None or score is None or base is None:
        return stage if score is None else score if stage is None else stage
    odds = _odds(stage) * _odds(score) / _odds(base)
    return (HUNDRED * odds / (1 + odds)).quantize(PLACES)


def _odds(percent: Decimal) -> Decimal:
    inside = min(max(percent, EDGE), HUNDRED - EDGE)
    return inside / (HUNDRED - inside)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was forecast for a month, and what was won in it."""

    forecast: Decimal
    actual: Decimal

    @property
    def error(self) -> Decimal:
        """Above zero: too much was promised."""
        return self.forecast - self.actual

    @property
    def percent(self) -> Decimal | None:
        """The error as a share of what was won; None when nothing was."""
        return HUNDRED * self.error / self.actual if self.actual else None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How good the forecasts of several months were.

    `bias` is the sum of the errors, `bias_percent` its share of all that was won: above
    zero, too much is promised. `mape` is the mean of the errors of the months, without
    their sign, in percent of what each brought; months that brought nothing count in
    `months` and in the bias, not in `mape` (`measured` says how many do).
    """

    months: int
    measured: int
    forecast: Decimal
    actual: Decimal
    bias: Decimal
    bias_percent: Decimal | None
    mape: Decimal | None


def measure(outcomes: Iterable[Outcome]) -> Accuracy:
    """The accuracy of the forecasts of one method, made the same time ahead."""
    seen = list(outcomes)
    forecast = sum((one.forecast for one in seen), Decimal(0))
    actual = sum((one.actual for one in seen), Decimal(0))
    whole = Outcome(forecast, actual)
    errors = [abs(one.percent) for one in seen if one.percent is not None]
    mape = sum(errors, Decimal(0)) / len(errors) if errors else None
    return Accuracy(
        months=len(seen),
        measured=len(errors),
        forecast=forecast,
        actual=actual,
        bias=whole.error,
        bias_percent=_round(whole.percent),
        mape=_round(mape),
    )


def _round(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.quantize(PLACES)
