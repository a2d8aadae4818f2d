from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmPriceCampaign(models.TransientModel):
    """A revision of many subscriptions: a preview, its exceptions, then some or all.

    The preview writes no price. What is made are ordinary revisions, each with its
    proof, to approve and then to apply.
    """

    _name = "crm.price.campaign"
    _description = "Revision campaign"

    effective_date = fields.Date(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    index_ids = fields.Many2many("crm.price.index", string="Only these indices")
    plan_ids = fields.Many2many("crm.subscription.plan", string="Only these plans")
    partner_ids = fields.Many2many("res.partner", string="Only these customers")
    line_ids = fields.One2many("crm.price.campaign.line", "campaign_id")
    ready_ids = fields.One2many(
        "crm.price.campaign.line",
        "campaign_id",
        string="Prices",
        domain=[("outcome", "=", "revise")],
    )
    exception_ids = fields.One2many(
        "crm.price.campaign.line",
        "campaign_id",
        string="Not revised",
        domain=[("outcome", "!=", "revise")],
    )
    ready_count = fields.Integer(string="Prices ticked", compute="_compute_totals")
    exception_count = fields.Integer(string="Exceptions", compute="_compute_totals")
    effect_year = fields.Monetary(
        string="Effect on the year", compute="_compute_totals"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.depends("effective_date")
    def _compute_display_name(self):
        for campaign in self:
            campaign.display_name = self.env._(
                "Revision campaign of %(date)s", date=campaign.effective_date or ""
            )

    @api.depends("line_ids.is_chosen", "line_ids.outcome", "line_ids.effect_year")
    def _compute_totals(self):
        for campaign in self:
            ready = campaign.line_ids.filtered(lambda line: line.outcome == "revise")
            chosen = ready.filtered("is_chosen")
            campaign.ready_count = len(chosen)
            campaign.exception_count = len(campaign.line_ids) - len(ready)
            campaign.effect_year = sum(
                line.currency_id._convert(
                    line.effect_year,
                    campaign.currency_id,
                    campaign.company_id,
                    campaign.effective_date,
                )
                for line in chosen
            )

    # ------------------------------------------------------------------ actions
    def action_preview(self):
        """Reckon every price of the scope; nothing of a subscription changes."""
        self.line_ids.unlink()
        rows = self._get_subscriptions()._preview_revisions(self.effective_date)
        self.env["crm.price.campaign.line"].create(
            [
                row | {"campaign_id": self.id, "is_chosen": row["outcome"] == "revise"}
                for row in rows
            ]
        )
        return self._reopen()

    def action_make(self):
        """Make the revisions of the chosen prices, as drafts."""
        return self._show(self._make())

    def action_approve(self):
        """Make the revisions of the chosen prices and approve them."""
        revisions = self._make()
        revisions.action_approve()
        return self._show(revisions)

    def _get_subscriptions(self):
        living = Domain("state", "=", "running")
        ended = Domain("state", "in", ("paused", "closed"))
        with_clause = Domain("clause_ids", "!=", False)
        domain = (living | (ended & with_clause)) & Domain(
            "company_id", "=", self.company_id.id
        )
        if self.index_ids:
            domain &= Domain("clause_ids.index_id", "in", self.index_ids.ids)
        if self.plan_ids:
            domain &= Domain("plan_id", "in", self.plan_ids.ids)
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            domain &= Domain("commercial_partner_id", "in", customers.ids)
        return self.env["crm.subscription"].search(domain)

    def _make(self):
        chosen = self.line_ids.filtered(
            lambda line: line.is_chosen and line.outcome == "revise"
        )
        if not chosen:
            raise UserError(self.env._("Tick at least one price."))
        return chosen.line_id._revise_prices(self.effective_date)

    def _show(self, revisions):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_revision_action"
        )
        return action | {"domain": [("id", "in", revisions.ids)], "context": {}}

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_price_campaign_action"
        )
        return action | {"res_id": self.id}
