"""From one standing of a line to the next: the parts of the change, one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .mrr_terms import (
    BEFORE,
    CLOSE,
    END,
    FREE,
    PAUSE,
    REMOVE,
    RUNNING,
    TAKEN_OVER,
    ZERO,
    MrrLine,
    MrrTerms,
    Standing,
    standings,
)

RESUME, TRANSFER, TERMS = "resume", "transfer", "terms"
ENTERED = ("entry", "trial", "free", "pricelist", "revision")
STOPPED = {FREE: "trial", REMOVE: "line", CLOSE: "close", END: "end", PAUSE: PAUSE}
RESTARTED = {FREE: "trial", REMOVE: "line", CLOSE: "reopen", END: "reopen"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a change, in the line's currency.

    Its kind is known as far as the line tells it; of "terms" the customer decides.
    `held` is what a pause holds more (or less) for it.
    """

    kind: str
    cause: str
    amount: Decimal
    held: Decimal = ZERO
    change: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """What a line that went on elsewhere was worth, from which day, and by what."""

    date: date
    amount: Decimal
    cause: str
    change: int


@dataclass(frozen=True, slots=True)
class Past:
    """Where a line stands: what it was worth, what a pause holds, its last terms."""

    stop: str = BEFORE
    value: Decimal = ZERO
    held: Decimal = ZERO
    terms: MrrTerms | None = None


def split(
    line: MrrLine, was: Past, now: Standing, flow: Flow | None, left: bool
) -> Iterator[Part]:
    """Cut a change into what a pause, a transfer and the terms did.

    :param flow: of a line that goes on in this one from this day
    :param left: whether this line goes on elsewhere
    """
    value = was.value
    if was.held and now.stop != PAUSE:
        cause = RESUME if now.stop == RUNNING else STOPPED[now.stop]
        yield Part(RESUME, cause, was.held, -was.held)
        value = was.held
    if flow:
        yield Part(TRANSFER, flow.cause, flow.amount, change=flow.change)
        value += flow.amount
    if left:
        if value:
            yield Part(TRANSFER, left_by(now), -value, change=now.terms.change)
    elif now.stop == PAUSE:
        if value:
            yield Part(PAUSE, PAUSE, -value, value)
    elif now.stop != RUNNING:
        if value:
            yield Part(TERMS, STOPPED[now.stop], -value)
    elif value and was.terms:
        yield from _by_terms(line, was.terms, now, value)
    elif now.value != value:
        cause = flow.cause if flow else _start_cause(line, was)
        yield Part(TERMS, cause, now.value - value)


def _by_terms(
    line: MrrLine, before: MrrTerms, now: Standing, value: Decimal
) -> Iterator[Part]:
    """The change of value of a line that runs on; several causes are told apart."""
    after = now.terms
    if after.quantity != before.quantity:
        terms = (after.quantity, before.price, before.discount)
        reached = _reach(line, now, terms)
        if reached != value:
            yield Part(TERMS, "quantity", reached - value)
            value = reached
    if after.price != before.price:
        terms = (after.quantity, after.price, before.discount)
        reached = _reach(line, now, terms)
        if reached != value:
            yield Part(TERMS, now.followed or "price", reached - value)
            value = reached
    if now.value != value:
        yield Part(TERMS, "discount", now.value - value)


def _reach(
    line: MrrLine, now: Standing, terms: tuple[Decimal, Decimal, Decimal]
) -> Decimal:
    """The value with some of the new terms; with all of them it is known."""
    after = now.terms
    if terms == (after.quantity, after.price, after.discount):
        return now.value
    return line.value(*terms)


def _start_cause(line: MrrLine, was: Past) -> str:
    """Why a line that was worth nothing costs something."""
    if was.stop == RUNNING:
        return "discount" if was.terms.discount == 100 else "quantity"
    if was.stop != BEFORE:
        return RESTARTED.get(was.stop, RESUME)
    first = min(line.terms, key=lambda terms: terms.key)
    if first.reason not in ENTERED:
        return "line"
    return "opening" if line.opening else "entry"


def is_left(now: Standing) -> bool:
    """Whether the line was closed because it goes on elsewhere."""
    return now.stop == CLOSE and now.terms.reason in TAKEN_OVER


def left_by(now: Standing) -> str:
    """The cause of a transfer: another customer, or another plan."""
    return "plan" if now.terms.reason == "swap_plan" else TRANSFER


def taken_over(
    line: MrrLine, moment: datetime, others: Mapping[int, MrrLine]
) -> Flow | None:
    """What comes along, on its first day, from the line that goes on in this one."""
    source = others.get(line.continues)
    if not source:
        return None
    return _left_on(line.first, source, moment, others)


def _left_on(
    day: date, line: MrrLine, moment: datetime, others: Mapping[int, MrrLine]
) -> Flow | None:
    """What the line was worth, paused or not, when it went on elsewhere on a day.

    Paused ever since it was taken over itself, it was worth what came along then.
    """
    flow, value = taken_over(line, moment, others), ZERO
    for standing in standings(line, moment):
        if flow and flow.date == standing.date_from:
            value += flow.amount
        if standing.date_from == day:
            if not is_left(standing) or not value:
                return None
            return Flow(day, value, left_by(standing), standing.terms.change)
        if standing.stop != PAUSE:
            value = standing.value
    return None
