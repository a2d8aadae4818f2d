from freezegun import freeze_time

from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestMrrAudit(SubscriptionCase):
    """Each check of the nightly audit finds the fault that is planted for it."""

    def setUp(self):
        super().setUp()
        with freeze_time("2026-01-10 09:00:00"):
            self.subscription = self.subscribe(price=100.0)
            self.second = self.subscribe(price=50.0)
        self.rows = self.env["crm.mrr.move"].search(
            [("subscription_id", "in", (self.subscription | self.second).ids)]
        )

    def find(self, check):
        return getattr(self.env["crm.mrr.move"], f"_audit_{check}")()

    def plant(self, row, **values):
        """Write into the table what no one can write by the screen."""
        row.flush_recordset()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE crm_mrr_move SET {name} = %s WHERE id = %s", (value, row.id)
            )
        row.invalidate_recordset()

    def assert_found(self, check, records):
        finding = self.find(check)
        self.assertTrue(finding.broken, check)
        self.assertLessEqual(set(records.ids), set(finding.res_ids), check)

    def test_a_sound_ledger(self):
        mine = set(self.rows.ids) | set((self.subscription | self.second).line_ids.ids)
        for check in ("lines", "rates", "transfers", "pauses", "owners"):
            self.assertFalse(mine & set(self.find(check).res_ids), check)
        self.assertFalse(self.find("days").broken)

    def test_a_move_that_is_not_what_the_terms_say(self):
        self.plant(self.rows[0], amount_currency=99.0)
        self.assert_found("lines", self.rows[0].line_id)

    def test_a_move_on_another_day(self):
        self.plant(self.rows[0], date="2026-02-02")
        self.assert_found("lines", self.rows[0].line_id)
        self.assertIn("2026-02-01", self.find("days").detail)

    def test_a_day_that_does_not_add_up(self):
        self.plant(self.rows[0], amount=100.01)
        self.assertIn("2026-02-01", self.find("days").detail)

    def test_instalments_of_a_total_are_looked_at_too(self):
        split = self.subscribe(price=700.0, price_basis="total", instalments=7)
        line = split.line_ids
        self.assertNotIn(line.id, self.find("lines").res_ids)
        row = self.env["crm.mrr.move"].search([("line_id", "=", line.id)])
        self.assertEqual(sorted(row.mapped("amount")), [-100.0, 100.0])
        self.plant(row[0], amount_currency=1.0)
        self.assert_found("lines", line)

    def test_a_transfer_that_keeps_something(self):
        other = self.env["res.partner"].create({"name": "Repreneur"})
        effect = self.subscription.amend(
            "transfer", "2026-03-01", {"partner_id": other.id}
        )
        change = self.env["crm.subscription.change"].browse(effect["change_id"])
        row = self.env["crm.mrr.move"].search(
            [("change_id", "=", change.id), ("amount", "<", 0)]
        )
        self.assertNotIn(change.id, self.find("transfers").res_ids)
        self.plant(row, amount=-99.0)
        self.assert_found("transfers", change)

    def test_churn_of_who_is_paused(self):
        self.subscription.amend("pause", "2026-03-01", {})
        self.second.amend(
            "remove_line", "2026-04-01", {"line_id": self.second.line_ids.id}
        )
        row = self.env["crm.mrr.move"].search(
            [("subscription_id", "=", self.second.id), ("amount", "<", 0)]
        )
        self.assertEqual(row.kind, "contraction")
        self.assertNotIn(row.id, self.find("pauses").res_ids)
        self.plant(row, kind="churn")
        self.assert_found("pauses", row)

    def test_a_move_of_another_customer(self):
        other = self.env["res.partner"].create({"name": "Autre"})
        self.plant(self.rows[0], partner_id=other.id)
        self.assert_found("owners", self.rows[0])

    def test_a_foreign_line_off_its_rate(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2026-01-01", "rate": 1.25}
        )
        foreign = self.subscribe(price=100.0, currency_id=dollar.id)
        row = self.env["crm.mrr.move"].search(
            [("subscription_id", "=", foreign.id)], order="id", limit=1
        )
        self.assertEqual((row.amount_currency, row.amount, row.rate), (100, 80, 0.8))
        self.assertNotIn(row.line_id.id, self.find("rates").res_ids)
        self.plant(row, amount=81.0)
        self.assert_found("rates", row.line_id)
