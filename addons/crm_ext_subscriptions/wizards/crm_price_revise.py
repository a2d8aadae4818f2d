from odoo import api, fields, models


class CrmPriceRevise(models.TransientModel):
    """Asks for the effective date and shows the revisions it made."""

    _name = "crm.price.revise"
    _description = "Revise price"

    subscription_ids = fields.Many2many("crm.subscription", required=True)
    effective_date = fields.Date(
        compute="_compute_effective_date", store=True, readonly=False
    )

    @api.depends("subscription_ids")
    def _compute_effective_date(self):
        for wizard in self:
            dates = wizard.subscription_ids.filtered("next_due_date").mapped(
                "next_due_date"
            )
            wizard.effective_date = min(dates, default=fields.Date.context_today(self))

    def action_revise(self):
        revisions = self.subscription_ids._revise_price(self.effective_date)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_revision_action"
        )
        if len(revisions) == 1:
            return action | {
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": revisions.id,
            }
        return action | {"domain": [("id", "in", revisions.ids)], "context": {}}
