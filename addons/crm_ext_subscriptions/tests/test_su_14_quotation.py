from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sale_common import SaleCase


@tagged("post_install", "-at_install")
class TestSu14Quotation(SaleCase):
    """Quote, order, subscription: the salesperson confirms and finds it."""

    def test_su_14_confirm_a_quotation_and_find_the_subscription(self):
        analytic = self.env["account.analytic.account"].create(
            {
                "name": "Rennes",
                "plan_id": self.env.ref("analytic.analytic_plan_projects").id,
            }
        )
        order = self.quote(
            self.fee,
            {
                "product_id": self.hosting.id,
                "product_uom_qty": 3,
                "price_unit": 90.0,
                "discount": 10.0,
                "name": "Hosting, site of Rennes",
                "analytic_distribution": {str(analytic.id): 100.0},
            },
            client_order_ref="PO-77",
            payment_term_id=self.env.ref("account.account_payment_term_30days").id,
        )
        order.action_confirm()
        self.assertEqual(order.crm_subscription_count, 1)
        subscription = self.subscriptions_of(order)
        self.assertEqual(subscription.state, "running")
        self.assertEqual(subscription.plan_id, self.monthly)
        self.assertEqual(subscription.date_start, date(2026, 2, 1))
        self.assertEqual(subscription.partner_id, order.partner_id)
        self.assertEqual(subscription.partner_invoice_id, order.partner_invoice_id)
        self.assertEqual(subscription.client_order_ref, "PO-77")
        self.assertEqual(subscription.user_id, self.salesperson)
        self.assertEqual(subscription.payment_term_id, order.payment_term_id)
        self.assertEqual(subscription.fiscal_position_id, order.fiscal_position_id)
        self.assertEqual(subscription.currency_id, order.currency_id)
        (line,) = subscription.line_ids
        self.assertEqual(line.product_id, self.hosting)
        self.assertEqual(line.name, "Hosting, site of Rennes")
        self.assertEqual((line.quantity, line.price_unit, line.discount), (3, 90, 10))
        self.assertEqual(line.tax_ids, order.order_line[1].tax_ids)
        self.assertEqual(line.analytic_distribution, {str(analytic.id): 100.0})
        self.assertEqual(subscription.amount_period, 243.0)
        self.assertEqual(subscription._get_orders(), order)

    def test_su_14_the_subscription_bills_what_the_order_said(self):
        order = self.sell(self.hosting)
        subscription = self.subscriptions_of(order)
        (invoice,) = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(invoice.amount_total, order.amount_total)
        self.assertEqual(self.products_of(invoice), self.hosting)

    def test_su_14_several_plans_make_several_subscriptions(self):
        order = self.sell(self.hosting, self.licence, self.product, self.hosting)
        monthly, yearly = self.subscriptions_of(order).sorted("plan_id")
        if monthly.plan_id != self.monthly:
            monthly, yearly = yearly, monthly
        self.assertEqual(monthly.line_ids.product_id, self.hosting)
        self.assertEqual(len(monthly.line_ids), 2)
        self.assertEqual(yearly.plan_id, self.yearly)
        self.assertEqual(yearly.line_ids.product_id, self.licence)
        action = order.action_view_crm_subscriptions()
        self.assertEqual(action["domain"], [("id", "in", (monthly + yearly).ids)])

    def test_su_14_the_plan_is_chosen_line_by_line(self):
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.partner
            with form.order_line.new() as line:
                line.product_id = self.hosting
                self.assertEqual(line.crm_plan_id, self.monthly)
                self.assertEqual(line.price_unit, 100.0)
                line.crm_plan_id = self.yearly
                # a year of a monthly price
                self.assertEqual(line.price_unit, 1200.0)
        order = form.record
        order.action_confirm()
        self.assertEqual(self.subscriptions_of(order).plan_id, self.yearly)
        self.assertEqual(self.subscriptions_of(order).amount_period, 1200.0)

    def test_su_14_a_quotation_template_sells_subscriptions(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Hosting pack",
                "sale_order_template_line_ids": [
                    Command.create({"name": "Every month", "display_type": kind})
                    if kind
                    else Command.create({"product_id": product.id})
                    for kind, product in (
                        ("line_section", None),
                        (False, self.hosting),
                        (False, self.fee),
                    )
                ],
            }
        )
        templates = self.env.ref("sale_management.group_sale_order_template")
        self.salesperson.group_ids += templates
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.partner
            form.sale_order_template_id = template
        order = form.record
        self.assertEqual(order.order_line.crm_plan_id, self.monthly)
        order.action_confirm()
        self.assertEqual(self.subscriptions_of(order).line_ids.product_id, self.hosting)

    def test_su_14_an_optional_line_left_out_makes_no_subscription(self):
        order = self.sell(
            self.fee, {"product_id": self.hosting.id, "product_uom_qty": 0}
        )
        self.assertFalse(self.subscriptions_of(order))

    def test_su_14_subscriptions_wait_as_drafts_when_set_so(self):
        settings = self.env["res.config.settings"].create({"crm_order_draft": True})
        settings.execute()
        order = self.sell(self.hosting)
        self.assertEqual(self.subscriptions_of(order).state, "draft")

    # ------------------------------------------------------------------ never twice
    def test_su_14_confirming_again_makes_none_twice(self):
        order = self.sell(self.hosting)
        order._action_confirm()
        self.assertEqual(len(self.subscriptions_of(order)), 1)

    def test_su_14_the_database_refuses_an_order_line_sold_twice(self):
        order = self.sell(self.hosting)
        other = self.subscribe(confirm=False).line_ids
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            other.sale_line_id = order.order_line
            other.flush_recordset()

    def test_su_14_cancel_an_order_not_billed_and_confirm_it_again(self):
        order = self.sell(self.hosting)
        order.action_cancel()
        self.assertFalse(self.subscriptions_of(order))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(len(self.subscriptions_of(order)), 1)

    def test_su_14_cancel_an_order_whose_subscription_was_billed(self):
        order = self.sell(self.hosting)
        subscription = self.subscriptions_of(order)
        self.bill(subscription, date(2026, 2, 1))
        order.action_cancel()
        self.assertEqual(subscription.state, "running")
        self.assertIn("goes on", order.message_ids[0].body)
        self.assertIn("goes on", subscription.message_ids[0].body)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.subscriptions_of(order), subscription)

    # ------------------------------------------------------------------ once sold
    def test_su_14_sold_recurring_terms_change_in_the_subscription_only(self):
        order = self.sell(self.hosting, self.fee)
        recurring, once = order.order_line
        for values in ({"product_uom_qty": 5}, {"price_unit": 1.0}, {"discount": 50.0}):
            with self.subTest(values), self.assertRaisesRegex(UserError, order.name):
                recurring.write(values)
        recurring.write({"name": "Hosting, renamed", "product_uom_qty": 1})
        once.write({"product_uom_qty": 2})
        with self.assertRaisesRegex(UserError, "Recurring"):
            once.write({"crm_plan_id": self.monthly.id})
        with self.assertRaisesRegex(UserError, "Licence"):
            order.write(
                {"order_line": [Command.create({"product_id": self.licence.id})]}
            )

    def test_su_14_quotation_and_page_show_each_period_apart(self):
        order = self.quote(self.fee, self.hosting, self.licence)
        self.assertEqual(
            order.crm_recurring_text.replace("\xa0", " "),
            "100.00 € per month, 900.00 € per year",
        )
        self.assertEqual(order.crm_one_off_total, 720.0)
        month, year = order.crm_recurring_totals
        self.assertEqual(
            month,
            {"label": "per month", "amount_untaxed": 100.0, "amount_total": 120.0},
        )
        self.assertEqual(year["amount_total"], 1080.0)
        self.assertEqual(order.amount_total, 720.0 + 120.0 + 1080.0)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", order.ids
        )[0]
        self.assertIn("per month", html.decode())
        self.assertIn("of which once", html.decode())
