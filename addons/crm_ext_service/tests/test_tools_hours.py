import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_service.exceptions import HoursRefused
from odoo.addons.crm_ext_service.tools.hours import (
    ACCOUNTS,
    Book,
    Move,
    balances,
    draw,
    drawing_order,
    to_hours,
)

TODAY = date(2026, 3, 16)
HOURS = st.decimals("0.01", "100", places=2)
BALANCES = st.decimals("-10", "100", places=2)
POLICIES = st.sampled_from(["refuse", "warn", "allow"])
EXPIRIES = st.none() | st.integers(-30, 400).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def books(draw_value):
    count = draw_value(st.integers(0, 6))
    return [
        Book(
            number + 1,
            draw_value(BALANCES),
            draw_value(EXPIRIES),
            draw_value(POLICIES),
        )
        for number in range(count)
    ]


class TestHours(unittest.TestCase):
    def test_earliest_expiry_pays_first(self):
        order = drawing_order(
            [
                Book(1, Decimal(5)),
                Book(2, Decimal(5), date(2026, 12, 31)),
                Book(3, Decimal(5), date(2026, 6, 30)),
                Book(4, Decimal(5), date(2026, 3, 15)),
            ],
            TODAY,
        )
        self.assertEqual([book.id for book in order], [3, 2, 1])

    def test_named_book_pays_before_the_others(self):
        order = drawing_order(
            [Book(1, Decimal(5)), Book(2, Decimal(5), date(2026, 6, 30))], TODAY, 1
        )
        self.assertEqual([book.id for book in order], [1, 2])

    def test_work_is_split_over_books(self):
        result = draw(
            [
                Book(1, Decimal(10), date(2026, 12, 31)),
                Book(2, Decimal("1.5"), date(2026, 4, 1)),
            ],
            Decimal("1.75"),
            TODAY,
        )
        self.assertEqual(
            [(share.book_id, share.hours) for share in result.shares],
            [(2, Decimal("1.5")), (1, Decimal("0.25"))],
        )

    def test_refuse_says_what_is_missing(self):
        with self.assertRaises(HoursRefused) as caught:
            draw([Book(1, Decimal("0.5"))], Decimal(2), TODAY)
        self.assertEqual(caught.exception.available, Decimal("0.5"))
        self.assertEqual(caught.exception.needed, Decimal(2))

    def test_overdraft_goes_to_the_last_book_that_allows_it(self):
        result = draw(
            [
                Book(1, Decimal(1), date(2026, 4, 1), "allow"),
                Book(2, Decimal(1), date(2026, 5, 1), "warn"),
                Book(3, Decimal(1), date(2026, 6, 1)),
            ],
            Decimal(5),
            TODAY,
        )
        self.assertTrue(result.warn)
        self.assertEqual(result.beyond, Decimal(2))
        self.assertEqual({s.book_id: s.hours for s in result.shares}[2], Decimal(3))

    def test_stored_floats_become_exact(self):
        self.assertEqual(to_hours(0.1) + to_hours(0.2), Decimal("0.3"))


class TestHoursInvariants(unittest.TestCase):
    @given(books(), HOURS)
    @settings(deadline=None)
    def test_draw_pays_exactly_or_refuses(self, all_books, hours):
        usable = drawing_order(all_books, TODAY)
        held = sum((max(book.available, Decimal(0)) for book in usable), Decimal(0))
        try:
            result = draw(all_books, hours, TODAY)
        except HoursRefused:
            self.assertLess(held, hours)
            self.assertFalse([b for b in usable if b.overdraft != "refuse"])
            return
        self.assertEqual(result.hours, hours)
        self.assertEqual(result.beyond, max(hours - held, Decimal(0)))
        available = {book.id: max(book.available, Decimal(0)) for book in usable}
        for share in result.shares:
            self.assertGreater(share.hours, 0)
            self.assertLessEqual(share.hours - share.beyond, available[share.book_id])

    @given(books(), HOURS)
    @settings(deadline=None)
    def test_a_later_book_is_touched_only_when_earlier_ones_are_empty(
        self, all_books, hours
    ):
        try:
            result = draw(all_books, hours, TODAY)
        except HoursRefused:
            return
        drawn = {share.book_id: share.hours for share in result.shares}
        order = drawing_order(all_books, TODAY)
        touched = [n for n, book in enumerate(order) if book.id in drawn]
        for book in order[: max(touched)] if touched else []:
            if book.available > 0:
                self.assertGreaterEqual(drawn[book.id], book.available)

    @given(
        st.lists(
            st.tuples(st.sampled_from(sorted(ACCOUNTS)), HOURS, st.booleans()),
            max_size=30,
        )
    )
    def test_accounts_add_up_to_zero_and_reversal_restores(self, history):
        moves, kept = [], []
        for kind, hours, undone in history:
            move = Move(*ACCOUNTS[kind], hours)
            moves.append(move)
            if undone:
                moves.append(move.reversed())
            else:
                kept.append(move)
        self.assertEqual(sum(balances(moves).values()), 0)
        self.assertEqual(balances(moves), balances(kept))
