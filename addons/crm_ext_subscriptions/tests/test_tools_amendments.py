import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.adjustments import BilledRow, correct
from odoo.addons.crm_ext_subscriptions.tools.amendments import (
    CLOSE,
    REMOVE,
    Alteration,
    AmendmentError,
    Terms,
    amend,
    changed_days,
    discount_until,
    end,
    in_force,
    pause,
    reopen,
    resume,
)

# a busy machine is slow to draw; that says nothing about the arithmetic
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = date(2026, 1, 1)
FIRST = Terms(START, Decimal(2), Decimal(100))
DAYS = st.integers(0, 120).map(lambda days: START + timedelta(days=days))


def day(month, number):
    return date(2026, month, number)


def add(chain, *added):
    for terms in added:
        chain = (*chain, *terms)
    return chain


class TestAmendments(unittest.TestCase):
    def billed(self, chain, on):
        return in_force(chain, on).billed_quantity

    def test_a_quantity_from_a_day_on(self):
        chain = add((FIRST,), amend((FIRST,), day(2, 1), Alteration(add=Decimal(3))))
        self.assertEqual(self.billed(chain, day(1, 31)), 2)
        self.assertEqual(self.billed(chain, day(2, 1)), 5)
        with self.assertRaises(AmendmentError) as caught:
            amend(chain, day(3, 1), Alteration(add=Decimal(-6)))
        self.assertEqual(caught.exception.field, "quantity")

    def test_a_price_revised_later_outlives_a_correction_from_before(self):
        revised = amend((FIRST,), day(3, 1), Alteration(price=Decimal(110)))
        chain = add((FIRST,), revised)
        chain = add(chain, amend(chain, day(2, 1), Alteration(price=Decimal(90))))
        prices = [in_force(chain, day(month, 5)).price for month in (1, 2, 3)]
        self.assertEqual(prices, [100, 90, 110])
        chain = add(chain, amend(chain, day(2, 1), Alteration(quantity=Decimal(7))))
        self.assertEqual(self.billed(chain, day(3, 5)), 7)
        self.assertEqual(in_force(chain, day(3, 5)).price, 110)

    def test_a_change_during_a_pause_waits_for_the_resumption(self):
        chain = add((FIRST,), pause((FIRST,), day(2, 1), day(3, 1)))
        chain = add(chain, amend(chain, day(2, 10), Alteration(add=Decimal(1))))
        quantities = [self.billed(chain, day(month, 20)) for month in (1, 2, 3)]
        self.assertEqual(quantities, [2, 0, 3])

    def test_resuming_early_and_a_second_pause_stays(self):
        chain = add((FIRST,), pause((FIRST,), day(2, 1), day(3, 1)))
        chain = add(chain, pause(chain, day(4, 1), day(4, 11)))
        chain = add(chain, resume(chain, day(2, 15)))
        self.assertEqual(self.billed(chain, day(2, 14)), 0)
        self.assertEqual(self.billed(chain, day(2, 15)), 2)
        self.assertEqual(self.billed(chain, day(4, 5)), 0)
        self.assertEqual(resume(chain, day(3, 20)), ())

    def test_what_is_closed_is_reopened_and_what_is_removed_stays_removed(self):
        removed = add((FIRST,), end((FIRST,), day(2, 1), REMOVE))
        for chain, expected in (((FIRST,), 2), (removed, 0)):
            chain = add(chain, pause(chain, day(4, 1)))
            chain = add(chain, end(chain, day(3, 1), CLOSE))
            self.assertEqual(self.billed(chain, day(4, 20)), 0)
            chain = add(chain, reopen(chain, day(3, 11)))
            self.assertEqual(self.billed(chain, day(3, 10)), 0)
            self.assertEqual(self.billed(chain, day(4, 20)), expected)
        with self.assertRaises(AmendmentError):
            amend(removed, day(2, 5), Alteration(add=Decimal(1)))

    def test_a_discount_for_a_while(self):
        given_ = discount_until((FIRST,), day(2, 1), Decimal(10), day(4, 1))
        chain = add((FIRST,), given_)
        discounts = [in_force(chain, day(m, 1)).discount for m in (1, 2, 3, 4)]
        self.assertEqual(discounts, [0, 10, 10, 0])
        with self.assertRaises(AmendmentError):
            discount_until(chain, day(2, 1), Decimal(10), day(2, 1))

    def test_nothing_before_the_first_terms(self):
        with self.assertRaises(AmendmentError):
            pause((FIRST,), date(2025, 12, 31))
        self.assertIsNone(in_force((FIRST,), date(2025, 12, 31)))

    def test_the_days_that_changed(self):
        chain = add((FIRST,), pause((FIRST,), day(1, 10), day(1, 20)))
        found = changed_days((FIRST,), chain, day(1, 1), day(1, 31))
        self.assertEqual(found, (day(1, 10), day(1, 19)))
        self.assertIsNone(changed_days((FIRST,), chain, day(2, 1), day(2, 28)))


CHANGES = st.one_of(
    st.builds(
        lambda at, q: lambda chain: amend(chain, at, Alteration(quantity=q)),
        DAYS,
        st.integers(0, 9).map(Decimal),
    ),
    st.builds(
        lambda at, p: lambda chain: amend(chain, at, Alteration(price=p)),
        DAYS,
        st.decimals(0, 999, places=4),
    ),
    st.builds(
        lambda at, d: lambda chain: amend(chain, at, Alteration(discount=d)),
        DAYS,
        st.decimals(0, 100, places=2),
    ),
    st.builds(lambda at, n: _pause(at, n), DAYS, st.none() | st.integers(1, 60)),
    st.builds(lambda at: lambda chain: resume(chain, at), DAYS),
    st.builds(
        lambda at, stop: lambda chain: end(chain, at, stop),
        DAYS,
        st.sampled_from((REMOVE, CLOSE)),
    ),
    st.builds(lambda at: lambda chain: reopen(chain, at), DAYS),
)


def _pause(at, days):
    until = at + timedelta(days=days) if days else None
    return lambda chain: pause(chain, at, until)


def price(chain, first, last):
    """By hand: each day its price, a thirtieth of the month's, rounded once."""
    total = Decimal(0)
    for number in range((last - first).days + 1):
        terms = in_force(chain, first + timedelta(days=number))
        total += terms.billed_quantity * terms.price * (1 - terms.discount / 100) / 30
    return total.quantize(Decimal("0.01"))


class TestAdjustments(unittest.TestCase):
    @PATIENT
    @given(st.lists(CHANGES, max_size=8), st.integers(1, 45))
    def test_row_and_adjustments_are_the_price_for_any_chain_of_changes(
        self, changes, length
    ):
        chain, rows, begin = (FIRST,), {}, START
        while begin < START + timedelta(days=100):
            last = begin + timedelta(days=length - 1)
            amount = price(chain, begin, last)
            rows[len(rows)] = BilledRow(len(rows), begin, last, amount)
            begin = last + timedelta(days=1)
        for change in changes:
            before = chain
            try:
                chain = (*chain, *change(chain))
            except AmendmentError:
                continue
            for correction in self.corrections(rows, before, chain):
                row = rows[correction.key]
                self.assertLessEqual(row.date_from, correction.date_from)
                self.assertLessEqual(correction.date_to, row.date_to)
                rows[correction.key] = BilledRow(
                    row.key,
                    row.date_from,
                    row.date_to,
                    row.amount,
                    row.adjusted + correction.amount,
                )
            self.assertFalse(self.corrections(rows, before, chain))
            for row in rows.values():
                self.assertEqual(
                    row.amount + row.adjusted, price(chain, row.date_from, row.date_to)
                )

    def corrections(self, rows, before, chain):
        return correct(
            rows.values(), lambda first, last: price(chain, first, last), before, chain
        )

    @PATIENT
    @given(st.lists(CHANGES, max_size=8), DAYS)
    def test_a_change_leaves_the_days_before_it_alone(self, changes, at):
        chain = (FIRST,)
        for change in changes:
            try:
                chain = (*chain, *change(chain))
            except AmendmentError:
                continue
        try:
            later = (*chain, *amend(chain, at, Alteration(add=Decimal(1))))
        except AmendmentError:
            return
        eve = at - timedelta(days=1)
        self.assertIsNone(
            changed_days(chain, later, START, eve) if at > START else None
        )

    @PATIENT
    @given(st.lists(CHANGES, max_size=6), DAYS, st.integers(1, 40))
    def test_a_pause_resumed_at_its_first_day_changes_nothing(self, changes, at, n):
        chain = (FIRST,)
        for change in changes:
            try:
                chain = (*chain, *change(chain))
            except AmendmentError:
                continue
        if in_force(chain, at).stop:
            return
        paused = (*chain, *pause(chain, at, at + timedelta(days=n)))
        undone = (*paused, *resume(paused, at))
        self.assertIsNone(changed_days(chain, undone, START, at))
