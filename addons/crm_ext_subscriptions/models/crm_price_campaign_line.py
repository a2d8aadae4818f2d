from odoo import api, fields, models


class CrmPriceCampaignLine(models.Model):
    """One price of a campaign's preview, or why it has none."""

    _name = "crm.price.campaign.line"
    _description = "Price of a revision campaign"
    _order = "outcome, subscription_id, id"

    campaign_id = fields.Many2one(
        "crm.price.campaign", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    is_chosen = fields.Boolean(string="Revise")
    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    line_id = fields.Many2one("crm.subscription.line", ondelete="cascade", index=True)
    revision_id = fields.Many2one(
        "crm.price.revision", ondelete="set null", index="btree_not_null", readonly=True
    )
    outcome = fields.Selection(
        [
            ("revise", "To revise"),
            ("no_clause", "No clause"),
            ("missing", "Index missing"),
            ("unverified", "Index not confirmed"),
            ("threshold", "Below the threshold"),
            ("same", "Price unchanged"),
            ("never", "Never revised"),
            ("ended", "Ended or paused"),
            ("not_begun", "Begins later"),
            ("done", "Revised at this date already"),
            ("billed", "Billed already"),
            ("individual", "Private individual"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
    )
    p0 = fields.Float(
        string="Old price", digits=0, min_display_digits="Product Price", readonly=True
    )
    p1 = fields.Float(
        string="New price", digits=0, min_display_digits="Product Price", readonly=True
    )
    price_percent = fields.Float(string="Variation, %", digits=(16, 3), readonly=True)
    old_year = fields.Monetary(string="Before, a year", readonly=True)
    new_year = fields.Monetary(string="After, a year", readonly=True)
    effect_year = fields.Monetary(string="Effect on the year", readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    standing = fields.Selection(
        [
            ("draft", "To approve"),
            ("approved", "To apply"),
            ("applied", "Applied"),
            ("undelivered", "Letter not delivered"),
            ("contested", "Contested"),
            ("cancelled", "Dropped"),
            ("undone", "Taken back"),
        ],
        string="Where it stands",
        compute="_compute_standing",
    )

    @api.depends(
        "revision_id.state",
        "revision_id.answer",
        "revision_id.upheld_by",
        "revision_id.notice_failure",
    )
    def _compute_standing(self):
        for line in self:
            # sudo: where the price of a campaign stands is part of the campaign
            revision = line.sudo().revision_id
            state = revision.state
            if state in ("approved", "applied"):
                if revision.answer == "contested" and not revision.upheld_by:
                    state = "contested"
                elif revision.notice_failure:
                    state = "undelivered"
            line.standing = state

    def action_open(self):
        """The revision that was made, or the subscription."""
        record = self.revision_id or self.subscription_id
        return record.get_formview_action()
