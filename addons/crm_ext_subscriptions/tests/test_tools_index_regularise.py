from datetime import date
from decimal import Decimal
from unittest import TestCase

from ..tools.index_clause import Case, Clause, Term
from ..tools.index_lookup import MonthRule
from ..tools.index_reckon import reckon
from ..tools.index_record import replay, to_record
from ..tools.index_regularise import Rules, regularise
from ..tools.index_series import Observation, Series
from ..tools.indexation import Formula

D = Decimal
OLD, NEW = date(2025, 1, 1), date(2026, 1, 1)
CHAIN = (Series("X"),)
RULES = Rules({"X": CHAIN})


def value(month, figure, order, **more):
    return Observation("X", month, D(figure), order=order, key=order, **more)


def recorded(values, missing="block", rule="date_month", mean_of=1):
    """The record of a revision of 1,000 made with these values."""
    clause = Clause(
        terms=(Term(CHAIN, s0_month=OLD, mean_of=mean_of),),
        formula=Formula(),
        s1_rule=MonthRule(rule),
        missing=missing,
    )
    reckoning = reckon(clause, Case(D(1000), NEW, OLD), values)
    return to_record(clause.formula, reckoning)


class TestRegularise(TestCase):
    """The same record, the same months, the values as they are known now."""

    first = value(OLD, "100", 1)
    draft = value(NEW, "103", 2, provisional=True)

    def settle(self, record, *values, rules=RULES):
        return regularise(record, values, rules)

    def test_nothing_new_gives_the_same_price(self):
        record = recorded((self.first, self.draft))
        found = self.settle(record, self.first, self.draft)
        self.assertEqual(found.revised, replay(record))
        self.assertTrue(found.provisional)

    def test_the_final_value_of_the_same_month_serves(self):
        record = recorded((self.first, self.draft))
        final = value(NEW, "102.4", 3)
        found = self.settle(record, self.first, self.draft, final)
        self.assertEqual(found.revised.price, D("1024.00"))
        self.assertFalse(found.provisional)
        self.assertEqual(found.served[0].s1.key, 3)
        self.assertEqual(replay(record).price, D("1030.00"))

    def test_a_provisional_value_does_not_replace_a_final_one(self):
        record = recorded((self.first, value(NEW, "102", 2)))
        again = value(NEW, "109", 3, provisional=True, published_on=date(2027, 1, 1))
        found = self.settle(record, self.first, value(NEW, "102", 2), again)
        self.assertEqual(found.revised.price, D("1020.00"))

    def test_a_later_month_never_serves(self):
        record = recorded((self.first, self.draft))
        later = value(date(2026, 2, 1), "200", 3)
        found = self.settle(record, self.first, self.draft, later)
        self.assertEqual(found.revised.price, D("1030.00"))

    def test_a_printed_s0_stays(self):
        record = recorded((self.first, self.draft))
        other = value(OLD, "101", 3)
        kept = self.settle(
            record, other, self.draft, rules=Rules({"X": CHAIN}, None, True)
        )
        self.assertEqual(kept.revised.price, D("1030.00"))
        read_anew = self.settle(record, other, self.draft)
        self.assertEqual(read_anew.revised.price, D("1019.80"))

    def test_a_month_that_was_missing_comes(self):
        december = value(date(2025, 12, 1), "102", 2)
        record = recorded((self.first, december), missing="regularise")
        self.assertEqual(replay(record).price, D("1020.00"))
        waiting = self.settle(record, self.first, december)
        self.assertEqual(waiting.served[0].wanted, NEW)
        found = self.settle(record, self.first, december, value(NEW, "103", 3))
        self.assertEqual(found.revised.price, D("1030.00"))
        self.assertIsNone(found.served[0].wanted)

    def test_what_stood_in_for_good_keeps_serving(self):
        """The missing month came later, and the one that served was corrected."""
        december = value(date(2025, 12, 1), "102", 2)
        record = recorded((self.first, december), missing="last_known")
        rules = Rules({"X": CHAIN}, for_good=True)
        late = value(NEW, "103", 3)
        found = self.settle(record, self.first, december, late, rules=rules)
        self.assertEqual(found.revised.price, D("1020.00"))
        corrected = value(date(2025, 12, 1), "102.5", 4)
        found = self.settle(record, self.first, december, late, corrected, rules=rules)
        self.assertEqual(found.revised.price, D("1025.00"))
        self.assertFalse(found.provisional)

    def test_a_month_that_was_not_out_then_does_not_count(self):
        published = date(2025, 12, 20)
        november = value(date(2025, 11, 1), "102", 2, published_on=published)
        undated = value(date(2025, 12, 1), "104", 3)
        dated = value(OLD, "100", 1, published_on=date(2025, 2, 1))
        record = recorded((dated, november, undated), "regularise", "last_published")
        self.assertEqual(record["pairs"][0]["wanted"], "2025-12-01")
        rules = Rules({"X": CHAIN}, known_on=NEW)
        for day, price in ((date(2026, 1, 30), "1020.00"), (NEW, "1040.00")):
            out = value(date(2025, 12, 1), "104", 4, published_on=day)
            found = self.settle(record, dated, november, undated, out, rules=rules)
            self.assertEqual(found.revised.price, D(price))
            self.assertIsNone(found.served[0].wanted)

    def test_of_a_mean_each_part_is_read_anew(self):
        months = [date(2024, 12, 1), OLD, date(2025, 12, 1), NEW]
        known = [
            value(m, f, n)
            for n, (m, f) in enumerate(
                zip(months, ("100", "100", "102", "104"), strict=True), 1
            )
        ]
        record = recorded(known, mean_of=2)
        self.assertEqual(replay(record).price, D("1030.00"))
        final = value(date(2025, 12, 1), "103", 9)
        found = self.settle(record, *known, final)
        self.assertEqual(found.revised.price, D("1035.00"))
