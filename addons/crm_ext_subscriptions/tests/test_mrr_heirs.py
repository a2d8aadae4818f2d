from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SubscriptionCase

AUDITS = ("lines", "transfers", "pauses", "owners")


@tagged("post_install", "-at_install")
class TestMrrHeirs(SubscriptionCase):
    """A contract that goes on elsewhere, once or again: its MRR moves, and nets."""

    def setUp(self):
        super().setUp()
        partners = self.env["res.partner"]
        self.second, self.third = partners.create([{"name": "B"}, {"name": "C"}])
        with freeze_time("2026-01-10 09:00:00"):
            self.first = self.subscribe(price=100.0)
        self.chain = self.first

    def amend(self, subscription, kind, day, at, **values):
        """The seller's change, entered on a day; gives the heir if there is one."""
        with freeze_time(f"2026-{at} 09:00:00"):
            effect = subscription.amend(kind, f"2026-{day}", values)["effect"]
        heir = subscription.browse(filter(None, [effect["successor_id"]]))
        self.chain |= heir
        return heir

    def transfer(self, subscription, day, at, partner):
        return self.amend(subscription, "transfer", day, at, partner_id=partner.id)

    def close(self, subscription, day, at):
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        self.amend(subscription, "close", day, at, reason_id=reason.id)

    def moves(self, subscription):
        """What stands of its lines: day, kind, signed amount."""
        rows = self.env["crm.mrr.move"].search(
            [("subscription_id", "=", subscription.id)]
        )
        sums = {}
        for row in rows.sorted("id"):
            key = (f"{row.date:%m-%d}", row.kind, abs(row.amount))
            sums[key] = sums.get(key, 0) + row.amount
        return [
            (day, kind, amount)
            for (day, kind, _size), amount in sorted(sums.items())
            if amount
        ]

    def tell(self):
        names = ("date", "kind", "cause", "amount", "known_at", "counter", "change_id")
        rows = self.env["crm.mrr.move"].search(
            [("subscription_id", "in", self.chain.ids)]
        )
        rows.invalidate_recordset()
        return sorted(
            (row.line_id.id, *(str(row[name]) for name in names)) for row in rows
        )

    def assert_sound(self):
        """The audit finds nothing, and a rebuild gives the same rows."""
        ledger = self.env["crm.mrr.move"]
        rows = ledger.search([("subscription_id", "in", self.chain.ids)])
        mine = {
            "crm.mrr.move": set(rows.ids),
            "crm.subscription.line": set(self.chain.line_ids.ids),
            "crm.subscription.change": set(self.chain.sudo().change_ids.ids),
        }
        for name in AUDITS:
            found = getattr(ledger, f"_audit_{name}")()
            self.assertFalse(mine[found.res_model] & set(found.res_ids), name)
        before = self.tell()
        with freeze_time("2026-12-01 09:00:00"):
            accounts = self.env["crm.mrr.account"].search(
                [("partner_id", "in", self.chain.partner_id.ids)]
            )
            accounts._rebuild()
        self.assertEqual(self.tell(), before)

    def test_paused_all_along_it_is_taken_over_twice(self):
        self.amend(self.first, "pause", "02-10", at="02-10")
        taken = self.transfer(self.first, "03-01", "02-20", self.second)
        again = self.transfer(taken, "04-01", "03-20", self.third)
        self.assertEqual(
            self.moves(taken)[-2:],
            [("04-01", "resume", 100.0), ("04-01", "transfer", -100.0)],
        )
        self.assertEqual(
            self.moves(again),
            [("04-01", "pause", -100.0), ("04-01", "transfer", 100.0)],
        )
        self.assert_sound()

    def test_a_late_entry_about_the_first_reaches_the_third(self):
        """Removed before the pause: nothing was ever taken over."""
        self.amend(self.first, "pause", "02-10", at="02-10")
        taken = self.transfer(self.first, "03-01", "02-20", self.second)
        again = self.transfer(taken, "04-01", "03-20", self.third)
        line = self.first.line_ids
        self.amend(self.first, "remove_line", "02-05", at="04-10", line_id=line.id)
        self.assertEqual(self.moves(taken), [])
        self.assertEqual(self.moves(again), [])
        self.assert_sound()

    def test_replanned_on_the_day_of_the_takeover(self):
        taken = self.transfer(self.first, "06-11", "04-13", self.second)
        again = self.amend(
            taken, "swap_plan", "06-11", at="04-18", plan_id=self.yearly.id
        )
        self.assertEqual(self.moves(taken), [])
        self.assertEqual(self.moves(again), [("06-11", "transfer", 100.0)])
        self.assert_sound()

    def test_transferred_on_on_the_day_of_the_takeover(self):
        """Two transfers of one day, each of which nets to zero."""
        taken = self.transfer(self.first, "06-11", "04-13", self.second)
        self.transfer(taken, "06-11", "04-18", self.third)
        self.assert_sound()

    def test_nothing_changes_before_the_day_of_the_takeover(self):
        taken = self.transfer(self.first, "06-11", "04-13", self.second)
        refused = r"Date: SUB/.* begins on 06/11/2026 only\."
        with self.assertRaisesRegex(UserError, refused):
            self.amend(taken, "swap_plan", "04-30", at="04-18", plan_id=self.yearly.id)
        with self.assertRaisesRegex(UserError, refused):
            self.amend(
                taken, "quantity", "06-10", "04-18", line_id=taken.line_ids.id, add=1
            )
        self.amend(
            taken, "quantity", "06-11", "04-18", line_id=taken.line_ids.id, add=1
        )
        self.assert_sound()

    def test_not_reopened_while_it_goes_on_elsewhere(self):
        taken = self.transfer(self.first, "03-01", "02-20", self.second)
        again = self.amend(
            taken, "swap_plan", "04-01", at="03-20", plan_id=self.yearly.id
        )
        refused = f"Date: on 05/05/2026 {self.first.name} goes on as {again.name}, of B"
        with self.assertRaisesRegex(UserError, refused):
            self.amend(self.first, "reopen", "05-05", at="05-05")
        self.close(again, "05-31", at="05-06")
        with self.assertRaises(UserError):
            self.amend(self.first, "reopen", "05-05", at="05-06")
        self.amend(self.first, "reopen", "06-01", at="05-06")
        self.assertEqual(
            self.moves(self.first)[1:],
            [("03-01", "transfer", -100.0), ("06-01", "reactivation", 100.0)],
        )
        self.assert_sound()

    def test_transferred_again_after_it_came_back(self):
        taken = self.transfer(self.first, "03-01", "02-20", self.second)
        self.close(taken, "04-30", at="04-20")
        self.amend(self.first, "reopen", "05-01", at="04-25")
        again = self.transfer(self.first, "06-01", "05-20", self.third)
        self.assertEqual(self.moves(again), [("06-01", "transfer", 100.0)])
        self.assertEqual(self.moves(self.first)[-1], ("06-01", "transfer", -100.0))
        self.assert_sound()

    def test_a_takeover_is_not_set_back_to_draft_but_closed_before_it_begins(self):
        taken = self.transfer(self.first, "03-01", "02-20", self.second)
        with self.assertRaisesRegex(
            UserError, f"continues {self.first.name}: it stays"
        ):
            taken.action_draft()
        self.close(taken, "02-28", at="02-21")
        self.amend(self.first, "reopen", "03-01", at="02-22")
        self.assertEqual(self.moves(taken), [])
        self.assertEqual(self.moves(self.first), [("02-01", "new", 100.0)])
        self.assert_sound()
