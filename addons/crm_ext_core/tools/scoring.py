"""What a lead's score is made of: points granted by rules, that fade, with caps.

The same arithmetic runs set-based in models/crm_score_entry_points.py; a test compares
the two. Here it serves what is asked of one lead: a past date, what would raise it.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")
UNIT = Decimal("1")
DAY = timedelta(days=1)
HALF = Decimal("0.5")
ZERO = Decimal(0)

FIT = "fit"
ENGAGEMENT = "engagement"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is worth.

    Rules with the same `group` share the smallest `cap` stated among them; a rule
    without a group is capped alone. At most one of `half_life_days` and `expiry_days`
    is set. A `floor` gives no points of its own: it keeps what was gained in its
    dimension from fading below `points`.
    """

    key: int
    points: Decimal
    group: str = ""
    cap: Decimal | None = None
    half_life_days: int = 0
    expiry_days: int = 0
    dimension: str = FIT
    floor: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """A rule that holds for a lead since `earned_at` (`key`: the event, if any)."""

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

    def part(self, dimension: str) -> int:
        """Return what one dimension adds to the total."""
        return whole(
            sum(
                (
                    part.points
                    for part in self.contributions
                    if part.grant.rule.dimension == dimension
                ),
                ZERO,
            )
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that groups of rules and dimensions may give or take."""

    groups: Mapping[Hashable, Decimal] = field(default_factory=dict)
    dimensions: Mapping[Hashable, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grades:
    """From how many points on a lead is A, B, C (fit) and 1, 2, 3 (engagement)."""

    fit: tuple[int, int, int]
    engagement: tuple[int, int, int]

    def grade(self, fit: int, engagement: int) -> str:
        """Return the cell of the matrix, from "A1" (best) to "D4"."""
        return _rank("ABCD", self.fit, fit) + _rank("1234", self.engagement, engagement)


def _rank(names: str, steps: Sequence[int], value: int) -> str:
    return names[sum(value < step for step in steps)]


def whole(points: Decimal) -> int:
    """Return points rounded to the number that is shown."""
    return int(points.quantize(UNIT, ROUND_HALF_UP))


def faded(grant: Grant, now: datetime) -> Decimal:
    """Return the grant's points at `now`, before any cap, to a tenth of a point."""
    rule = grant.rule
    age = max(now - grant.earned_at, timedelta())
    if rule.expiry_days and age >= rule.expiry_days * DAY:
        return ZERO
    if rule.half_life_days:
        halves = Decimal(age / DAY) / rule.half_life_days
        return (rule.points * HALF**halves).quantize(TENTH, ROUND_HALF_UP)
    return rule.points


def fades_at(grant: Grant, now: datetime) -> datetime | None:
    """Return the next moment at which the grant is worth noticeably less."""
    rule = grant.rule
    if rule.floor:
        return None
    if rule.expiry_days:
        end = grant.earned_at + rule.expiry_days * DAY
        return end if end > now else None
    if rule.half_life_days and faded(grant, now):
        lives = max(now - grant.earned_at, timedelta()) // (rule.half_life_days * DAY)
        return grant.earned_at + (lives + 1) * rule.half_life_days * DAY
    return None


def caps(rules: Iterable[Rule]) -> dict[Hashable, Decimal]:
    """Return the cap of each group (or of each rule without group)."""
    found: dict[Hashable, Decimal] = {}
    for rule in rules:
        if rule.cap is not None:
            found[pool(rule)] = min(rule.cap, found.get(pool(rule), rule.cap))
    return found


def pool(rule: Rule) -> Hashable:
    """Return what the rule shares its cap with: its group, or itself."""
    return rule.group or rule.key


def held(
    points: Sequence[Decimal],
    keys: Sequence[Hashable],
    limits: Mapping[Hashable, Decimal],
) -> list[Decimal]:
    """Return what each counts for when the sum of each key stays within +/- its limit.

    Each counts for the difference that it makes to the limited sum: first come, first
    counted, and the sum does not depend on the order.
    """
    sums: dict[Hashable, Decimal] = {}
    parts = []
    for worth, key in zip(points, keys, strict=True):
        before = sums.get(key, ZERO)
        sums[key] = before + worth
        limit = limits.get(key)
        if limit is None:
            parts.append(worth)
        else:
            after = min(max(sums[key], -limit), limit)
            parts.append(after - min(max(before, -limit), limit))
    return parts


def score(grants: Iterable[Grant], limits: Limits, now: datetime) -> Score:
    """Return the score at `now`: groups capped, then dimensions, then floors."""
    ordered = sorted(grants, key=lambda one: (one.earned_at, one.rule.key, one.key))
    points = [ZERO if one.rule.floor else faded(one, now) for one in ordered]
    points = held(points, [pool(one.rule) for one in ordered], limits.groups)
    dimensions = [one.rule.dimension for one in ordered]
    points = held(points, dimensions, limits.dimensions)
    points = _with_floors(ordered, points)
    parts = tuple(
        Contribution(one, worth, fades_at(one, now))
        for one, worth in zip(ordered, points, strict=True)
    )
    return Score(whole(sum(points, ZERO)), parts)


def _with_floors(grants: list[Grant], points: list[Decimal]) -> list[Decimal]:
    """Let the highest floor of each dimension add what is missing to it.

    What takes points off is no fading: it counts below the floor too.
    """
    best: dict[str, int] = {}
    for place, one in enumerate(grants):
        rule = one.rule
        if rule.floor:
            other = best.get(rule.dimension)
            if other is None or _height(rule) < _height(grants[other].rule):
                best[rule.dimension] = place
    topped = list(points)
    for dimension, place in best.items():
        gained = sum(
            (
                max(worth, ZERO)
                for one, worth in zip(grants, points, strict=True)
                if one.rule.dimension == dimension
            ),
            ZERO,
        )
        topped[place] = max(grants[place].rule.points - gained, ZERO)
    return topped


def _height(rule: Rule) -> tuple[Decimal, int]:
    return -rule.points, rule.key
