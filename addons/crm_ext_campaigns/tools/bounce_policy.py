"""When soft returns end in the exclusion of an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SoftPolicy:
    """Exclude after `count` returns of one reason within `days` days."""

    count: int = 3
    days: int = 30


@dataclass(frozen=True, slots=True)
class SoftReturn:
    """A soft return: when its mail was sent and why it came back."""

    sent_at: datetime
    reason: str


def soft_run(
    policy: SoftPolicy,
    returns: Iterable[SoftReturn],
    delivered_at: Iterable[datetime],
    reason: str,
) -> int:
    """Count the returns of that reason that still speak against the address.

    A mail delivered in between clears what came before it; only the returns of the
    last `policy.days` days before the latest one count. Everything is placed at the
    moment its mail was sent, since a return may arrive days after the next mail left.

    >>> day = datetime(2026, 3, 1)
    >>> full = [SoftReturn(day + timedelta(days=n), "mailbox_full") for n in (0, 7, 14)]
    >>> soft_run(SoftPolicy(), full, [], "mailbox_full")
    3
    >>> soft_run(SoftPolicy(), full, [day + timedelta(days=10)], "mailbox_full")
    1
    """
    moments = sorted(item.sent_at for item in returns if item.reason == reason)
    if not moments:
        return 0
    latest = moments[-1]
    start = latest - timedelta(days=policy.days)
    cleared = [at for at in delivered_at if at <= latest]
    if cleared:
        moments = [moment for moment in moments if moment > max(cleared)]
    return sum(1 for moment in moments if moment >= start)


def is_excluded(
    policy: SoftPolicy,
    returns: Iterable[SoftReturn],
    delivered_at: Iterable[datetime],
    reason: str,
) -> bool:
    """Whether the run of soft returns reaches the policy's count."""
    return soft_run(policy, returns, delivered_at, reason) >= policy.count
