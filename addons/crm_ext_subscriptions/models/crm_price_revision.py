from odoo import api, fields, models
from odoo.tools import format_date


class CrmPriceRevision(models.Model):
    """The proof of one revised price: figures, values, publication days, every step.

    Written once by the engine and never edited, so that it can be read, defended and
    replayed years later. Applying it adds a dated version to the line.
    """

    _name = "crm.price.revision"
    _description = "Price revision"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "effective_date desc, id desc"

    line_id = fields.Many2one(
        "crm.subscription.line", required=True, ondelete="restrict", index=True
    )
    subscription_id = fields.Many2one(
        related="line_id.subscription_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True)
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True)
    clause_id = fields.Many2one(
        "crm.index.clause", required=True, ondelete="restrict", index=True
    )
    effective_date = fields.Date(required=True)
    price_from = fields.Date(
        string="New price from",
        help="First day of the new price: the effective date, or the first day of the "
        "next period where the clause says so.",
    )
    previous_id = fields.Many2one(
        "crm.price.revision",
        string="Follows",
        ondelete="restrict",
        index="btree_not_null",
        help="The revision applied last before, by which P0 and S0 were found.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("applied", "Applied"),
            ("cancelled", "Cancelled"),
            ("undone", "Undone"),
        ],
        default="draft",
        required=True,
        tracking=True,
        index=True,
    )
    p0 = fields.Float(digits=0, min_display_digits="Product Price")
    p1 = fields.Float(digits=0, min_display_digits="Product Price")
    s0_value_id = fields.Many2one(
        "crm.price.index.value", string="S0", required=True, ondelete="restrict"
    )
    s1_value_id = fields.Many2one(
        "crm.price.index.value", string="S1", required=True, ondelete="restrict"
    )
    value_ids = fields.Many2many(
        "crm.price.index.value",
        "crm_price_revision_value_rel",
        "revision_id",
        "value_id",
        string="Values used",
        help="Every index value behind this price, those of weighted indices included.",
    )
    s0 = fields.Float(string="Value of S0", digits=0, min_display_digits=1)
    s1 = fields.Float(string="Value of S1", digits=0, min_display_digits=1)
    s0_published_on = fields.Date(string="S0 published on")
    s1_published_on = fields.Date(string="S1 published on")
    link = fields.Char(string="Link coefficient")
    ratio = fields.Char()
    coefficient = fields.Char()
    ratio_percent = fields.Float(
        string="Ratio S1/S0, %",
        digits=(16, 3),
        aggregator="avg",
        help="Variation of the ratio of the two indices.",
    )
    price_percent = fields.Float(
        string="Rounded prices, %",
        digits=(16, 3),
        aggregator="avg",
        help="Variation between the old price and the new one as rounded.",
    )
    line_amount = fields.Float(
        string="Line, per period", digits=0, min_display_digits="Product Price"
    )
    steps = fields.Json()
    record = fields.Json(
        help="Everything the price was reckoned from, as exact strings: figures, value "
        "ids, publication dates, links, roundings. A replay reads nothing else."
    )
    warnings = fields.Text()
    limit_kind = fields.Selection(
        [("threshold", "Below the threshold"), ("cap", "Cap"), ("floor", "Floor")],
        string="Decided by",
        help="Empty: the indices decided.",
    )
    provisional = fields.Boolean(
        index="btree_not_null",
        help="A value is missing or provisional: to be regularised when it is final.",
    )
    proof = fields.Html(compute="_compute_proof", sanitize=False)
    index_verified = fields.Boolean(compute="_compute_index_verified")
    approved_by = fields.Many2one("res.users")
    applied_at = fields.Datetime()
    applied_by = fields.Many2one("res.users")
    undone_at = fields.Datetime()
    undone_by = fields.Many2one("res.users")
    campaign_id = fields.Many2one("crm.price.campaign", ondelete="set null")
    version_ids = fields.One2many("crm.subscription.line.version", "price_revision_id")

    _once_a_date = models.UniqueIndex(
        "(line_id, effective_date) WHERE state NOT IN ('cancelled', 'undone') "
        "AND regularises_id IS NULL",
        "This line is revised at this date already.",
    )

    _campaign_idx = models.Index("(campaign_id, state) WHERE campaign_id IS NOT NULL")

    @api.depends("line_id", "effective_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for revision in self:
            revision.display_name = (
                f"{revision.subscription_id.name} {revision.line_id.product_id.name} "
                f"{format_date(self.env, revision.effective_date)}"
            )

    @api.depends("value_ids.verified")
    def _compute_index_verified(self):
        for revision in self:
            revision.index_verified = all(revision.value_ids.mapped("verified"))
