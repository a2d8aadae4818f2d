from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-02-15")
class TestChangeLines(SubscriptionCase):
    def amend(self, subscription, kind, day, **values):
        return subscription.with_user(self.seller).amend(kind, day, values)

    def adjustments(self, subscription):
        rows = subscription.sudo().period_ids.filtered(
            lambda row: row.kind == "adjustment"
        )
        return rows.sorted("id").mapped("amount")

    def test_su_07_a_user_added_mid_month_shows_on_the_next_invoice(self):
        subscription = self.subscribe(price=28.0)
        line = subscription.line_ids
        self.bill(subscription, date(2026, 2, 1))
        effect = self.amend(subscription, "quantity", "today", line_id=line.id, add=1)
        effect = effect["effect"]
        self.assertEqual(effect["next_invoice"], {"before": 28.0, "after": 70.0})
        self.assertEqual(effect["annual_value"], {"before": 336.0, "after": 672.0})
        self.assertEqual(effect["adjustments"][0]["days"], 14)
        self.assertEqual(effect["adjustment_total"], 14.0)
        self.assertEqual(effect["due_date"], "2026-03-01")
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 70.0)
        self.assertEqual(invoice.invoice_line_ids.mapped("quantity"), [1.0, 2.0])

    def test_su_07_the_preview_tells_the_same_and_leaves_nothing(self):
        subscription = self.subscribe(price=28.0)
        self.bill(subscription, date(2026, 2, 1))
        values = {"line_id": subscription.line_ids.id, "quantity": 3}
        seller = subscription.with_user(self.seller)
        shown = seller.preview_amend("quantity", "2026-02-15", values)
        self.env.invalidate_all()
        self.assertFalse(subscription.change_ids)
        self.assertEqual(len(subscription.version_ids), 1)
        self.assertEqual(len(subscription.period_ids), 1)
        done = seller.amend("quantity", "2026-02-15", values)["effect"]
        self.assertEqual(shown, done)

    def test_su_07_a_preview_asks_nothing_of_the_end_of_the_transaction(self):
        subscription = self.subscribe(price=28.0)
        self.env.flush_all()
        told, changes = [], self.registry["crm.subscription.change"]
        make = changes.create

        def create(records, vals_list):
            """As a webhook or a notification of the host does."""
            records.env.cr.postcommit.add(lambda: told.append("after"))
            records.env.cr.precommit.add(lambda: told.append("before"))
            return make(records, vals_list)

        seller = subscription.with_user(self.seller)
        values = {"line_id": subscription.line_ids.id, "quantity": 3}
        with patch.object(changes, "create", create):
            seller.preview_amend("quantity", "today", values)
        self.env.cr.precommit.run()
        self.env.cr.postcommit.run()
        self.assertEqual(told, [])

    def test_su_07_a_module_is_added_and_removed(self):
        module = self.product.create({"name": "Module", "list_price": 56.0})
        subscription = self.subscribe(price=100.0)
        self.bill(subscription, date(2026, 2, 1))
        self.amend(subscription, "add_line", "2026-02-15", product_id=module.id)
        line = subscription.line_ids.filtered(lambda one: one.product_id == module)
        self.assertEqual(line.version_ids.price_unit, 56.0)
        invoice = self.bill(subscription, date(2026, 2, 15))
        self.assertEqual(invoice.amount_untaxed, 28.0)
        self.assertIn("14/28", invoice.invoice_line_ids.name)
        self.bill(subscription, date(2026, 3, 1))
        self.amend(subscription, "remove_line", "2026-03-17", line_id=line.id)
        self.assertEqual(self.adjustments(subscription), [-27.10])
        invoice = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(invoice.amount_untaxed, 72.90)
        self.assertFalse(line._get_version_at(date(2026, 3, 17)).quantity)

    def test_su_07_less_from_a_past_date_is_credited_at_once(self):
        subscription = self.subscribe(lines=[{"price_unit": 10, "quantity": 5}])
        self.bill(subscription, date(2026, 2, 1))
        self.amend(
            subscription,
            "quantity",
            "2026-02-01",
            line_id=subscription.line_ids.id,
            quantity=2,
            settle="now",
        )
        credit = self.bill(subscription, date(2026, 2, 15))
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.amount_untaxed, 30.0)

    def test_a_price_from_the_next_period_needs_no_adjustment(self):
        subscription = self.subscribe(price=100.0)
        self.bill(subscription, date(2026, 2, 1))
        effect = self.amend(
            subscription,
            "price",
            "next",
            line_id=subscription.line_ids.id,
            price_unit=120,
        )["effect"]
        self.assertEqual(effect["adjustments"], [])
        self.assertEqual(effect["effective_date"], "2026-03-01")
        self.assertEqual(effect["next_invoice"], {"before": 100.0, "after": 120.0})

    def test_a_discount_for_a_while_on_every_line(self):
        subscription = self.subscribe(lines=[{"price_unit": 10}, {"price_unit": 20}])
        self.amend(
            subscription,
            "discount",
            "2026-02-01",
            discount=50,
            date_until="2026-04-01",
        )
        invoices = self.bill(subscription, date(2026, 4, 1))
        totals = invoices.invoice_line_ids.sorted("id").mapped("price_subtotal")
        self.assertEqual(sum(totals), 15 + 15 + 30)

    def test_another_product_takes_the_place_of_one(self):
        pro = self.product.create({"name": "Pro", "list_price": 56.0})
        subscription = self.subscribe(price=28.0)
        self.bill(subscription, date(2026, 2, 1))
        line = subscription.line_ids
        effect = self.amend(
            subscription, "swap", "2026-02-15", line_id=line.id, product_id=pro.id
        )["effect"]
        self.assertEqual(effect["adjustment_total"], -14.0)
        self.assertEqual(effect["annual_value"], {"before": 336.0, "after": 672.0})
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, -14 + 28 + 56)

    def test_upsell_and_downsell_of_several_lines(self):
        module = self.product.create({"name": "Module", "list_price": 50.0})
        subscription = self.subscribe(lines=[{"price_unit": 10}, {"price_unit": 20}])
        first, second = subscription.line_ids
        lines = [
            {"line_id": first.id, "quantity": 3},
            {"line_id": second.id, "price_unit": 25.0, "discount": 0},
            {"product_id": module.id, "quantity": 1},
        ]
        effect = self.amend(subscription, "upsell", "next", lines=lines)["effect"]
        self.assertEqual(effect["annual_value"], {"before": 360.0, "after": 1260.0})
        with self.assertRaisesRegex(UserError, "this is a downsell"):
            self.amend(
                subscription,
                "upsell",
                "next",
                lines=[{"line_id": first.id, "quantity": 1}],
            )

    def test_any_chain_of_changes_sums_to_the_cent(self):
        subscription = self.subscribe(price=33.33)
        line = subscription.line_ids
        self.bill(subscription, date(2026, 4, 1))
        for kind, day, values in (
            ("quantity", "2026-02-11", {"add": 2}),
            ("price", "2026-03-03", {"price_unit": 29.99}),
            ("quantity", "2026-02-20", {"quantity": 1}),
            ("discount", "2026-02-05", {"discount": 12.5}),
            ("price", "2026-02-28", {"price_unit": 41.07}),
        ):
            self.amend(subscription, kind, day, line_id=line.id, **values)
            for row in subscription.period_ids.filtered(
                lambda row: row.kind == "recurring"
            ):
                self.assertAlmostEqual(
                    row.amount + sum(row.adjustment_ids.mapped("amount")),
                    line._price_days(row.date_from, row.date_to),
                    msg=f"{kind} {row.display_name}",
                )

    def test_wrong_changes_are_refused_with_the_field_named(self):
        subscription = self.subscribe()
        line = subscription.line_ids.id
        for kind, day, values, words in (
            ("grow", "today", {}, "Kind"),
            ("quantity", "someday", {"line_id": line, "add": 1}, "Date"),
            ("quantity", "2026-01-31", {"line_id": line, "add": 1}, "begins on"),
            ("quantity", "today", {"line_id": line, "add": -2}, "Quantity"),
            ("quantity", "today", {"line_id": line}, "Quantity"),
            ("quantity", "today", {"add": 1}, "line_id"),
            ("price", "today", {"line_id": line, "price": 1}, "takes no price"),
            ("discount", "today", {"discount": 120}, "Discount"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words):
                self.amend(subscription, kind, day, **values)
        foreign = self.subscribe().line_ids.id
        with self.assertRaisesRegex(UserError, "Line"):
            self.amend(subscription, "quantity", "today", line_id=foreign, add=1)
        draft = self.subscribe(confirm=False)
        with self.assertRaisesRegex(UserError, "draft"):
            self.amend(draft, "pause", "today")

    def test_whose_subscription_it_is_decides_who_changes_it(self):
        subscription = self.subscribe()
        values = {"line_id": subscription.line_ids.id, "add": 1}
        other = self._new_user(
            "sub_other", "crm_ext_subscriptions.group_subscriptions_user"
        )
        for user in (other, self.accountant, self.stranger):
            with self.assertRaises(AccessError):
                subscription.with_user(user).amend("quantity", "today", values)
            with self.assertRaises(AccessError):
                subscription.with_user(user).preview_amend("quantity", "today", values)
        subscription.with_user(self.manager).amend("quantity", "today", values)
        changes = self.env["crm.subscription.change"]
        domain = [("subscription_id", "=", subscription.id)]
        self.assertFalse(changes.with_user(other).search(domain))
        for user in (self.seller, self.manager, self.accountant):
            change = changes.with_user(user).search(domain)
            self.assertEqual(change.entered_by, self.manager)
            with self.assertRaises(AccessError):
                change.note = "forged"
            with self.assertRaises(AccessError):
                change.unlink()
