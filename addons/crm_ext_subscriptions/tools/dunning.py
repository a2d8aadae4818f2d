"""Which steps of a dunning policy are due, and which one a late start leaves out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# what a customer or a bank sees: after a stop of some weeks only the last one is done
ONCE_A_DAY = frozenset({"mail", "retry"})


@dataclass(frozen=True, slots=True)
class Step:
    """What is done so many days after a charge failed or an invoice fell due."""

    key: int
    action: str
    delay_days: int


@dataclass(frozen=True, slots=True)
class DueSteps:
    """Steps to carry out now, and those that a later one of their kind replaces."""

    to_do: tuple[Step, ...]
    skipped: tuple[Step, ...]


def due_steps(
    steps: Iterable[Step], since: date, today: date, done: Collection[int]
) -> DueSteps:
    """The steps due by today, in order of delay, without those done already.

    >>> mails = [Step(1, "mail", 7), Step(2, "mail", 21)]
    >>> due_steps(mails, date(2026, 1, 1), date(2026, 1, 8), ()).to_do[0].key
    1
    >>> late = due_steps(mails, date(2026, 1, 1), date(2026, 3, 1), ())
    >>> [step.key for step in late.skipped]
    [1]
    """
    due = sorted(
        (
            step
            for step in steps
            if step.key not in done and since + timedelta(step.delay_days) <= today
        ),
        key=lambda step: (step.delay_days, step.key),
    )
    last = {step.action: step for step in due}
    skipped = tuple(
        step for step in due if step.action in ONCE_A_DAY and last[step.action] != step
    )
    to_do = tuple(step for step in due if step not in skipped)
    return DueSteps(to_do, skipped)
