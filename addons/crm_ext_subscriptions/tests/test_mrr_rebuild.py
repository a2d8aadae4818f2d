import importlib.util
from datetime import date
from pathlib import Path

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SubscriptionCase

MIGRATION = Path(__file__).parents[1] / "migrations" / "19.0.1.2.0" / "post-mrr.py"


@tagged("post_install", "-at_install")
class TestMrrRebuild(SubscriptionCase):
    """The ledger written anew is the one that the entries made."""

    def setUp(self):
        super().setUp()
        other = self.env["res.partner"].create({"name": "Repreneur"})
        with freeze_time("2026-01-10 09:00:00"):
            self.first = self.subscribe(price=100.0, date_end="2026-08-31")
            self.second = self.subscribe(price=50.0)
        with freeze_time("2026-02-10 09:00:00"):
            self.first.amend(
                "price",
                "2026-02-01",
                {"line_id": self.first.line_ids.id, "price_unit": 90.0},
            )
        with freeze_time("2026-03-10 09:00:00"):
            self.first.amend("renew", "next", {"date_end": "2027-08-31"})
            effect = self.second.amend(
                "transfer", "2026-04-01", {"partner_id": other.id}
            )["effect"]
        self.third = self.second.browse(effect["successor_id"])
        with freeze_time("2026-04-10 09:00:00"):
            reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
            self.third.amend("close", "2026-05-31", {"reason_id": reason.id})
        self.all = self.first | self.second | self.third

    def tell(self):
        names = ("date", "kind", "cause", "amount", "known_at", "counter")
        rows = self.env["crm.mrr.move"].search(
            [("subscription_id", "in", self.all.ids)]
        )
        return sorted(
            (row.partner_id.id, row.line_id.id, *(str(row[name]) for name in names))
            for row in rows
        )

    def test_the_run_gives_the_same_ledger_twice(self):
        before = self.tell()
        self.assertEqual(len(before), 12)
        for _turn in range(2):
            self.env["crm.mrr.account"].with_user(self.manager).action_rebuild()
            self.run_batches()
            self.assertEqual(self.tell(), before)

    def test_a_foreign_line_entered_before_it_begins(self):
        """Until its month comes it has the rate of the month of its entry."""
        francs = self.env.ref("base.CHF")
        francs.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": francs.id, "name": f"2026-0{n}-01", "rate": rate}
                for n, rate in ((1, 1.0), (2, 0.8), (3, 0.5))
            ]
        )
        swiss = self.env["res.partner"].create({"name": "Genève"})
        with freeze_time("2026-01-10 09:00:00"):
            self.all = self.subscribe(
                start=date(2026, 3, 1),
                price=100.0,
                currency_id=francs.id,
                partner_id=swiss.id,
            )
        account = self.env["crm.mrr.account"].search([("partner_id", "=", swiss.id)])
        with freeze_time("2026-04-10 09:00:00"):
            account._take_in()
            before = self.tell()
            account._rebuild()
        self.assertEqual(self.tell(), before)
        rows = self.env["crm.mrr.move"].search(
            [("subscription_id", "=", self.all.id)], order="id"
        )
        self.assertEqual(rows.mapped("amount"), [100, -100, 125, -125, 200])

    def test_only_administrators_rebuild(self):
        with self.assertRaises(AccessError):
            self.env["crm.mrr.account"].with_user(self.seller).action_rebuild()
        with self.assertRaises(AccessError):
            self.env["crm.mrr.move"].with_user(self.manager).search([]).unlink()

    def test_an_upgrade_makes_the_ledger_of_what_was_there(self):
        """As left by the version before: no moment, no term, no line continued."""
        before = self.tell()
        self.env.flush_all()
        for table in ("crm_subscription_line_version", "crm_subscription_change"):
            self.env.cr.execute(f"UPDATE {table} SET known_at = NULL")
        self.env.cr.execute(
            "UPDATE crm_subscription_change SET term_before = NULL, term_after = NULL;"
            "UPDATE crm_subscription_line SET continues_id = NULL;"
            "DELETE FROM crm_mrr_move; DELETE FROM crm_mrr_account"
        )
        self.env.invalidate_all()
        spec = importlib.util.spec_from_file_location("post_mrr", MIGRATION)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.1.1.0")
        self.run_batches()
        self.assertEqual(self.tell(), before)

    def test_the_daily_run_follows_a_customer_that_joins_a_company(self):
        """Its MRR goes along, once; what was known before stays."""
        group = self.env["res.partner"].create({"name": "Groupe", "is_company": True})
        self.partner.write({"is_company": False, "parent_id": group.id})
        self.env.flush_all()
        with freeze_time("2026-05-10 03:00:00"):
            self.env["crm.mrr.account"]._cron_keep()
            self.run_batches()
        ledger = self.env["crm.mrr.move"]
        mine = [("partner_id", "=", self.partner.id)]
        self.assertEqual(sum(ledger.search(mine).mapped("amount")), 0)
        self.assertFalse(ledger._audit_owners().broken)
        self.assertEqual(ledger._audit_lines().res_ids, ())
        self.assertFalse(self.env["crm.mrr.account"]._find_moved())
