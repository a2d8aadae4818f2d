from datetime import date

from odoo.tests import Form, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSu09WorkedExample(SubscriptionCase):
    """500 EUR, 245.6 to 246.8: 502.44 EUR, on every screen that shows it."""

    def sold(self):
        subscription = self.subscribe(date(2014, 2, 1), 500.0, plan_id=self.yearly.id)
        self.add_clause(subscription)
        self.verify_series()
        return subscription

    def test_su_09_the_salesperson_revises_and_the_customer_is_billed(self):
        subscription = self.sold()
        action = subscription.action_revise_price()
        window = self.env[action["res_model"]].with_user(self.seller)
        form = Form(window.with_context(**action["context"]))
        form.effective_date = date(2015, 2, 1)
        opened = form.save().action_revise()
        revision = self.env["crm.price.revision"].browse(opened["res_id"])
        self.assertEqual(revision.with_user(self.seller).p1, 502.44)
        decided = revision.with_user(self.manager)
        decided.action_approve()
        decided.action_apply()
        invoice = self.bill(subscription, date(2015, 2, 1))
        amounts = invoice.invoice_line_ids.sorted("id").mapped("price_subtotal")
        self.assertEqual(amounts, [500.0, 502.44])

    def test_su_09_both_percentages_have_their_name(self):
        subscription = self.sold()
        revision = (
            self.env["crm.price.revision"]
            .with_user(self.seller)
            .browse(subscription.revise_price(date(2015, 2, 1)))
        )
        self.assertIn("+0.489 %", revision.proof)
        self.assertIn("+0.488 %", revision.proof)
        labels = revision.fields_get(["ratio_percent", "price_percent"], ["string"])
        self.assertEqual(labels["ratio_percent"]["string"], "Ratio S1/S0, %")
        self.assertEqual(labels["price_percent"]["string"], "Rounded prices, %")

    def test_su_09_the_simulator_gives_it_too(self):
        subscription = self.sold()
        simulations = self.env["crm.price.simulation"].with_user(self.seller)
        simulation = simulations.create(
            {
                "subscription_id": subscription.id,
                "date_from": date(2014, 6, 1),
                "years": 1,
            }
        )
        simulation.action_simulate()
        self.assertEqual(set(simulation.price_ids.mapped("p1")), {502.44})
        self.assertFalse(any(simulation.price_ids.mapped("is_supposed")))
