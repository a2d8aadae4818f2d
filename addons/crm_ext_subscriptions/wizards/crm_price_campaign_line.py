from odoo import fields, models


class CrmPriceCampaignLine(models.TransientModel):
    """One price of a campaign's preview, or why it has none."""

    _name = "crm.price.campaign.line"
    _description = "Price of a revision campaign"
    _order = "outcome, subscription_id, id"

    campaign_id = fields.Many2one(
        "crm.price.campaign", required=True, ondelete="cascade", index=True
    )
    is_chosen = fields.Boolean(string="Revise")
    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    line_id = fields.Many2one("crm.subscription.line", ondelete="cascade")
    outcome = fields.Selection(
        [
            ("revise", "To revise"),
            ("no_clause", "No clause"),
            ("missing", "Index missing"),
            ("unverified", "Index not confirmed"),
            ("threshold", "Below the threshold"),
            ("never", "Never revised"),
            ("ended", "Ended or paused"),
            ("not_begun", "Begins later"),
            ("done", "Revised at this date already"),
            ("refused", "Refused"),
        ],
        required=True,
    )
    p0 = fields.Float(string="Old price", digits=0, min_display_digits="Product Price")
    p1 = fields.Float(string="New price", digits=0, min_display_digits="Product Price")
    price_percent = fields.Float(string="Variation, %", digits=(16, 3))
    effect_year = fields.Monetary(string="Effect on the year")
    reason = fields.Char(string="Why")
