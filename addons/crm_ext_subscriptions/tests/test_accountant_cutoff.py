from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SubscriptionCase

YEAR_END = date(2025, 12, 31)


@tagged("post_install", "-at_install")
class TestAccountantCutoff(SubscriptionCase):
    """Deferred income (PCA) and invoices to be issued (FAE), worked out by hand."""

    def close(self, day=YEAR_END, company=None):
        """{kind: lines} of this test's customer."""
        company = company or self.company
        cutoffs = self.env["crm.billing.cutoff"].with_user(self.accountant)
        cutoff = cutoffs.with_company(company).create(
            {"date": day, "company_id": company.id}
        )
        cutoff.action_compute()
        mine = cutoff.line_ids.filtered(lambda line: line.partner_id == self.partner)
        return {
            kind: mine.filtered(lambda line, kind=kind: line.kind == kind)
            for kind in ("deferred", "to_issue", "undecided")
        }

    def yearly_from_october(self, **values):
        return self.subscribe(
            date(2025, 10, 1), price=1200.0, plan_id=self.yearly.id, **values
        )

    def test_a_year_billed_in_advance_is_deferred_by_days(self):
        """92 of 365 days until 31 December: 302.47 earned, 897.53 deferred."""
        subscription = self.yearly_from_october()
        invoice = self.bill(subscription, date(2025, 10, 1))
        found = self.close()
        line = found["deferred"]
        self.assertEqual(line.amount, 897.53)
        self.assertEqual(line.company_amount, 897.53)
        self.assertEqual((line.days_counted, line.days), (273, 365))
        self.assertEqual(line.account_id, invoice.invoice_line_ids.account_id)
        self.assertEqual((line.move_id, line.subscription_id), (invoice, subscription))
        self.assertFalse(found["to_issue"])

    def test_the_deferred_income_of_each_month_end_comes_down_to_nothing(self):
        subscription = self.yearly_from_october()
        self.bill(subscription, date(2025, 10, 1))
        self.assertFalse(self.close(date(2025, 9, 30))["deferred"])
        left = [
            sum(self.close(day)["deferred"].mapped("amount"))
            for day in (date(2025, 10, 31), date(2026, 3, 31), date(2026, 9, 30))
        ]
        # 334, 183 and 0 of 365 days are still to come
        self.assertEqual(left, [1098.08, 601.64, 0])

    def test_a_draft_or_a_later_invoice_is_to_be_issued(self):
        subscription = self.yearly_from_october()
        invoice = self.bill(subscription, date(2025, 10, 1), post=False)
        self.assertEqual(self.close()["to_issue"].amount, 302.47)
        self.assertFalse(self.close()["deferred"])
        invoice.invoice_date = date(2026, 1, 15)
        invoice.action_post()
        self.assertEqual(self.close()["to_issue"].amount, 302.47)
        after = self.close(date(2026, 1, 31))
        self.assertFalse(after["to_issue"])
        self.assertEqual(after["deferred"].amount, 795.62)  # 242 of 365 days

    def test_arrears_not_due_yet_are_to_be_issued(self):
        """A quarter from 1 November in arrears: 61 of 92 days until 31 December."""
        subscription = self.subscribe(
            date(2025, 11, 1), price=920.0, unit="quarter", invoicing="arrears"
        )
        line = self.close()["to_issue"]
        self.assertEqual(line.amount, 610.0)
        self.assertEqual((line.days_counted, line.days), (61, 92))
        self.assertFalse(line.period_id)
        self.assertTrue(line.account_id.code.startswith("70"))
        self.bill(subscription, date(2026, 1, 31))
        self.assertEqual(self.close()["to_issue"].amount, 610.0, "as known on that day")
        self.assertFalse(self.close(date(2026, 1, 31))["to_issue"])

    def test_what_is_due_and_forgotten_is_to_be_issued(self):
        self.subscribe(date(2025, 11, 1), price=100.0)
        self.assertEqual(self.close()["to_issue"].mapped("amount"), [100.0, 100.0])

    def test_a_credit_note_counts_from_its_own_date(self):
        subscription = self.yearly_from_october()
        invoice = self.bill(subscription, date(2025, 10, 1))
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": date(2026, 1, 10)})
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self.assertEqual(self.close()["deferred"].amount, 897.53)
        after = self.close(date(2026, 1, 31))
        self.assertFalse(after["deferred"] | after["to_issue"])

    def test_a_partial_credit_note_lowers_what_is_deferred(self):
        """1,200 less 200 credited: 1,000 x 273 / 365 = 747.95 deferred."""
        invoice = self.bill(self.yearly_from_october(), date(2025, 10, 1))
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": date(2025, 11, 1)})
        )
        wizard.refund_moves()
        wizard.new_move_ids.invoice_line_ids.price_unit = 200.0
        wizard.new_move_ids.action_post()
        self.assertEqual(sum(self.close()["deferred"].mapped("amount")), 747.95)

    def test_a_correction_made_after_the_closing_changes_nothing_before(self):
        invoice = self.bill(self.yearly_from_october(), date(2025, 10, 1))
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": date(2026, 1, 10)})
        )
        wizard.modify_moves()
        corrected = wizard.new_move_ids
        corrected.invoice_date = date(2026, 1, 10)
        corrected.action_post()
        found = self.close()
        self.assertEqual(found["deferred"].amount, 897.53)
        self.assertFalse(found["to_issue"])
        after = self.close(date(2026, 1, 31))["deferred"]
        self.assertEqual(sum(after.mapped("amount")), 795.62)

    def test_in_a_foreign_currency(self):
        """1,200 dollars at 1.25 are 960 euros: 273 of 365 days are 718.03."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": date(2020, 1, 1), "rate": 1.25}
        )
        subscription = self.yearly_from_october(currency_id=dollar.id)
        self.bill(subscription, date(2025, 10, 1))
        line = self.close()["deferred"]
        self.assertEqual((line.amount, line.currency_id), (897.53, dollar))
        self.assertEqual(line.company_amount, 718.03)

    def test_months_of_30_days_are_deferred_as_they_were_billed(self):
        """A year of 360 days, 90 of them by 31 December: 300 earned, 900 deferred."""
        subscription = self.yearly_from_october(prorata_basis="30_360")
        self.bill(subscription, date(2025, 10, 1))
        line = self.close()["deferred"]
        self.assertEqual(line.amount, 900.0)
        self.assertEqual((line.days_counted, line.days), (270, 360))
        # in a month of 31 days the 30th is no day of its own
        left = [
            self.close(date(2026, 1, day))["deferred"].amount for day in (29, 30, 31)
        ]
        self.assertEqual(left, [803.33, 803.33, 800.0])

    def test_what_was_freed_and_waits_for_a_decision_is_listed_apart(self):
        subscription = self.yearly_from_october()
        invoice = self.bill(subscription, date(2025, 10, 1), post=False)
        invoice.unlink()
        self.assertFalse(self.close()["to_issue"])
        line = self.close()["undecided"]
        self.assertEqual((line.amount, line.subscription_id), (302.47, subscription))
        self.accountant.group_ids += self.env.ref("base.group_allow_export")
        ((kind, amount),) = line.export_data(["kind", "company_amount"])["datas"]
        self.assertEqual((kind, amount), ("Freed periods still to decide", 302.47))
        subscription.period_ids.with_user(self.accountant).action_accept_gap()
        self.assertFalse(self.close()["undecided"])

    def test_accountants_only_and_in_their_companies(self):
        self.bill(self.yearly_from_october(), date(2025, 10, 1))
        cutoffs = self.env["crm.billing.cutoff"]
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                cutoffs.with_user(user).create({"date": YEAR_END})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = cutoffs.with_user(self.accountant).create({"date": YEAR_END})
        theirs.sudo().company_id = other
        with self.assertRaisesRegex(AccessError, "Company"):
            theirs.action_compute()

    def test_the_list_exports_and_totals(self):
        self.bill(self.yearly_from_october(), date(2025, 10, 1))
        self.accountant.group_ids += self.env.ref("base.group_allow_export")
        lines = self.close()["deferred"]
        names = ["account_id", "partner_id", "subscription_id", "company_amount"]
        ((_account, _partner, _subscription, amount),) = lines.export_data(names)[
            "datas"
        ]
        self.assertEqual(amount, 897.53)
        ((total,),) = lines._read_group(
            [("id", "in", lines.ids)], [], ["company_amount:sum"]
        )
        self.assertEqual(total, 897.53)
