import unittest
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo.addons.crm_ext_subscriptions.tools.usage_intake import (
    IntakeFault,
    local_day,
    read_event,
    read_instant,
    read_quantity,
)

PARIS = ZoneInfo("Europe/Paris")
EVENT = {
    "meter": "api",
    "subscription": "SUB00001",
    "at": "2026-03-01T00:30:00+01:00",
    "quantity": "12.5",
    "key": "k1",
}


class TestUsageIntake(unittest.TestCase):
    def fault(self, function, *args):
        with self.assertRaises(IntakeFault) as caught:
            function(*args)
        return caught.exception.field, caught.exception.code

    def test_su_06_an_aware_instant_becomes_utc_and_a_local_day(self):
        read = read_event(EVENT)
        self.assertEqual(read.at, datetime(2026, 2, 28, 23, 30, tzinfo=timezone.utc))
        self.assertEqual(local_day(read.at, PARIS), date(2026, 3, 1))
        self.assertEqual(read.quantity, Decimal("12.5"))
        self.assertEqual(read_instant("2026-02-28T23:30:00Z"), read.at)
        self.assertEqual(read_instant("2026-03-01T00:30:00", PARIS), read.at)

    def test_what_is_wrong_is_named(self):
        wrong = {
            ("meter", "required"): {"meter": ""},
            ("meter", "not_text"): {"meter": True},
            ("subscription", "required"): {"subscription": False},
            ("at", "required"): {"at": None},
            ("at", "without_offset"): {"at": "2026-03-01T00:30:00"},
            ("at", "not_instant"): {"at": "yesterday"},
            ("quantity", "required"): {"quantity": ""},
            ("quantity", "not_number"): {"quantity": "many"},
            ("quantity", "too_large"): {"quantity": 10**12},
            ("quantity", "too_precise"): {"quantity": "0.0000001"},
            ("key", "required"): {"key": "  "},
            ("key", "too_long"): {"key": "k" * 201},
            ("colour", "unknown_field"): {"colour": "red"},
        }
        for expected, values in wrong.items():
            self.assertEqual(self.fault(read_event, EVENT | values), expected)

    def test_numbers(self):
        self.assertEqual(read_quantity(0.1), Decimal("0.1"))
        self.assertEqual(read_quantity(-3), -3)
        for text in ("NaN", "Infinity", "1,5"):
            self.assertEqual(self.fault(read_quantity, text)[1], "not_number")
        self.assertEqual(self.fault(read_quantity, True)[1], "not_number")
