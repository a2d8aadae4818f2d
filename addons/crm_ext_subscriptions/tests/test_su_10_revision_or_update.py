from datetime import date

from odoo.tests import Form, tagged

from .common import SubscriptionCase

FIRST, SECOND = date(2015, 2, 1), date(2016, 2, 1)


@tagged("post_install", "-at_install")
class TestSu10RevisionOrUpdate(SubscriptionCase):
    """Yearly revision on the last price, or an update from the origin: chosen."""

    def sold(self, base):
        subscription = self.subscribe(date(2014, 2, 1), 333.33, plan_id=self.yearly.id)
        clauses = self.env["crm.index.clause"].with_user(self.seller)
        form = Form(clauses.with_context(default_subscription_id=subscription.id))
        form.index_id = self.syntec
        form.base = base
        form.s0_month = date(2014, 2, 1)
        form.s1_rule = "date_month"
        form.save()
        return subscription

    def revise(self, subscription, day):
        revision = (
            self.env["crm.price.revision"]
            .with_user(self.manager)
            .browse(subscription.revise_price(day))
        )
        revision.action_approve()
        revision.action_apply()
        return revision

    def test_su_10_chained_on_the_last_revised_price(self):
        self.verify_series()
        subscription = self.sold("last_revised")
        first = self.revise(subscription, FIRST)
        second = self.revise(subscription, SECOND)
        self.assertEqual((second.p0, second.s0), (first.p1, 246.8))
        self.assertEqual(second.s0_value_id, first.s1_value_id)

    def test_su_10_from_the_origin_each_time(self):
        self.verify_series()
        subscription = self.sold("original")
        self.revise(subscription, FIRST)
        second = self.revise(subscription, SECOND)
        self.assertEqual((second.p0, second.s0), (333.33, 245.6))

    def test_su_10_one_update_from_the_origin_after_years(self):
        self.verify_series()
        once = self.revise(self.sold("original"), SECOND)
        chained = self.sold("original")
        self.revise(chained, FIRST)
        self.assertEqual(self.revise(chained, SECOND).p1, once.p1)

    def test_su_10_the_simulator_tells_both_apart(self):
        prices = {}
        for base in ("last_revised", "original"):
            simulation = (
                self.env["crm.price.simulation"]
                .with_user(self.seller)
                .create(
                    {
                        "subscription_id": self.sold(base).id,
                        "date_from": date(2014, 6, 1),
                        "years": 2,
                    }
                )
            )
            simulation.action_simulate()
            flat = simulation.price_ids.filtered(
                lambda price: price.scenario_id.kind == "flat"
            )
            prices[base] = flat.sorted("date").mapped("p0")
        self.assertEqual(prices["last_revised"], [333.33, 334.96])
        self.assertEqual(prices["original"], [333.33, 334.96])
