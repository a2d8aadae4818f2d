"""Amendments: what a change does to the chain of dated terms of a line.

A chain is never rewritten: each function gives the terms to add. Of two terms that
begin the same day, the one entered last is in force. A stop (pause, removal, closing)
bills nothing and keeps the quantity that stands behind it, so that a change entered
meanwhile is in force when the line runs again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

PAUSE, REMOVE, CLOSE = "pause", "remove", "close"
ENDS = (REMOVE, CLOSE)


class AmendmentError(Exception):
    """A change that makes no sense; `field` names the value at fault."""

    def __init__(self, field: str) -> None:
        """Remember the field at fault; the caller words the message."""
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a line from a day on; `quantity` is what stands behind a stop."""

    date_from: date
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    stop: str = ""

    @property
    def billed_quantity(self) -> Decimal:
        """What is billed: nothing while stopped."""
        return Decimal(0) if self.stop else self.quantity


@dataclass(frozen=True, slots=True)
class Alteration:
    """What a change asks for; what is None stays as it is."""

    quantity: Decimal | None = None
    add: Decimal | None = None
    price: Decimal | None = None
    discount: Decimal | None = None


def in_force(chain: Iterable[Terms], day: date) -> Terms | None:
    """The terms of a day: the last begun, and of one day the last entered."""
    found = None
    for terms in chain:
        if terms.date_from <= day and (not found or terms.date_from >= found.date_from):
            found = terms
    return found


def amend(chain: tuple[Terms, ...], day: date, wanted: Alteration) -> tuple[Terms, ...]:
    """Alter the terms from a day on.

    Terms that begin later keep what they themselves changed: a price revised in March
    stays revised when a price is corrected from January. A quantity is added to all of
    them.
    """
    before = _begun(chain, day)
    if before.stop in ENDS:
        raise AmendmentError("date")
    added = _added(before, wanted)
    price_until = _same_until(chain, day, "price")
    discount_ends = _same_until(chain, day, "discount")

    def alter(terms: Terms) -> Terms:
        return replace(
            terms,
            quantity=_not_negative(terms.quantity + added),
            price=_carried(terms, "price", wanted.price, price_until),
            discount=_carried(terms, "discount", wanted.discount, discount_ends),
        )

    return _rewrite(chain, day, None, alter)


def discount_until(
    chain: tuple[Terms, ...], day: date, discount: Decimal, until: date
) -> tuple[Terms, ...]:
    """Give a discount from a day on and take it away again on another."""
    if until <= day:
        raise AmendmentError("date_until")
    _begun(chain, day)
    given = _rewrite(chain, day, until, lambda terms: replace(terms, discount=discount))
    return (*given, replace(_begun(chain, until), date_from=until))


def pause(
    chain: tuple[Terms, ...], day: date, resume: date | None = None
) -> tuple[Terms, ...]:
    """Stop billing from a day on, until the day it resumes if that is known."""
    if resume is not None and resume <= day:
        raise AmendmentError("resume_date")
    stopped = _rewrite(
        chain, day, resume, lambda terms: replace(terms, stop=terms.stop or PAUSE)
    )
    if not stopped or resume is None:
        return stopped
    return (*stopped, replace(_begun(chain, resume), date_from=resume))


def resume(chain: tuple[Terms, ...], day: date) -> tuple[Terms, ...]:
    """End the pause that lasts on a day; a pause that begins later stays."""
    if _begun(chain, day).stop != PAUSE:
        return ()
    until = next(
        (later for later in _later_days(chain, day) if not _stops(chain, later, PAUSE)),
        None,
    )
    return _rewrite(chain, day, until, lambda terms: replace(terms, stop=""))


def end(chain: tuple[Terms, ...], day: date, stop: str) -> tuple[Terms, ...]:
    """Bill nothing from a day on, whatever was entered for later."""
    return _rewrite(
        chain,
        day,
        None,
        lambda terms: terms if terms.stop == REMOVE else replace(terms, stop=stop),
    )


def reopen(chain: tuple[Terms, ...], day: date) -> tuple[Terms, ...]:
    """Undo a closing from a day on; what was removed before stays removed."""
    return _rewrite(
        chain,
        day,
        None,
        lambda terms: replace(terms, stop="") if terms.stop == CLOSE else terms,
    )


def changed_days(
    before: tuple[Terms, ...], after: tuple[Terms, ...], first: date, last: date
) -> tuple[date, date] | None:
    """First and last day of a stretch whose terms are no longer the same."""
    bounds = {first} | {
        terms.date_from
        for terms in (*before, *after)
        if first < terms.date_from <= last
    }
    days = sorted(bounds)
    changed = [
        index
        for index, day in enumerate(days)
        if _billed(before, day) != _billed(after, day)
    ]
    if not changed:
        return None
    following = changed[-1] + 1
    end_day = (
        date.fromordinal(days[following].toordinal() - 1)
        if following < len(days)
        else last
    )
    return days[changed[0]], end_day


def _rewrite(
    chain: tuple[Terms, ...],
    day: date,
    until: date | None,
    alter: Callable[[Terms], Terms],
) -> tuple[Terms, ...]:
    """Terms to add so that each day from `day` to before `until` is altered."""
    added = []
    for begin in (day, *_later_days(chain, day)):
        if until is not None and begin >= until:
            break
        terms = replace(_begun(chain, begin), date_from=begin)
        altered = alter(terms)
        if altered != terms:
            added.append(altered)
    return tuple(added)


def _begun(chain: Iterable[Terms], day: date) -> Terms:
    found = in_force(chain, day)
    if found is None:
        raise AmendmentError("date")
    return found


def _later_days(chain: Iterable[Terms], day: date) -> list[date]:
    return sorted({terms.date_from for terms in chain if terms.date_from > day})


def _stops(chain: Iterable[Terms], day: date, stop: str) -> bool:
    return _begun(chain, day).stop == stop


def _added(before: Terms, wanted: Alteration) -> Decimal:
    if wanted.quantity is not None:
        return wanted.quantity - before.quantity
    return wanted.add or Decimal(0)


def _same_until(chain: Iterable[Terms], day: date, name: str) -> date:
    """First later day whose terms themselves changed that value."""
    before = getattr(_begun(chain, day), name)
    changes = (
        later
        for later in _later_days(chain, day)
        if getattr(_begun(chain, later), name) != before
    )
    return next(changes, date.max)


def _carried(terms: Terms, name: str, wanted: Decimal | None, until: date) -> Decimal:
    own: Decimal = getattr(terms, name)
    return own if wanted is None or terms.date_from >= until else wanted


def _not_negative(quantity: Decimal) -> Decimal:
    if quantity < 0:
        raise AmendmentError("quantity")
    return quantity


def _billed(chain: Iterable[Terms], day: date) -> tuple[Decimal, ...]:
    terms = in_force(chain, day)
    if terms is None:
        return ()
    return terms.billed_quantity, terms.price, terms.discount
