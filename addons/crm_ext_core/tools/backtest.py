"""How well a score told won leads from lost ones: plain statistics, no library.

numpy, scipy or scikit-learn would add some 200 MB to an install for five formulas; on
100,000 leads these take about a second.
"""

# ties lie side by side, and tools import nothing of the host
# pylint: disable=bad-builtin-groupby

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

Z95 = 1.959964
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """A lead of the past: the score it then had, and what became of it."""

    key: int
    score: float
    won: bool


@dataclass(frozen=True, slots=True)
class Separation:
    """How often a won lead scores above a lost one (0.5: by chance), with its 95 %
    interval."""

    auc: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the leads, the best scores first."""

    rank: int
    count: int
    won: int
    lowest: float
    highest: float
    lift: float


@dataclass(frozen=True, slots=True)
class Band:
    """A range of scores, and the share of its leads that was won (95 % interval)."""

    lowest: float
    highest: float
    count: int
    won: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold: how many leads a week reach it, and what they were worth."""

    threshold: int
    per_week: float
    won_rate: float
    caught: float


def separation(cases: Iterable[Case]) -> Separation | None:
    """Return the area under the curve with DeLong's interval; None when only one
    outcome is known."""
    ordered = sorted(cases, key=lambda case: case.score)
    won = sum(case.won for case in ordered)
    lost = len(ordered) - won
    if not won or not lost:
        return None
    wins, losses = _placements(ordered, won, lost)
    auc = sum(wins) / won
    variance = _variance(wins, auc) / won + _variance(losses, auc) / lost
    margin = Z95 * math.sqrt(variance)
    return Separation(auc, max(auc - margin, 0.0), min(auc + margin, 1.0))


def _placements(
    ordered: Sequence[Case], won: int, lost: int
) -> tuple[list[float], list[float]]:
    """Return for each won lead the share of lost ones below it, and for each lost one
    the share of won ones above it; ties count half."""
    wins: list[float] = []
    losses: list[float] = []
    won_below = lost_below = 0
    for _score, tied in groupby(ordered, key=lambda case: case.score):
        outcomes = [case.won for case in tied]
        here_won = sum(outcomes)
        here_lost = len(outcomes) - here_won
        wins += [(lost_below + here_lost / 2) / lost] * here_won
        losses += [(won - won_below - here_won / 2) / won] * here_lost
        won_below += here_won
        lost_below += here_lost
    return wins, losses


def _variance(values: Sequence[float], mean: float) -> float:
    if len(values) < 2:
        return 0.25  # one case says nothing about its spread: the widest there is
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def tenths(cases: Sequence[Case]) -> list[Tenth]:
    """Return what each tenth of the leads was worth, the best scores first."""
    if not cases:
        return []
    ordered = sorted(cases, key=lambda case: (-case.score, case.key))
    overall = sum(case.won for case in ordered) / len(ordered)
    found = []
    for rank in range(TENTHS):
        part = ordered[
            rank * len(ordered) // TENTHS : (rank + 1) * len(ordered) // TENTHS
        ]
        if part:
            won = sum(case.won for case in part)
            lift = won / len(part) / overall if overall else 0.0
            found.append(
                Tenth(rank + 1, len(part), won, part[-1].score, part[0].score, lift)
            )
    return found


def wilson(won: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, right for small counts too."""
    if not count:
        return 0.0, 1.0
    share = won / count
    scale = 1 + Z95**2 / count
    middle = (share + Z95**2 / (2 * count)) / scale
    margin = (
        Z95 / scale * math.sqrt(share * (1 - share) / count + Z95**2 / (4 * count**2))
    )
    # rounding must not put the share outside its own interval
    return max(min(middle - margin, share), 0.0), min(max(middle + margin, share), 1.0)


def calibration(cases: Sequence[Case], bands: int = 6) -> list[Band]:
    """Return the share won for growing scores: bands of about the same number of
    leads, that never part equal scores."""
    ordered = sorted(cases, key=lambda case: case.score)
    size = max(len(ordered) / bands, 1)
    parts: list[list[Case]] = [[]]
    for _score, tied in groupby(ordered, key=lambda case: case.score):
        if len(parts[-1]) >= size:
            parts.append([])
        parts[-1] += tied
    found = []
    for part in parts:
        if part:
            won = sum(case.won for case in part)
            low, high = wilson(won, len(part))
            found.append(
                Band(
                    part[0].score,
                    part[-1].score,
                    len(part),
                    won,
                    won / len(part),
                    low,
                    high,
                )
            )
    return found


def worst(cases: Sequence[Case], count: int) -> tuple[list[Case], list[Case]]:
    """Return the lost leads with the best scores, and the won ones with the worst."""
    lost = sorted(
        (case for case in cases if not case.won), key=lambda case: -case.score
    )
    won = sorted((case for case in cases if case.won), key=lambda case: case.score)
    return lost[:count], won[:count]


def cuts(cases: Sequence[Case], weeks: float) -> list[Cut]:
    """Return what each threshold would let through a week, the lowest first."""
    won = sum(case.won for case in cases)
    through = through_won = 0
    found = []
    ordered = sorted(cases, key=lambda case: -case.score)
    for score, tied in groupby(ordered, key=lambda case: case.score):
        outcomes = [case.won for case in tied]
        through += len(outcomes)
        through_won += sum(outcomes)
        found.append(
            Cut(
                math.ceil(score),
                through / weeks,
                through_won / through,
                through_won / won if won else 0.0,
            )
        )
    return found[::-1]


def threshold(cases: Sequence[Case], weeks: float, capacity: float) -> Cut | None:
    """Return the lowest threshold that lets through at most `capacity` leads a week;
    None when even the best score comes too often."""
    fitting = [cut for cut in cuts(cases, weeks) if cut.per_week <= capacity]
    return fitting[0] if fitting else None
