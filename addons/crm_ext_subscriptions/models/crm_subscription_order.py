from odoo import api, fields, models

from ..tools.recurrence import periods_per_month


class CrmSubscription(models.Model):
    """The order that a subscription was sold by, and its quotations of renewal."""

    _inherit = "crm.subscription"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sold by",
        copy=False,
        readonly=True,
        check_company=True,
        index="btree_not_null",
    )
    renewal_order_ids = fields.One2many(
        "sale.order", "crm_renews_id", string="Renewal quotations"
    )
    order_count = fields.Integer(compute="_compute_order_count")

    @api.depends("sale_order_id", "renewal_order_ids")
    def _compute_order_count(self):
        for subscription in self:
            subscription.order_count = len(subscription._get_orders())

    def _get_orders(self):
        # sudo: a number; the orders open under the reader's own rights
        own = self.sudo()
        return (own.sale_order_id | own.renewal_order_ids).sudo(False)

    def action_view_orders(self):
        orders = self._get_orders()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        if len(orders) == 1:
            return action | {
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": orders.id,
            }
        return action | {"domain": [("id", "in", orders.ids)], "context": {}}

    def _get_monthly_amount(self):
        """A month's share of a period's untaxed price, in the subscription's
        currency."""
        self.ensure_one()
        share = periods_per_month(self.interval, self.unit)
        return self.currency_id.round(float(share) * self.amount_period)
