from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest import TestCase
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools import mrr_replay
from odoo.addons.crm_ext_subscriptions.tools.mrr_moves import Book
from odoo.addons.crm_ext_subscriptions.tools.mrr_replay import Ledger, moments_of
from odoo.addons.crm_ext_subscriptions.tools.mrr_terms import (
    MrrEnd,
    MrrLine,
    MrrTerms,
    known_end,
    known_terms,
)

FIRST, BEGUN = date(2025, 1, 1), datetime(2025, 1, 1, 9)
DAYS = st.integers(0, 300).map(lambda days: FIRST + timedelta(days))
MOMENTS = st.integers(0, 40).map(lambda weeks: BEGUN + timedelta(weeks=weeks))
NOW = BEGUN + timedelta(weeks=50)

TERMS = st.builds(
    MrrTerms,
    key=st.just(0),
    date_from=DAYS,
    known_at=MOMENTS,
    quantity=st.sampled_from([Decimal(0), Decimal(1), Decimal(3)]),
    price=st.sampled_from([Decimal("10"), Decimal("33.335"), Decimal("0")]),
    discount=st.sampled_from([Decimal(0), Decimal(0), Decimal(10), Decimal(100)]),
    stop=st.sampled_from(["", "", "", "free", "pause", "remove", "close"]),
    reason=st.sampled_from(["entry", "quantity", "revision", "pause"]),
)
ENDS = st.lists(st.builds(MrrEnd, MOMENTS, st.none() | DAYS), max_size=2)


@st.composite
def lines_of_a_customer(draw, most):
    """Lines whose terms have keys in the order of entry, as the database gives them."""
    lines = []
    for key in range(1, draw(st.integers(1, most)) + 1):
        terms = sorted(
            draw(st.lists(TERMS, min_size=1, max_size=4)), key=lambda it: it.known_at
        )
        keyed = tuple(
            MrrTerms(
                100 * key + rank,
                *(getattr(one, name) for name in MrrTerms.__slots__[1:]),
            )
            for rank, one in enumerate(terms)
        )
        ends = sorted(draw(ENDS), key=lambda end: end.known_at)
        base = (MrrEnd(datetime.min, draw(st.none() | DAYS)),)
        lines.append(
            MrrLine(
                key,
                min(one.date_from for one in keyed),
                keyed,
                (*base, *ends),
                denominator=draw(st.sampled_from([1, 3, 12])),
            )
        )
    return lines


def worth(line, day, moment):
    """Straight from the definition, day by day."""
    last = known_end(line, moment)
    known = [terms for terms in known_terms(line, moment) if terms.date_from <= day]
    if not known or day < line.first or (last and day > last) or known[-1].stop:
        return Decimal(0)
    return line.worth(known[-1])


def as_known(rows, moment, day, line):
    return sum(
        (-row.move.amount if row.counter else row.move.amount)
        for row in rows
        if row.known_at <= moment and row.move.date <= day and row.move.line == line.key
    )


class MrrInAnyOrderTest(TestCase):
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(lines_of_a_customer(3), MOMENTS, DAYS)
    def test_as_known_at_any_moment_is_what_the_terms_then_said(
        self, lines, moment, day
    ):
        rows = Ledger(lines, Book()).replay(moments_of(lines, (), NOW))
        for line in lines:
            for at in (moment, NOW):
                self.assertEqual(as_known(rows, at, day, line), worth(line, day, at))

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(lines_of_a_customer(3), MOMENTS)
    def test_what_is_entered_later_changes_no_row(self, lines, moment):
        moments = moments_of(lines, (), NOW)
        rows = Ledger(lines, Book()).replay(moments)
        until = Ledger(lines, Book()).replay([m for m in moments if m <= moment])
        self.assertEqual(rows[: len(until)], until)

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(lines_of_a_customer(3))
    def test_churn_leaves_nothing_and_new_comes_once(self, lines):
        rows = Ledger(lines, Book()).replay(moments_of(lines, (), NOW))
        stand = Counter()
        for row in rows:
            stand[row.move] += -1 if row.counter else 1
        moves = [move for move, count in stand.items() if count]
        self.assertEqual(set(stand.values()) - {0, 1}, set())
        self.assertLessEqual(len({m.date for m in moves if m.kind == "new"}), 1)
        for move in moves:
            if move.kind == "churn":
                left = sum(one.amount for one in moves if one.date <= move.date)
                self.assertEqual(left, 0)

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(lines_of_a_customer(6))
    def test_reckoning_the_changed_lines_alone_gives_the_same_rows(self, lines):
        """Who has many lines does not pay for all of them at each entry."""
        moments = moments_of(lines, (), NOW)

        def rows(few):
            with patch.object(mrr_replay, "FEW_LINES", few):
                return Ledger(lines, Book()).replay(moments)

        self.assertEqual(Counter(rows(0)), Counter(rows(99)))
