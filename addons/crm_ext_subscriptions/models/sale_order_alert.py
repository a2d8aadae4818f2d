from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date


class SaleOrder(models.Model):
    """Proposals of subscriptions that are about to expire: a task, once a date."""

    _inherit = "sale.order"

    crm_alerted_validity = fields.Date(copy=False, readonly=True)

    @api.model
    def _crm_alert_expiry(self, company, today):
        days = company.crm_alert_quotation_days
        near = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("draft", "sent")),
                ("validity_date", ">=", today),
                ("validity_date", "<=", today + timedelta(days=days)),
                "|",
                ("crm_renews_id", "!=", False),
                ("order_line.crm_plan_id", "!=", False),
            ]
        ).filtered(lambda order: order.crm_alerted_validity != order.validity_date)
        if days and near:
            near._crm_schedule_expiry_alerts()

    def _crm_schedule_expiry_alerts(self):
        model_id = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref("crm_ext_subscriptions.mail_activity_type_alert")
        # sudo: the scheduled action assigns tasks on whatever it may find
        self.env["mail.activity"].sudo().create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "activity_type_id": kind.id,
                    "summary": self.env._(
                        "Expires on %(date)s",
                        date=format_date(self.env, order.validity_date),
                    ),
                    "date_deadline": order.validity_date,
                    "user_id": (order.user_id or order.create_uid).id,
                }
                for order in self
            ]
        )
        for order in self:
            order.crm_alerted_validity = order.validity_date
