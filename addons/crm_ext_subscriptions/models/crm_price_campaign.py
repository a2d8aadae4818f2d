from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

LIVE = ("draft", "approved", "applied")


class CrmPriceCampaign(models.Model):
    """A revision of many subscriptions: a preview, its exceptions, then some or all.

    The preview writes no price. What is made are ordinary revisions, each with its
    proof, to approve, to announce and to apply. Each step is a run, at once when the
    subscriptions are few (crm_price_campaign_run.py).
    """

    _name = "crm.price.campaign"
    _description = "Revision campaign"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "effective_date desc, id desc"

    effective_date = fields.Date(required=True, tracking=True)
    state = fields.Selection(
        [
            ("new", "Scope"),
            ("preview", "Previewed"),
            ("draft", "To approve"),
            ("approved", "To apply"),
            ("applied", "Applied"),
            ("undone", "Dropped"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="In charge",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        copy=False,
    )
    index_ids = fields.Many2many("crm.price.index", string="Only these indices")
    plan_ids = fields.Many2many("crm.subscription.plan", string="Only these plans")
    partner_ids = fields.Many2many("res.partner", string="Only these customers")
    to_billed = fields.Boolean(
        string="Billed days too",
        help="Prices that reach days billed already are applied all the same: a "
        "supplement or a credit comes with the next invoice.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("crm.price.campaign.line", "campaign_id", copy=False)
    ready_ids = fields.One2many(
        "crm.price.campaign.line",
        "campaign_id",
        string="Prices",
        domain=[("outcome", "=", "revise")],
        copy=False,
    )
    exception_ids = fields.One2many(
        "crm.price.campaign.line",
        "campaign_id",
        string="Not revised",
        domain=[("outcome", "!=", "revise")],
        copy=False,
    )
    revision_ids = fields.One2many("crm.price.revision", "campaign_id", copy=False)
    run_ids = fields.One2many("crm.batch.run", "price_campaign_id", copy=False)

    ready_count = fields.Integer(string="Prices ticked", compute="_compute_totals")
    exception_count = fields.Integer(string="Exceptions", compute="_compute_totals")
    old_year = fields.Monetary(
        string="Before, a year",
        compute="_compute_totals",
        help="A year of full periods of the ticked prices as they are.",
    )
    new_year = fields.Monetary(string="After, a year", compute="_compute_totals")
    effect_year = fields.Monetary(
        string="Effect on the year", compute="_compute_totals"
    )
    effect_percent = fields.Float(
        string="Effect, %", digits=(16, 2), compute="_compute_totals"
    )

    @api.depends("effective_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for campaign in self:
            campaign.display_name = self.env._(
                "Revision campaign of %(date)s",
                date=format_date(self.env, campaign.effective_date),
            )

    @api.depends("line_ids.is_chosen", "line_ids.outcome", "line_ids.effect_year")
    def _compute_totals(self):
        found = self._read_totals()
        for campaign in self:
            old = new = 0.0
            for currency, own in found.get(campaign._origin.id, {}).items():
                old += campaign._convert(own["old"], currency)
                new += campaign._convert(own["new"], currency)
            counts = found.get(campaign._origin.id, {}).values()
            campaign.ready_count = sum(own["ready"] for own in counts)
            campaign.exception_count = sum(own["apart"] for own in counts)
            campaign.old_year, campaign.new_year = old, new
            campaign.effect_year = new - old
            campaign.effect_percent = 100 * (new - old) / old if old else 0.0

    def _read_totals(self):
        """{campaign id: {currency: {old, new, ready, apart}}}."""
        found = {}
        for campaign, currency, outcome, chosen, count, old, new in self.env[
            "crm.price.campaign.line"
        ]._read_group(
            Domain("campaign_id", "in", self._origin.ids),
            ["campaign_id", "currency_id", "outcome", "is_chosen"],
            ["__count", "old_year:sum", "new_year:sum"],
        ):
            own = found.setdefault(campaign.id, {}).setdefault(
                currency, dict.fromkeys(("old", "new", "ready", "apart"), 0)
            )
            if outcome != "revise":
                own["apart"] += count
            elif chosen:
                own["ready"] += count
                own["old"] += old
                own["new"] += new
        return found

    def _convert(self, amount, currency):
        return currency._convert(
            amount, self.currency_id, self.company_id, self.effective_date
        )
