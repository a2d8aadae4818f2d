from odoo import api, fields, models


class CrmSubscription(models.Model):
    """What a subscription adds to the monthly recurring revenue today."""

    _inherit = "crm.subscription"

    mrr_move_ids = fields.One2many("crm.mrr.move", "subscription_id")
    mrr = fields.Monetary(
        string="MRR",
        compute="_compute_mrr",
        currency_field="mrr_currency_id",
        help="Monthly recurring revenue today, in the company's currency.",
    )
    mrr_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )

    @api.depends("mrr_move_ids.amount", "mrr_move_ids.date")
    def _compute_mrr(self):
        today = fields.Date.context_today(self)
        totals = dict(
            self.env["crm.mrr.move"]._read_group(
                [("subscription_id", "in", self.ids), ("date", "<=", today)],
                ["subscription_id"],
                ["amount:sum"],
            )
        )
        for subscription in self:
            subscription.mrr = totals.get(subscription._origin, 0.0)

    def action_view_mrr_moves(self):
        """The moves of this subscription, those to come included."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_mrr_move_action"
        )
        domain = [("subscription_id", "=", self.id)]
        return action | {"domain": domain, "context": {"create": False}}
