from datetime import date

from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestChangeAlerts(SubscriptionCase):
    def alerts(self, record):
        kind = self.env.ref("crm_ext_subscriptions.mail_activity_type_alert")
        return record.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def test_su_15_warned_before_the_term_once(self):
        soon = self.subscribe(date_end=date(2026, 12, 31))
        late = self.subscribe(date_end=date(2027, 6, 30))
        endless = self.subscribe()
        for _day in range(2):
            self.env["crm.subscription"]._cron_alert()
        alert = self.alerts(soon)
        self.assertEqual(len(alert), 1)
        self.assertEqual(alert.user_id, self.seller)
        self.assertEqual(alert.date_deadline, date(2026, 12, 31))
        self.assertIn("Ends on", alert.summary)
        self.assertFalse(self.alerts(late) + self.alerts(endless))

    def test_su_15_warned_again_for_the_next_term(self):
        subscription = self.subscribe(
            date_end=date(2026, 12, 31), renewal_interval=1, renewal_unit="month"
        )
        self.env["crm.subscription"]._cron_alert()
        subscription.amend("renew", "next")
        self.env["crm.subscription"]._cron_alert()
        self.assertEqual(len(self.alerts(subscription)), 1, "not near yet")
        with freeze_time("2026-12-10"):
            self.env["crm.subscription"]._cron_alert()
        deadlines = self.alerts(subscription).mapped("date_deadline")
        self.assertEqual(set(deadlines), {date(2026, 12, 31), date(2027, 1, 31)})

    def test_su_15_warned_before_the_last_day_to_give_notice(self):
        subscription = self.subscribe(date_end=date(2027, 2, 28), notice_days=90)
        self.env["crm.subscription"]._cron_alert()
        alert = self.alerts(subscription)
        self.assertEqual(alert.date_deadline, date(2026, 11, 30))
        self.assertIn("notice", alert.summary)

    def test_su_15_the_days_are_the_companys_or_the_plans(self):
        subscription = self.subscribe(date_end=date(2027, 2, 10))
        self.env["crm.subscription"]._cron_alert()
        self.assertFalse(self.alerts(subscription))
        self.monthly.with_user(self.manager).alert_term_days = 100
        self.env["crm.subscription"]._cron_alert()
        self.assertEqual(len(self.alerts(subscription)), 1)
        other = self.subscribe(plan_id=False, date_end=date(2026, 11, 20))
        self.company.crm_alert_term_days = 5
        self.env["crm.subscription"]._cron_alert()
        self.assertFalse(self.alerts(other))

    def test_su_15_none_once_it_is_closed(self):
        subscription = self.subscribe(date_end=date(2026, 12, 31))
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_term")
        subscription.amend("close", "2026-12-15", {"reason_id": reason.id})
        self.env["crm.subscription"]._cron_alert()
        self.assertFalse(self.alerts(subscription))

    def test_su_15_a_quotation_about_to_expire(self):
        self.product.sudo().crm_plan_id = self.monthly
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.seller.id,
                "validity_date": date(2026, 11, 14),
                "order_line": [(0, 0, {"product_id": self.product.id})],
            }
        )
        for _day in range(2):
            self.env["crm.subscription"]._cron_alert()
        self.assertEqual(self.alerts(order).date_deadline, date(2026, 11, 14))
        order.validity_date = date(2026, 11, 16)
        self.env["crm.subscription"]._cron_alert()
        self.assertEqual(len(self.alerts(order)), 2)

    def test_su_15_the_customer_is_written_to_only_when_asked(self):
        self.partner.email = "client@client.example"
        self.subscribe(date_end=date(2026, 12, 31))
        mails = self.env["mail.mail"].sudo()
        before = mails.search_count([])
        self.env["crm.subscription"]._cron_alert()
        self.assertEqual(mails.search_count([]), before)
        self.company.crm_alert_customer = True
        self.subscribe(date_end=date(2026, 12, 30))
        self.env["crm.subscription"]._cron_alert()
        self.assertEqual(mails.search_count([]), before + 1)

    def test_silent_renewal_after_the_notice_date(self):
        values = {
            "date_end": date(2026, 11, 30),
            "renewal_mode": "silent",
            "renewal_interval": 1,
            "renewal_unit": "year",
            "notice_days": 30,
        }
        silent = self.subscribe(**values)
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_price")
        closed = self.subscribe(**values)
        closed.amend("close", "2026-11-30", {"reason_id": reason.id})
        later = self.subscribe(**values | {"notice_days": 5})
        for _day in range(2):
            self.env["crm.subscription"]._cron_renew()
            self.run_batches()
        self.assertEqual(silent.date_end, date(2027, 11, 30))
        self.assertEqual(silent.change_ids.kind, "renew")
        self.assertEqual(closed.date_end, date(2026, 11, 30))
        self.assertEqual(later.date_end, date(2026, 11, 30))

    def test_the_crons_are_off_until_switched_on(self):
        for name in ("alert", "renew"):
            cron = self.env.ref(f"crm_ext_subscriptions.ir_cron_subscription_{name}")
            self.assertFalse(cron.active)
        settings = self.env["res.config.settings"].create(
            {"crm_alert_cron": True, "crm_renewal_cron": True}
        )
        settings.set_values()
        for name in ("alert", "renew"):
            cron = self.env.ref(f"crm_ext_subscriptions.ir_cron_subscription_{name}")
            self.assertTrue(cron.active)

    def test_su_15_a_renewal_quotation_renews_at_its_terms(self):
        subscription = self.subscribe(
            date_end=date(2026, 12, 31),
            renewal_mode="quotation",
            renewal_interval=1,
            renewal_unit="year",
        )
        self.seller.group_ids += self.env.ref("sales_team.group_sale_salesman")
        action = subscription.action_renewal_quotation()
        order = self.env["sale.order"].with_user(self.seller).browse(action["res_id"])
        self.assertEqual(order.crm_renews_id, subscription)
        order.order_line.filtered("product_id").price_unit = 120.0
        order.action_confirm()
        self.assertEqual(subscription.date_end, date(2027, 12, 31))
        line = subscription.line_ids
        self.assertEqual(line._get_version_at(date(2026, 12, 31)).price_unit, 100.0)
        self.assertEqual(line._get_version_at(date(2027, 1, 1)).price_unit, 120.0)
