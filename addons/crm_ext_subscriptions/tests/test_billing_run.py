from datetime import date

from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase

DAY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestBillingRun(SubscriptionCase):
    """The screen, its totals, the cron's local date, and the run's invoices."""

    def screen(self, user=None, **values):
        wizards = self.env["crm.bill.due"].with_user(user or self.accountant)
        return wizards.create({"date": DAY, "invoice_date": DAY, **values})

    def start(self, **values):
        action = self.screen(mode="post", **values).action_bill()
        self.run_batches()
        runs = self.env["crm.batch.run"].with_user(self.accountant)
        return runs.browse(action["res_id"])

    def set_up_elsewhere(self):
        company = self.env["res.company"].create(
            {
                "name": "Elsewhere",
                "country_id": self.env.ref("base.us").id,
                "currency_id": self.env.ref("base.USD").id,
            }
        )
        self.env["account.chart.template"].try_loading("generic_coa", company, False)
        self.seller.company_ids += company
        self.accountant.company_ids += company
        return company

    def test_totals_by_currency_and_in_company_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": date(2020, 1, 1), "rate": 1.25}
        )
        before = self.screen().amount_untaxed
        self.subscribe(price=100.0)
        self.subscribe(price=250.0, currency_id=dollar.id)
        screen = self.screen()
        self.assertEqual(screen.amount_untaxed - before, 300.0)
        self.assertIn("250.00", screen.totals_html)
        self.assertIn("200.00", screen.totals_html)

    def test_two_companies_on_one_screen_make_a_run_each(self):
        other = self.set_up_elsewhere()
        here = self.subscribe()
        there = self.subscribe(
            company_id=other.id, plan_id=False, lines=[{"price_unit": 70.0}]
        )
        both = self.company + other
        screens = self.env["crm.bill.due"].with_user(self.accountant)
        screen = screens.with_context(allowed_company_ids=both.ids).create(
            {
                "date": DAY,
                "invoice_date": DAY,
                "mode": "post",
                "company_ids": both.ids,
            }
        )
        self.assertLessEqual(here + there, screen.subscription_ids)
        action = screen.action_bill()
        self.run_batches()
        runs = self.env["crm.batch.run"].search(action["domain"])
        self.assertEqual(runs.company_id, both)
        self.assertEqual(here.period_ids.run_id.company_id, self.company)
        self.assertEqual(there.sudo().period_ids.run_id.company_id, other)
        moves = (here + there).sudo().period_ids.move_id
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(moves.company_id, both)

    def test_the_cron_bills_by_the_companys_date_around_midnight(self):
        """23:30 UTC on 31 January is 1 February in Paris, not yet in Martinique."""
        for zone, moment, is_due in (
            ("Europe/Paris", "2026-01-31 22:30:00", False),
            ("Europe/Paris", "2026-01-31 23:30:00", True),
            ("America/Martinique", "2026-02-01 03:30:00", False),
            ("America/Martinique", "2026-02-01 04:30:00", True),
        ):
            with self.subTest(zone=zone, moment=moment), freeze_time(moment):
                self.company.partner_id.tz = zone
                subscription = self.subscribe()
                self.env["crm.subscription"]._cron_bill_due()
                self.run_batches()
                self.assertEqual(bool(subscription.period_ids), is_due)
                if is_due:
                    self.assertEqual(self.invoices(subscription).invoice_date, DAY)
                else:
                    subscription.action_close()

    def test_a_country_with_one_time_zone_needs_no_setting(self):
        self.company.partner_id.tz = False
        self.company.country_id = self.env.ref("base.fr")
        self.assertEqual(self.company._crm_get_timezone(), "Europe/Paris")
        settings = self.env["res.config.settings"].create({})
        settings.crm_timezone = "Indian/Reunion"
        self.assertEqual(self.company._crm_get_timezone(), "Indian/Reunion")

    def test_freed_rows_are_never_billed_by_the_cron(self):
        subscription = self.subscribe()
        self.bill(subscription, DAY, post=False).unlink()
        self.env["ir.config_parameter"].set_param("crm_ext_subscriptions.cron_post", 1)
        with freeze_time("2026-02-10 12:00:00"):
            self.env["crm.subscription"]._cron_bill_due()
            self.run_batches()
        row = subscription.sudo().period_ids
        self.assertEqual((len(row), row.settlement, row.move_id.id), (1, "open", False))

    def test_adjustments_and_one_offs_pending_are_in_the_run(self):
        subscription = self.subscribe()
        self.bill(subscription, DAY)
        row = subscription.sudo().period_ids
        # as a change of terms would write it
        pending = row.create(
            {
                "subscription_id": subscription.id,
                "line_id": subscription.line_ids.id,
                "kind": "adjustment",
                "adjusts_id": row.id,
                "cause": "quantity",
                "seq": 1,
                "date_from": date(2026, 2, 15),
                "date_to": date(2026, 2, 28),
                "due_date": date(2026, 2, 15),
                "whole_days": 28,
                "quantity": 1,
                "price_unit": 30.0,
                "amount": 15.0,
            }
        )
        screen = self.screen(date=date(2026, 2, 15))
        self.assertIn(subscription, screen.subscription_ids)
        self.assertIn(pending, screen.pending_ids)
        self.assertFalse(subscription._get_pending_rows(date(2026, 2, 14)))
        subscription.action_close()  # what is owed is billed all the same
        invoice = self.bill(subscription, date(2026, 2, 15))
        self.assertEqual(invoice.amount_untaxed, 15.0)
        self.assertFalse(subscription._get_pending_rows(date(2026, 12, 31)))
        self.assertFalse(self.bill(subscription, date(2026, 2, 15)))

    def test_the_run_shows_prints_and_sends_its_invoices(self):
        subscriptions = self.subscribe() + self.subscribe(price=50.0)
        run = self.start()
        moves = self.invoices(subscriptions)
        self.assertLessEqual(moves, run._get_crm_invoices())
        self.assertEqual(run.crm_invoice_count, len(run._get_crm_invoices()))
        url = run.action_print_crm_invoices()["url"]
        self.assertIn(str(moves[0].id), url)
        action = run.action_send_crm_invoices()
        wizards = self.env[action["res_model"]].with_user(self.accountant)
        wizards.with_context(**action["context"]).create({}).action_send_and_print()
        self.assertTrue(all(moves.mapped("is_being_sent")))

    def test_a_subscription_sent_by_mail_is_queued_and_rendered_later(self):
        mailed = self.subscribe(send_mode="email")
        by_hand = self.subscribe()
        draft = self.subscribe(date(2026, 3, 1), send_mode="email")
        self.bill(mailed + by_hand, DAY)
        self.bill(draft, date(2026, 3, 1), post=False)
        move = self.invoices(mailed)
        self.assertEqual(move.sending_data["author_user_id"], self.accountant.id)
        self.assertFalse(move.invoice_pdf_report_id, "billing renders nothing")
        self.assertFalse(self.invoices(by_hand).sending_data)
        self.assertFalse(self.invoices(draft).sending_data)
