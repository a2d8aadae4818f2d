import unittest
from datetime import date
from decimal import Decimal

from odoo.addons.crm_ext_subscriptions.tools.closings import closed_spans, mark_closed
from odoo.addons.crm_ext_subscriptions.tools.pricing import Version


def day(number):
    return date(2026, 3, number)


def version(number, quantity, key):
    return Version(day(number), Decimal(quantity), Decimal(100), key=key)


class TestClosedSpans(unittest.TestCase):
    """On which days a contract does not run, from its closings and reopenings."""

    def test_what_is_entered_later_holds_from_its_day_on(self):
        cases = (
            ([], ()),
            ([(day(10), False)], ((day(10), date.max),)),
            ([(day(10), False), (day(20), True)], ((day(10), day(19)),)),
            # reopened before the day on which it had been closed: it never was
            ([(day(10), False), (day(5), True)], ()),
            (
                [(day(10), False), (day(12), True), (day(20), False)],
                ((day(10), day(11)), (day(20), date.max)),
            ),
            # closed again from an earlier day: the reopening is forgotten
            (
                [(day(10), False), (day(12), True), (day(8), False)],
                ((day(8), date.max),),
            ),
        )
        for turns, spans in cases:
            with self.subTest(turns=turns):
                self.assertEqual(closed_spans(turns), spans)

    def test_versions_are_split_where_the_contract_stops_and_runs_again(self):
        versions = (version(1, 2, 7), version(16, 0, 8))
        found = mark_closed(versions, ((day(10), day(19)),))
        self.assertEqual(
            [(one.date_from.day, one.key, one.closed) for one in found],
            [(1, 7, False), (10, 7, True), (16, 8, True), (20, 8, False)],
        )

    def test_without_a_closing_the_versions_are_as_they_were(self):
        versions = (version(1, 2, 7),)
        self.assertIs(mark_closed(versions, ()), versions)
        self.assertEqual(
            mark_closed(versions, ((day(10), date.max),))[-1].date_from, day(10)
        )
