from datetime import date, datetime
from decimal import Decimal
from unittest import TestCase

from odoo.addons.crm_ext_subscriptions.tools.mrr_moves import Book, known_moves
from odoo.addons.crm_ext_subscriptions.tools.mrr_replay import Ledger, moments_of
from odoo.addons.crm_ext_subscriptions.tools.mrr_terms import (
    MrrEnd,
    MrrLine,
    MrrTerms,
)

JAN, FEB, MAR, APR = (datetime(2026, month, 10) for month in range(1, 5))


def day(text):
    return date.fromisoformat(f"2026-{text}")


def terms(key, start, price="100", known=JAN, **values):
    numbers = {"quantity": Decimal(1), "discount": Decimal(0)}
    numbers |= {k: Decimal(v) for k, v in values.items() if k in numbers}
    rest = {k: v for k, v in values.items() if k not in numbers}
    return MrrTerms(key, day(start), known, price=Decimal(price), **numbers, **rest)


def line(key, *versions, **values):
    first = min(one.date_from for one in versions)
    return MrrLine(key, values.pop("first", first), tuple(versions), **values)


def told(moves):
    return [
        (move.line, f"{move.date:%m-%d}", move.kind, move.cause, str(move.amount))
        for move in moves
    ]


class MrrMovesTest(TestCase):
    def known(self, *lines, at=APR, **book):
        return told(known_moves(lines, at, Book(**book)))

    def test_monthly_value_is_rounded_once(self):
        yearly = line(1, terms(1, "01-01", "1000"), denominator=12)
        self.assertEqual(self.known(yearly), [(1, "01-01", "new", "entry", "83.33")])

    def test_trial_counts_nothing_and_its_end_is_new(self):
        trial = line(
            1,
            terms(1, "01-01", stop="free", reason="trial"),
            terms(2, "01-15"),
        )
        self.assertEqual(self.known(trial), [(1, "01-15", "new", "trial", "100.00")])

    def test_discount_ends_as_an_expansion(self):
        offer = line(1, terms(1, "01-01", discount="20"), terms(2, "03-01"))
        self.assertEqual(
            self.known(offer)[1:], [(1, "03-01", "expansion", "discount", "20.00")]
        )

    def test_quantity_and_revision_of_one_day_are_told_apart(self):
        both = line(
            1,
            terms(1, "01-01", quantity="10", price="10"),
            terms(2, "02-01", quantity="10", price="11", reason="revision"),
            terms(3, "02-01", quantity="8", price="11", reason="quantity"),
        )
        self.assertEqual(
            self.known(both)[1:],
            [
                (1, "02-01", "contraction", "quantity", "-20.00"),
                (1, "02-01", "expansion", "revision", "8.00"),
            ],
        )

    def test_one_line_lost_is_contraction_all_lost_is_churn(self):
        first = line(1, terms(1, "01-01"), terms(2, "02-01", stop="remove", reason="x"))
        second = line(2, terms(3, "01-01"), terms(4, "03-01", stop="close"))
        self.assertEqual(
            self.known(first, second)[2:],
            [
                (1, "02-01", "contraction", "line", "-100.00"),
                (2, "03-01", "churn", "close", "-100.00"),
            ],
        )

    def test_back_after_churn_is_reactivation(self):
        back = line(
            1,
            terms(1, "01-01"),
            terms(2, "02-01", stop="close"),
            terms(3, "03-01", reason="reopen"),
        )
        self.assertEqual(
            self.known(back)[1:],
            [
                (1, "02-01", "churn", "close", "-100.00"),
                (1, "03-01", "reactivation", "reopen", "100.00"),
            ],
        )

    def test_pause_and_resume_with_another_price(self):
        paused = line(
            1,
            terms(1, "01-01"),
            terms(2, "02-01", stop="pause"),
            terms(3, "03-01", price="110"),
        )
        self.assertEqual(
            self.known(paused)[1:],
            [
                (1, "02-01", "pause", "pause", "-100.00"),
                (1, "03-01", "resume", "resume", "100.00"),
                (1, "03-01", "expansion", "price", "10.00"),
            ],
        )

    def test_closing_while_paused_is_resume_and_churn(self):
        paused = line(
            1,
            terms(1, "01-01"),
            terms(2, "02-01", stop="pause"),
            terms(3, "03-01", stop="close"),
        )
        self.assertEqual(
            self.known(paused)[2:],
            [
                (1, "03-01", "resume", "close", "100.00"),
                (1, "03-01", "churn", "close", "-100.00"),
            ],
        )

    def test_who_is_paused_is_not_lost(self):
        """One line is paused, the other removed: the customer stays."""
        paused = line(1, terms(1, "01-01"), terms(2, "02-01", stop="pause"))
        removed = line(2, terms(3, "01-01"), terms(4, "03-01", stop="remove"))
        moves = self.known(paused, removed)
        self.assertEqual(moves[-1], (2, "03-01", "contraction", "line", "-100.00"))

    def test_discount_of_all_loses_nobody(self):
        given = line(
            1,
            terms(1, "01-01"),
            terms(2, "02-01", discount="100", reason="discount"),
            terms(3, "03-01"),
        )
        self.assertEqual(
            [move[2] for move in self.known(given)], ["new", "contraction", "expansion"]
        )

    def test_term_reached_is_churn_on_the_day_after(self):
        ends = (MrrEnd(JAN, day("02-28")),)
        self.assertEqual(
            self.known(line(1, terms(1, "01-01"), ends=ends))[1:],
            [(1, "03-01", "churn", "end", "-100.00")],
        )

    def test_transfer_nets_to_zero(self):
        left = line(
            1,
            terms(1, "01-01"),
            terms(2, "02-01", stop="close", reason="transfer", change=7),
        )
        taken = line(2, terms(3, "01-01"), first=day("02-01"), continues=1)
        old = self.known(left, continued=frozenset({(1, day("02-01"))}))
        new = self.known(taken, others={1: left})
        self.assertEqual(old[1:], [(1, "02-01", "transfer", "transfer", "-100.00")])
        self.assertEqual(new, [(2, "02-01", "transfer", "transfer", "100.00")])

    def test_paused_all_along_the_same_amount_passes_on(self):
        paused = (terms(1, "01-01"), terms(2, "01-20", stop="pause"))
        gone = {"stop": "close", "reason": "transfer"}
        first = line(1, *paused, terms(3, "02-01", **gone))
        second = line(
            2, *paused, terms(4, "03-01", **gone), first=day("02-01"), continues=1
        )
        third = line(3, *paused, first=day("03-01"), continues=2)
        book = {
            "others": {1: first, 2: second},
            "continued": frozenset({(1, day("02-01")), (2, day("03-01"))}),
        }
        held = [("transfer", "transfer", "100.00"), ("pause", "pause", "-100.00")]
        self.assertEqual([row[2:] for row in self.known(third, **book)], held)
        self.assertEqual(
            [row[2:] for row in self.known(second, **book)],
            [
                *held,
                ("resume", "close", "100.00"),
                ("transfer", "transfer", "-100.00"),
            ],
        )

    def test_a_takeover_of_another_day_brings_nothing_along(self):
        """Replaced before it began: neither side counts a transfer."""
        first = line(
            1, terms(1, "01-01"), terms(2, "02-01", stop="close", reason="swap_plan")
        )
        early = line(2, terms(3, "01-15"), continues=1)
        gone = frozenset({(1, day("01-15"))})
        moves = self.known(first, early, others={1: first}, continued=gone)
        self.assertEqual(
            [row[2:] for row in moves[1:]],
            [("expansion", "entry", "100.00"), ("contraction", "close", "-100.00")],
        )

    def test_taken_over_and_gone_on_the_same_day_is_two_transfers(self):
        gone = {"stop": "close", "reason": "transfer"}
        first = line(1, terms(1, "01-01"), terms(2, "02-01", change=7, **gone))
        second = line(
            2,
            terms(3, "01-01"),
            terms(4, "02-01", change=8, **gone),
            first=day("02-01"),
            continues=1,
        )
        book = Book(others={1: first}, continued=frozenset({(2, day("02-01"))}))
        moves = known_moves([second], APR, book)
        self.assertEqual(
            [(move.change, str(move.amount)) for move in moves],
            [(7, "100.00"), (8, "-100.00")],
        )

    def test_another_plan_is_only_the_difference(self):
        left = line(
            1, terms(1, "01-01"), terms(2, "02-01", stop="close", reason="swap_plan")
        )
        plan = line(2, terms(3, "02-01", "1100"), denominator=12, continues=1)
        moves = self.known(
            left, plan, others={1: left}, continued=frozenset({(1, day("02-01"))})
        )
        self.assertEqual(
            moves[1:],
            [
                (1, "02-01", "transfer", "plan", "-100.00"),
                (2, "02-01", "transfer", "plan", "100.00"),
                (2, "02-01", "contraction", "plan", "-8.33"),
            ],
        )

    def test_exchange_on_the_first_of_the_month(self):
        rates = {1: "0.90", 2: "0.95", 3: "0.95", 4: "0.90"}
        dollars = line(1, terms(1, "01-05"), currency=5)
        moves = self.known(
            dollars, rates=lambda _currency, month: Decimal(rates[month.month])
        )
        self.assertEqual(
            moves,
            [
                (1, "01-05", "new", "entry", "90.00"),
                (1, "02-01", "exchange", "rate", "5.00"),
                (1, "04-01", "exchange", "rate", "-5.00"),
            ],
        )


class MrrReplayTest(TestCase):
    def test_a_past_entry_leaves_what_was_known(self):
        """In March a quantity is corrected from January on."""
        corrected = line(
            1, terms(1, "01-01"), terms(2, "01-01", quantity="2", known=MAR)
        )
        moments = moments_of([corrected], [], APR)
        rows = Ledger([corrected], Book()).replay(moments)
        self.assertEqual(
            [(row.known_at, row.counter, str(row.move.amount)) for row in rows],
            [(JAN, False, "100.00"), (MAR, True, "100.00"), (MAR, False, "200.00")],
        )

    def test_a_renewal_takes_back_the_end(self):
        ends = (MrrEnd(JAN, day("02-28")), MrrEnd(FEB, day("12-31")))
        renewed = line(1, terms(1, "01-01"), ends=ends)
        rows = Ledger([renewed], Book()).replay(moments_of([renewed], [], APR))
        self.assertEqual(
            [(f"{row.move.date:%m-%d}", row.counter) for row in rows[1:]],
            [("03-01", False), ("03-01", True), ("01-01", False)],
        )
