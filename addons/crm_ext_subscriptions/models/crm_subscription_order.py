from odoo import api, fields, models
from odoo.exceptions import UserError

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

    # ------------------------------------------------------------------ renewal
    def _prepare_renewal_order(self):
        """The quotation of another term: what is billed on the last day of this one."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.line_type == "recurring" and not line.display_type
        )
        sold = [
            fields.Command.create(vals)
            for line in lines
            if (vals := line._prepare_renewal_order_line(self.date_term))
        ]
        if not sold or not self._get_renewal_plan(lines):
            raise UserError(
                self.env._(
                    "%(name)s: a quotation of renewal needs recurring lines and a "
                    "plan, of the subscription or of its products.",
                    name=self.name,
                )
            )
        return {
            "crm_renews_id": self.id,
            "partner_id": self.partner_id.id,
            "partner_invoice_id": self.partner_invoice_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "origin": self.name,
            "client_order_ref": self.client_order_ref,
            "pricelist_id": self.pricelist_id.id,
            "payment_term_id": self.payment_term_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "order_line": sold,
        }

    def _get_renewal_plan(self, lines):
        """What makes the lines of the quotation recurring."""
        return self.plan_id or lines.product_id.crm_plan_id[:1]
