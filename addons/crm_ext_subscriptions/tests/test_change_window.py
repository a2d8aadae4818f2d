from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-02-15")
class TestChangeWindow(SubscriptionCase):
    """The windows show the effect while they are filled, then make that change."""

    def window(self, action):
        model = self.env[action["res_model"]].with_user(self.seller)
        return Form(model.with_context(**action["context"]))

    def test_su_07_the_window_shows_the_effect_before_confirming(self):
        subscription = self.subscribe(price=28.0)
        self.bill(subscription, date(2026, 2, 1))
        form = self.window(subscription.action_amend())
        self.assertEqual(form.line_id, subscription.line_ids)
        self.assertEqual(form.quantity, 1.0)
        form.timing = "today"
        form.quantity = 2
        self.assertIn("14.00", form.effect_html)
        self.assertIn("70.00", form.effect_html)
        self.assertIn("672.00", form.effect_html)
        self.assertFalse(subscription.change_ids)
        self.assertEqual(len(subscription.version_ids), 1)
        form.save().action_confirm()
        change = subscription.change_ids
        self.assertEqual((change.kind, change.entered_by), ("quantity", self.seller))
        self.assertEqual(change.adjustment_total, 14.0)
        self.assertEqual((change.next_amount_before, change.next_amount), (28, 70))

    def test_what_is_wrong_is_said_in_the_window(self):
        subscription = self.subscribe()
        form = self.window(subscription.action_resume())
        self.assertIn("not paused", form.problem)
        self.assertFalse(form.effect_html)

    def test_each_window_makes_its_change(self):
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_price")
        other = self.partner.create({"name": "Filiale", "is_company": True})
        subscription = self.subscribe(date_end=date(2026, 12, 31))
        self.bill(subscription, date(2026, 2, 1))
        form = self.window(subscription.action_pause())
        form.resume_date = date(2026, 5, 1)
        form.save().action_confirm()
        self.window(subscription.action_renew()).save().action_confirm()
        self.assertEqual(subscription.date_end, date(2027, 12, 31))
        form = self.window(subscription.action_close())
        form.date = date(2026, 6, 30)
        form.reason_id = reason
        form.save().action_confirm()
        self.assertEqual(subscription.close_reason_id, reason)
        form = self.window(subscription.action_reopen())
        form.timing = "date"
        form.date = date(2026, 7, 10)
        form.save().action_confirm()
        self.assertFalse(subscription.close_reason_id)
        form = self.window(subscription.action_transfer())
        form.partner_id = other
        form.timing = "date"
        form.date = date(2026, 8, 1)
        opened = form.save().action_confirm()
        successor = self.env["crm.subscription"].browse(opened["res_id"])
        self.assertEqual(successor.partner_id, other)
        self.assertEqual(
            subscription.change_ids.sorted("id").mapped("kind"),
            ["pause", "renew", "close", "reopen", "transfer"],
        )

    def test_an_upsell_of_several_lines_in_one_window(self):
        module = self.product.create({"name": "Module", "list_price": 50.0})
        subscription = self.subscribe(lines=[{"price_unit": 10}, {"price_unit": 20}])
        form = self.window(subscription.action_amend())
        form.kind = "upsell"
        self.assertEqual(len(form.item_ids), 2)
        with form.item_ids.edit(0) as item:
            item.quantity = 3
        with form.item_ids.new() as item:
            item.product_id = module
            self.assertEqual(item.price_unit, 50.0)
        form.save().action_confirm()
        self.assertEqual(subscription.change_ids.annual_value, 1200.0)

    def test_nobody_reads_anothers_window(self):
        subscription = self.subscribe()
        window = self.window(subscription.action_amend()).save()
        with self.assertRaises(AccessError):
            window.with_user(self.manager).read(["kind"])
        with self.assertRaises(AccessError):
            self.window(subscription.action_amend())._record.with_user(
                self.accountant
            ).create({"subscription_id": subscription.id})
