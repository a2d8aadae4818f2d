import unittest
from datetime import date
from decimal import Decimal

from odoo.addons.crm_ext_subscriptions.tools.index_lookup import (
    IndexValueMissing,
    MonthRule,
    Observation,
    Question,
    Series,
    find_value,
    last_anniversary,
    value_of_month,
)
from odoo.addons.crm_ext_subscriptions.tools.index_period import (
    parse_period,
    period_end,
    period_label,
    period_start,
)
from odoo.addons.crm_ext_subscriptions.tools.index_rounding import Link

D = Decimal


class TestIndexLookup(unittest.TestCase):
    VALUES = (
        Observation("OLD", date(2020, 3, 1), D("274.7"), date(2020, 10, 30), 1),
        Observation("OLD", date(2020, 3, 1), D("275.3"), date(2021, 2, 8), 2),
        Observation("OLD", date(2022, 7, 1), D("280.6"), None, 3),
        Observation("NEW", date(2022, 8, 1), D("286.4"), date(2022, 9, 30), 4),
        Observation("NEW", date(2023, 7, 1), D("304.8"), date(2023, 8, 31), 5),
        Observation("NEW", date(2023, 8, 1), D("305.7"), date(2023, 9, 29), 6),
    )
    CHAIN = (Series("OLD", link=Link(D("280.6"), D("286.4"))), Series("NEW"))

    def find(self, kind, day, values=VALUES, missing="block", as_of=None, **options):
        question = Question(self.CHAIN, MonthRule(kind, **options), day, as_of)
        return find_value(question, values, missing)

    def figure(self, *args, **options):
        return self.find(*args, **options).value.value

    def test_su_08_last_published_knows_only_what_was_out(self):
        self.assertEqual(self.figure("last_published", date(2023, 9, 28)), D("304.8"))
        self.assertEqual(self.figure("last_published", date(2023, 9, 29)), D("305.7"))
        self.assertEqual(self.figure("last_published", date(2020, 12, 1)), D("274.7"))
        self.assertEqual(self.figure("last_published", date(2021, 3, 1)), D("275.3"))

    def test_su_08_a_value_without_publication_day_blocks_and_is_named(self):
        with self.assertRaises(IndexValueMissing) as caught:
            self.find("last_published", date(2022, 9, 1))
        self.assertTrue(caught.exception.undated)
        self.assertEqual(caught.exception.label, "07/2022")
        found = self.find("last_published", date(2022, 9, 1), missing="last_known")
        self.assertEqual(found.value.value, D("275.3"))
        self.assertEqual(found.wanted, date(2022, 7, 1))
        # what the undated month hides no more, once a later one is dated
        self.assertEqual(self.figure("last_published", date(2022, 10, 1)), D("286.4"))

    def test_a_month_that_cannot_be_out_yet_blocks_nothing(self):
        chain = (Series("S", earliest_days=20),)
        values = (
            Observation("S", date(2024, 9, 1), D("314.5"), date(2024, 10, 31), 1),
            Observation("S", date(2024, 10, 1), D("315.0"), None, 2),
        )
        question = Question(chain, MonthRule("last_published"), date(2024, 11, 5))
        self.assertEqual(find_value(question, values).value.value, D("314.5"))
        question = Question(chain, MonthRule("last_published"), date(2024, 11, 20))
        with self.assertRaises(IndexValueMissing):
            find_value(question, values)

    def test_nothing_known_at_all(self):
        for missing in ("block", "last_known", "regularise"):
            with self.assertRaises(IndexValueMissing) as caught:
                self.find("last_published", date(2019, 1, 1), missing=missing)
            self.assertIsNone(caught.exception.month)

    def test_month_rules(self):
        self.assertEqual(self.figure("date_month", date(2022, 8, 31)), D("286.4"))
        self.assertEqual(
            self.figure("named_month", date(2024, 1, 1), month=8), D("305.7")
        )
        self.assertEqual(
            self.figure("month_offset", date(2023, 11, 2), offset=3), D("305.7")
        )
        with self.assertRaises(IndexValueMissing) as caught:
            self.find("date_month", date(2023, 10, 1))
        self.assertEqual(caught.exception.month, date(2023, 10, 1))
        found = self.find("date_month", date(2023, 10, 1), missing="regularise")
        self.assertEqual(found.value.value, D("305.7"))
        self.assertEqual(found.wanted, date(2023, 10, 1))

    def test_the_month_of_a_date_may_be_out_later(self):
        found = self.figure("date_month", date(2023, 8, 1), as_of=date(2023, 8, 1))
        self.assertEqual(found, D("305.7"))

    def test_at_the_anniversary_of_the_contract(self):
        options = {"anchor": date(2020, 9, 28)}
        self.assertEqual(
            self.figure("anniversary", date(2024, 2, 1), **options), D("304.8")
        )
        self.assertEqual(
            last_anniversary(date(2020, 2, 29), date(2023, 2, 28)), date(2023, 2, 28)
        )
        self.assertEqual(
            last_anniversary(date(2020, 5, 10), date(2023, 5, 9)), date(2022, 5, 10)
        )

    def test_a_back_cast_does_not_stand_in_for_the_old_series(self):
        old = Series("OLD", link=Link(D(1), D(1)), until=date(2022, 7, 1))
        values = (
            *self.VALUES,
            Observation("NEW", date(2022, 3, 1), D("284.6"), None, 9),
        )
        question = Question(
            (old, Series("NEW")), MonthRule("date_month"), date(2022, 3, 9)
        )
        with self.assertRaises(IndexValueMissing):
            find_value(question, values)

    def test_vintages_by_what_was_known(self):
        march = date(2020, 3, 1)
        for as_of, value in (
            (None, "275.3"),
            (date(2020, 12, 1), "274.7"),
            (date(2021, 2, 8), "275.3"),
        ):
            found = value_of_month(self.CHAIN, march, self.VALUES, as_of)
            self.assertEqual(found.value, D(value))

    def test_an_undated_vintage_ranks_between(self):
        values = (
            Observation("S", date(2020, 10, 1), D("274.7"), None, 2),
            Observation("S", date(2020, 10, 1), D("274.4"), date(2021, 2, 8), 1),
        )
        chain, day = (Series("S"),), date(2020, 10, 1)
        early = value_of_month(chain, day, values, date(2020, 12, 1))
        late = value_of_month(chain, day, values, date(2021, 3, 1))
        self.assertEqual((early.value, late.value), (D("274.7"), D("274.4")))

    def test_quarters(self):
        chain = (Series("ILC", "quarter"),)
        values = (
            Observation("ILC", date(2024, 1, 1), D("134.58"), date(2024, 6, 21), 1),
            Observation("ILC", date(2024, 4, 1), D("136.72"), date(2024, 9, 20), 2),
        )
        question = Question(
            chain, MonthRule("month_offset", offset=3), date(2024, 6, 9)
        )
        self.assertEqual(find_value(question, values).value.value, D("134.58"))
        question = Question(chain, MonthRule("last_published"), date(2024, 9, 20))
        self.assertEqual(find_value(question, values).value.value, D("136.72"))


class TestIndexPeriod(unittest.TestCase):
    def test_periods_are_read_as_people_write_them(self):
        for text in ("2015-02", "2015-02-01", "2015-2", "02/2015", " 2015-02-28 "):
            self.assertEqual(parse_period(text, "month"), date(2015, 2, 1), text)
        for text in ("2015-Q2", "2015Q2", "T2 2015", "2015-T2", "2015-05"):
            self.assertEqual(parse_period(text, "quarter"), date(2015, 4, 1), text)
        for text in ("2015", "2015-13", "february", "", "2015-Q2", "2015-02-30"):
            self.assertIsNone(parse_period(text, "month"), text)

    def test_a_period_is_known_by_its_first_day(self):
        self.assertEqual(period_start(date(2015, 6, 30), "quarter"), date(2015, 4, 1))
        self.assertEqual(period_end(date(2015, 4, 1), "quarter"), date(2015, 6, 30))
        self.assertEqual(period_label(date(2015, 4, 1), "quarter"), "2015-Q2")
        self.assertEqual(period_label(date(2015, 4, 1), "month"), "04/2015")
