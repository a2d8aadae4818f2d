"""What a lead's score is made of: points granted by rules, that fade, with caps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")
UNIT = Decimal("1")
DAY = timedelta(days=1)
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is worth.

    Rules with the same `group` share the smallest `cap` stated among them; a rule
    without a group is capped alone. At most one of `half_life_days` and `expiry_days`
    is set.
    """

    key: int
    points: Decimal
    group: str = ""
    cap: Decimal | None = None
    half_life_days: int = 0
    expiry_days: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """A rule that holds for a lead since `earned_at`."""

    key: int
    rule: Rule
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a grant counts for now, and when it will count for less (never: None)."""

    grant: Grant
    points: Decimal
    fades_at: datetime | None


@dataclass(frozen=True, slots=True)
class Score:
    """The whole number shown, and the contributions whose sum it is."""

    total: int
    contributions: tuple[Contribution, ...]


def faded(grant: Grant, now: datetime) -> Decimal:
    """Return the grant's points at `now`, before any cap, to a tenth of a point."""
    rule = grant.rule
    age = max(now - grant.earned_at, timedelta())
    if rule.expiry_days and age >= rule.expiry_days * DAY:
        return Decimal(0)
    if rule.half_life_days:
        halves = Decimal(age / DAY) / rule.half_life_days
        return (rule.points * HALF**halves).quantize(TENTH, ROUND_HALF_UP)
    return rule.points


def fades_at(grant: Grant, now: datetime) -> datetime | None:
    """Return the next moment at which the grant is worth noticeably less."""
    rule = grant.rule
    if rule.expiry_days:
        end = grant.earned_at + rule.expiry_days * DAY
        return end if end > now else None
    if rule.half_life_days and faded(grant, now):
        lives = max(now - grant.earned_at, timedelta()) // (rule.half_life_days * DAY)
        return grant.earned_at + (lives + 1) * rule.half_life_days * DAY
    return None


def caps(rules: Iterable[Rule]) -> dict[str | int, Decimal]:
    """Return the cap of each group (or of each rule without group)."""
    found: dict[str | int, Decimal] = {}
    for rule in rules:
        if rule.cap is not None:
            pool = rule.group or rule.key
            found[pool] = min(rule.cap, found.get(pool, rule.cap))
    return found


def score(
    grants: Iterable[Grant], limits: dict[str | int, Decimal], now: datetime
) -> Score:
    """Return the score at `now`: oldest grants first, each pool within +/- its cap."""
    pools: dict[str | int, Decimal] = {}
    contributions = []
    for grant in sorted(grants, key=lambda grant: (grant.earned_at, grant.key)):
        pool = grant.rule.group or grant.rule.key
        before = pools.get(pool, Decimal(0))
        after = before + faded(grant, now)
        if (cap := limits.get(pool)) is not None:
            after = min(max(after, -cap), cap)
        pools[pool] = after
        contributions.append(Contribution(grant, after - before, fades_at(grant, now)))
    total = sum(pools.values(), Decimal(0)).quantize(UNIT, ROUND_HALF_UP)
    return Score(int(total), tuple(contributions))
