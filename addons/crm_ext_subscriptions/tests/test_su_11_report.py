from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@freeze_time("2026-03-10 12:00:00")
@tagged("post_install", "-at_install")
class TestBillingReport(SubscriptionCase):
    """Billed, to bill and overdue, read per customer and subscription (SU-11)."""

    def subscribe(self, **values):
        term = self.env.ref("account.account_payment_term_immediate")
        return super().subscribe(payment_term_id=term.id, **values)

    def figures(self, subscription, user=None):
        self.env.flush_all()
        report = self.env["crm.billing.report"].with_user(user or self.accountant)
        names = ("billed", "to_bill", "upcoming", "unpaid", "overdue")
        ((*sums,),) = report._read_group(
            [("subscription_id", "in", subscription.ids)],
            [],
            [f"{name}:sum" for name in names],
        )
        return {
            name: round(value or 0, 2) for name, value in zip(names, sums, strict=True)
        }

    def test_su_11_billed_to_bill_overdue(self):
        """February posted and late, a draft for March, April is upcoming."""
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(
            self.figures(subscription),
            {
                "billed": 100.0,
                "to_bill": 100.0,  # March is due since the 1st
                "upcoming": 0,
                "unpaid": 120.0,
                "overdue": 120.0,
            },
        )
        self.bill(subscription, date(2026, 3, 1), post=False)
        found = self.figures(subscription)
        self.assertEqual((found["to_bill"], found["upcoming"]), (100.0, 100.0))
        invoice = subscription.period_ids.move_id.filtered(
            lambda move: move.state == "posted"
        )
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        found = self.figures(subscription)
        self.assertEqual((found["overdue"], found["unpaid"]), (0, 0))
        self.assertEqual(found["billed"], 100.0)

    def open_report(self, user=None):
        """As the menu does."""
        return (
            self.env["crm.billing.report"].with_user(user or self.seller).action_open()
        )

    def days_to_bill(self, subscription):
        """{due date: amount} of what is not in the ledger, once the report is open."""
        action = self.open_report()
        self.assertEqual(action["res_model"], "crm.billing.report")
        found = (
            self.env["crm.billing.report"]
            .with_user(self.accountant)
            .search(
                [
                    ("subscription_id", "=", subscription.id),
                    ("status", "in", ("due", "upcoming")),
                ]
            )
        )
        days = found.grouped("date")
        return {day: round(sum(own.mapped("amount")), 2) for day, own in days.items()}

    def test_su_11_to_bill_is_the_schedule_to_the_cent(self):
        """A first part of a month, a discount that ends, a line that begins later, an
        end within a month."""
        subscription = self.subscribe(
            start=date(2026, 2, 15),
            anchor_days="1",
            date_end=date(2026, 6, 10),
            lines=[
                {"price_unit": 100.0, "discount": 33.33, "discount_periods": 2},
                {"price_unit": 9.99, "date_from": date(2026, 3, 20)},
                {"price_unit": 50.0, "line_type": "once"},
            ],
        )
        schedule = {
            row["due_date"]: row["amount"] for row in subscription.get_schedule(50)
        }
        found = self.days_to_bill(subscription)
        self.assertEqual(found, schedule)
        self.assertEqual(len(found), 6, "the line of the 20th is due on that day")
        self.assertEqual(
            self.figures(subscription)["to_bill"],
            round(sum(v for day, v in found.items() if day <= date(2026, 3, 10)), 2),
        )

    def test_su_11_to_bill_knows_pending_credits_and_usage_so_far(self):
        meter = self.env["crm.usage.meter"].create({"name": "Calls", "code": "calls"})
        usage = {
            "line_type": "usage",
            "meter_id": meter.id,
            "price_unit": 0.5,
            "product_id": self.product.id,
        }
        subscription = self.subscribe(lines=[{"price_unit": 100.0}, usage])
        self.bill(subscription, date(2026, 3, 1))
        event = {
            "meter": "calls",
            "subscription": subscription.name,
            "at": "2026-03-05T09:00:00Z",
            "quantity": 30,
            "key": "1",
        }
        self.env["crm.usage.event"].with_user(self.accountant).record([event])
        self.assertEqual(self.days_to_bill(subscription)[date(2026, 4, 1)], 115.0)
        line = subscription.line_ids.filtered(lambda it: it.line_type == "recurring")
        subscription.amend(
            "price", "2026-03-01", {"line_id": line.id, "price_unit": 70}
        )
        self.assertEqual(self.days_to_bill(subscription)[date(2026, 4, 1)], 85.0)
        self.assertEqual(self.figures(subscription)["to_bill"], -30.0)

    def test_su_11_days_billed_since_the_forecast_count_once(self):
        subscription = self.subscribe()
        self.open_report()
        before = self.figures(subscription)
        self.bill(subscription, date(2026, 3, 1))
        after = self.figures(subscription)
        total = before["to_bill"] + before["upcoming"]
        self.assertEqual(after["billed"] + after["to_bill"] + after["upcoming"], total)
        self.open_report()
        self.assertEqual(self.figures(subscription), after)
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        subscription.amend("close", "2026-03-31", {"reason_id": reason.id})
        self.open_report()
        self.assertEqual(self.figures(subscription)["upcoming"], 0)

    def test_su_11_queries_do_not_grow_with_the_subscriptions(self):
        def refresh():
            self.env.cr.execute("UPDATE crm_subscription SET forecast_at = NULL")
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["crm.subscription"]._refresh_forecast()
            return self.env.cr.sql_log_count - start

        self.subscribe()
        refresh()
        few = refresh()
        for _number in range(12):
            self.subscribe(lines=[{"price_unit": 10.0}, {"price_unit": 3.0}])
        self.assertLessEqual(refresh(), few + 2)

    def test_su_11_a_credit_note_lowers_what_is_billed(self):
        subscription = self.subscribe()
        invoice = self.bill(subscription, date(2026, 2, 1))
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": date(2026, 3, 1)})
        )
        wizard.modify_moves()
        wizard.new_move_ids.action_post()
        self.assertEqual(self.figures(subscription)["billed"], 100.0)
        self.assertEqual(self.figures(subscription)["unpaid"], 120.0)

    def test_su_11_a_payment_in_part_is_shared_by_the_lines(self):
        subscription = self.subscribe(lines=[{"price_unit": 75.0}, {"price_unit": 25}])
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 60.0})._create_payments()
        rows = (
            self.env["crm.billing.report"]
            .with_user(self.accountant)
            .search([("move_id", "=", invoice.id)])
        )
        self.assertEqual(sorted(rows.mapped("overdue")), [15.0, 45.0])

    def test_su_11_foreign_currency_in_company_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": date(2020, 1, 1), "rate": 1.25}
        )
        subscription = self.subscribe(price=250.0, currency_id=dollar.id)
        self.assertEqual(self.figures(subscription)["to_bill"], 200.0)
        self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(self.figures(subscription)["billed"], 200.0)

    def test_su_11_own_subscriptions_for_salespeople_all_for_accountants(self):
        subscription = self.subscribe()
        other = self._new_user(
            "sub_other", "crm_ext_subscriptions.group_subscriptions_user"
        )
        for user in (self.seller, self.manager, self.accountant):
            self.assertEqual(self.figures(subscription, user)["to_bill"], 100.0)
        self.assertEqual(self.figures(subscription, other)["to_bill"], 0)
        with self.assertRaises(AccessError):
            self.figures(subscription, self.stranger)

    def test_su_11_counters_of_the_customer_and_of_the_product(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1))
        self.env.flush_all()
        partner = self.partner.with_user(self.manager)
        values = {found["code"]: found["value"] for found in partner.crm_counters}
        for code, amount in (("billed", "100"), ("to_bill", "100"), ("overdue", "120")):
            self.assertIn(amount, values[f"subscriptions_{code}"])
        action = partner.action_open_crm_counter("subscriptions_overdue")
        self.assertEqual(action["res_model"], "crm.billing.report")
        product = self.product.product_tmpl_id.with_user(self.manager)
        self.assertEqual(product.crm_subscription_count, 1)
        domain = product.action_view_crm_subscriptions()["domain"]
        found = self.env["crm.subscription"].search(domain)
        self.assertEqual(found, subscription)
