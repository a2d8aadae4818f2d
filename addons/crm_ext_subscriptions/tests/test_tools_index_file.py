import unittest
from datetime import date
from decimal import Decimal

from odoo.addons.crm_ext_subscriptions.tools.index_file import (
    Rules,
    SeriesFacts,
    judge,
    read_table,
)
from odoo.addons.crm_ext_subscriptions.tools.index_lookup import Observation, Series
from odoo.addons.crm_ext_subscriptions.tools.index_period import last_due
from odoo.addons.crm_ext_subscriptions.tools.index_rounding import IndexationError

D = Decimal
RULES = Rules(date(2025, 12, 1))
KNOWN = (
    Observation("SYNTEC-R", date(2025, 8, 1), D("321.1"), None, 1, vintage="entered"),
    Observation(
        "SYNTEC-R", date(2025, 9, 1), D("321.8"), date(2025, 10, 31), 2, vintage="a"
    ),
)
FACTS = SeriesFacts(Series("SYNTEC-R"), date(2019, 12, 1), None, KNOWN)


def rows(*given):
    return [
        (number, {"series": "syntec-r"} | row) for number, row in enumerate(given, 2)
    ]


class TestIndexFile(unittest.TestCase):
    def judge(self, *given, rules=RULES, facts=FACTS):
        return judge(rows(*given), {"syntec-r": facts}, rules)

    def reason(self, **row):
        base = {"period": "2025-10", "value": "322.2"}
        return self.judge(base | row)[0].reason

    def test_a_good_row_is_new_and_says_its_change(self):
        (verdict,) = self.judge(
            {"period": "10/2025", "value": "322.2", "published_on": "28/11/2025"}
        )
        self.assertEqual((verdict.outcome, verdict.number), ("new", 2))
        self.assertEqual(verdict.value.month, date(2025, 10, 1))
        self.assertEqual(verdict.value.published_on, date(2025, 11, 28))
        self.assertEqual(round(verdict.change, 3), D("0.124"))

    def test_a_wrong_row_is_refused_by_name(self):
        for reason, row in {
            "decimal_comma": {"value": "322,2"},
            "not_number": {"value": "n/a"},
            "not_positive": {"value": "0"},
            "jump": {"value": "3222"},
            "before_series": {"period": "2019-11"},
            "future_period": {"period": "2026-01"},
            "not_period": {"period": "octobre"},
            "not_day": {"published_on": "2025-10-30/31"},
            "publication_day": {"published_on": "2025-12-31"},
            "status": {"status": "perhaps"},
            "unknown_series": {"series": "XYZ"},
        }.items():
            with self.subTest(reason):
                self.assertEqual(self.reason(**row), reason)
        ended = SeriesFacts(Series("SYNTEC-R"), None, date(2025, 9, 1), KNOWN)
        (verdict,) = self.judge({"period": "2025-10", "value": "322.2"}, facts=ended)
        self.assertEqual(verdict.reason, "after_series")
        (verdict,) = self.judge({"period": "2025-07", "value": "322.2"}, facts=ended)
        self.assertEqual(verdict.reason, "before_series")

    def test_a_jump_may_be_accepted_after_a_look(self):
        seen = Rules(RULES.today, accept_jumps=True)
        (verdict,) = self.judge({"period": "2025-10", "value": "400"}, rules=seen)
        self.assertEqual(verdict.outcome, "new")

    def test_good_rows_pass_beside_refused_ones(self):
        verdicts = self.judge(
            {"period": "2025-10", "value": "322,2"},
            {"period": "2025-10", "value": "322.2"},
            {"period": "2025-10", "value": "322.2"},
        )
        self.assertEqual(
            [(verdict.outcome, verdict.reason) for verdict in verdicts],
            [("refused", "decimal_comma"), ("new", ""), ("refused", "duplicate_row")],
        )

    def test_a_known_month_takes_a_named_and_dated_correction_only(self):
        correction = {"period": "2025-09", "value": "321.9"}
        self.assertEqual(self.judge(correction)[0].reason, "known_month")
        named = correction | {"vintage": "corrected"}
        self.assertEqual(self.judge(named)[0].reason, "correction_undated")
        dated = named | {"published_on": "2025-11-15"}
        (verdict,) = self.judge(dated)
        self.assertEqual((verdict.outcome, verdict.before), ("correction", D("321.8")))
        (verdict,) = self.judge(dated | {"vintage": "a"})
        self.assertEqual(verdict.reason, "vintage_known")

    def test_the_same_value_again_changes_nothing(self):
        for row in (
            {"period": "2025-09", "value": "321.8"},
            {"period": "2025-09", "value": "321.8", "vintage": "a"},
        ):
            self.assertEqual(self.judge(row)[0].outcome, "same")

    def test_a_publication_day_learned_later_is_a_vintage(self):
        (verdict,) = self.judge(
            {"period": "2025-08", "value": "321.1", "published_on": "2025-09-30"}
        )
        self.assertEqual(verdict.outcome, "dated")
        self.assertEqual(verdict.value.vintage, "published 2025-09-30")

    def test_a_table_is_read_under_its_header(self):
        table = [
            ("Indices du mois",),
            ("Série", "Mois", "Valeur", "Publié le"),
            ("SYNTEC-R", "2025-10", D("322.2"), date(2025, 11, 28)),
            ("", "", "", ""),
            ("SYNTEC-R", "2025-11"),
        ]
        found = list(read_table(table))
        self.assertEqual([number for number, _row in found], [3, 5])
        self.assertEqual(found[0][1]["value"], D("322.2"))
        with self.assertRaises(IndexationError):
            list(read_table([("a", "b")]))

    def test_when_a_value_is_late(self):
        self.assertEqual(last_due(date(2025, 12, 5), "month", 35), date(2025, 9, 1))
        self.assertEqual(last_due(date(2025, 12, 6), "month", 35), date(2025, 10, 1))
        self.assertEqual(last_due(date(2025, 12, 6), "quarter", 35), date(2025, 7, 1))
