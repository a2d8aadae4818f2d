from odoo import api, fields, models


class CrmLead(models.Model):
    """Beside the recurring revenue that was expected, the one that was signed."""

    _inherit = "crm.lead"

    crm_signed_monthly = fields.Monetary(
        string="Signed MRR",
        currency_field="company_currency",
        compute="_compute_crm_signed",
        compute_sudo=True,
        help="Untaxed monthly value of the subscriptions sold by the orders of this "
        "opportunity, under the terms in force today; closed ones do not count.",
    )
    crm_signed_count = fields.Integer(
        string="Signed subscriptions", compute="_compute_crm_signed", compute_sudo=True
    )

    @api.depends(
        "order_ids.crm_subscription_ids.state",
        "order_ids.crm_subscription_ids.line_ids",
        "company_id",
    )
    def _compute_crm_signed(self):
        for lead in self:
            signed = lead._crm_get_signed()
            currency = lead.company_currency or self.env.company.currency_id
            lead.crm_signed_count = len(signed)
            lead.crm_signed_monthly = sum(
                subscription.currency_id._convert(
                    subscription._get_monthly_amount(),
                    currency,
                    subscription.company_id,
                )
                for subscription in signed
            )

    def _crm_get_signed(self):
        return self.order_ids.crm_subscription_ids.filtered(
            lambda subscription: subscription.state != "closed"
        )

    def action_view_crm_signed(self):
        # sudo: the way to them; they open under the reader's own rights
        subscriptions = self.sudo()._crm_get_signed()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_subscription_action"
        )
        return action | {"domain": [("id", "in", subscriptions.ids)], "context": {}}
