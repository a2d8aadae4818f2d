from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

ALERT = "crm_ext_subscriptions.mail_activity_type_alert"


class CrmSubscription(models.Model):
    """Alerts before a term and before its notice date: each once a term."""

    _inherit = "crm.subscription"

    alerted_term = fields.Date(
        copy=False, readonly=True, help="The term of which the owner was warned."
    )
    alerted_notice = fields.Date(
        copy=False,
        readonly=True,
        help="The notice date of which the owner was warned.",
    )

    @api.model
    def _cron_alert(self):
        """Warn owners of terms, notice dates and quotations that come near."""
        for company in self.env["res.company"].search(Domain.TRUE):
            engine = self.with_company(company)
            today = company._crm_today()
            engine._alert_terms(company, today)
            engine._alert_notices(company, today)
            self.env["sale.order"].with_company(company)._crm_alert_expiry(
                company, today
            )

    def _alert_terms(self, company, today):
        found = self._find_to_alert(company, today, "date_term", "term")
        found._schedule_alerts(
            {subscription: subscription._get_term_alert() for subscription in found},
            "date_term",
        )
        for subscription in found:
            subscription.alerted_term = subscription.date_term
        if company.crm_alert_customer:
            found._write_to_customers()

    def _alert_notices(self, company, today):
        found = self._find_to_alert(company, today, "notice_date", "notice")
        found._schedule_alerts(
            {
                subscription: self.env._(
                    "Last day to give notice: %(date)s",
                    date=format_date(self.env, subscription.notice_date),
                )
                for subscription in found
            },
            "notice_date",
        )
        for subscription in found:
            subscription.alerted_notice = subscription.notice_date

    def _find_to_alert(self, company, today, field, kind):
        """Those whose date comes near and whose owner was not warned of it."""
        plans = self.env["crm.subscription.plan"].search(Domain.TRUE)
        own = plans.mapped(f"alert_{kind}_days")
        most = max([company[f"crm_alert_{kind}_days"], *own])
        near = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("running", "paused")),
                ("close_reason_id", "=", False),
                (field, ">=", today),
                (field, "<=", today + timedelta(days=most)),
            ]
        )
        return near.filtered(
            lambda sub: (
                sub[f"alerted_{kind}"] != sub[field]
                and sub[field] <= today + timedelta(days=sub._get_alert_days(kind))
                and (kind == "term" or sub.notice_days)
            )
        )

    def _get_alert_days(self, kind):
        return (
            self.plan_id[f"alert_{kind}_days"]
            or self.company_id[f"crm_alert_{kind}_days"]
        )

    def _get_term_alert(self):
        date = format_date(self.env, self.date_term)
        if self.renewal_mode == "silent":
            return self.env._("Renews by itself after %(date)s", date=date)
        if self.renewal_mode == "quotation":
            return self.env._("Ends on %(date)s: send the renewal", date=date)
        return self.env._("Ends on %(date)s", date=date)

    def _schedule_alerts(self, summaries, field):
        """One task each for the owner, due on the date, in one go."""
        model_id = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref(ALERT)
        # sudo: the scheduled action assigns tasks on whatever it may find
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": subscription.id,
                    "activity_type_id": kind.id,
                    "summary": summary,
                    "date_deadline": subscription[field],
                    "user_id": (subscription.user_id or subscription.create_uid).id,
                }
                for subscription, summary in summaries.items()
            ]
        )

    def _write_to_customers(self):
        template = self.env.ref("crm_ext_subscriptions.mail_template_term")
        template.send_mail_batch(self.ids)
