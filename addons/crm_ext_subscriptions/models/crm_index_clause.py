from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.indexation import plain

RULES = [
    ("date_month", "Index of the month of the date"),
    ("named_month", "Named month of the year before"),
    ("month_offset", "So many months before the date"),
    ("last_published", "Last index published at the date"),
    ("anniversary", "Last index published at the anniversary"),
]
MODES = [
    ("none", "Not rounded"),
    ("half_up", "Half up"),
    ("up", "Up"),
    ("down", "Down"),
    ("half_even", "Half to even"),
]


class CrmIndexClause(models.Model):
    """The clause by which a subscription's prices follow an index.

    Which index, which S0 and S1, fixed part, limits, and where it rounds: the
    contract's words as settings, nothing implied. A plan's clause is copied to the
    subscriptions confirmed under it.
    """

    _name = "crm.index.clause"
    _description = "Index clause"
    _order = "subscription_id, id"

    subscription_id = fields.Many2one(
        "crm.subscription", ondelete="cascade", index=True, copy=False
    )
    plan_id = fields.Many2one(
        "crm.subscription.plan", ondelete="cascade", index="btree_not_null", copy=False
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    index_id = fields.Many2one("crm.price.index", required=True, ondelete="restrict")
    mean_of = fields.Integer(
        string="Mean of periods",
        default=1,
        help="4: S0 and S1 are each the mean of four periods, up to the one that the "
        "rule finds, as clauses on the ICC ask for (mean of four quarters). 1: the "
        "value itself.",
    )
    term_ids = fields.One2many(
        "crm.index.clause.term",
        "clause_id",
        string="Other indices",
        copy=True,
        help="The clause's own index has the weight that the others and the fixed part "
        "leave.",
    )
    index_verified = fields.Boolean(related="index_id.verified")
    base = fields.Selection(
        [
            ("last_revised", "Last revised price and its index"),
            ("original", "Original price and index"),
            ("sliding", "Last price, index of one frequency before"),
        ],
        default="last_revised",
        required=True,
        help="P0 and S0: those of the last revision applied, those of the start for "
        "good, or the last price with the index found one frequency before the date. "
        "They differ as soon as a price is rounded or limited.",
    )
    s0_rule = fields.Selection(
        [("fixed", "Month written in the contract"), *RULES],
        string="First S0",
        default="fixed",
        required=True,
        help="How the base index is found; a rule is applied to the start date.",
    )
    s0_month = fields.Date(string="Month of S0", help="Any day of that month.")
    s0_value = fields.Float(
        string="Value of S0",
        digits=0,
        help="As printed in the contract. Empty: the value that serves for that month.",
    )
    s1_rule = fields.Selection(
        RULES,
        string="S1",
        default="last_published",
        required=True,
        help="How the index of the revision is found from the effective date.",
    )
    named_month = fields.Integer(default=8, help="1 is January.")
    month_offset = fields.Integer(string="Months before", default=3)
    vintages = fields.Selection(
        [
            ("as_of", "As known at the date"),
            ("latest", "As known today"),
        ],
        string="Corrected values",
        default="as_of",
        required=True,
        help="A month that the publisher corrected: the value known at the effective "
        "date, or the last correction whenever it came.",
    )
    missing = fields.Selection(
        [
            ("block", "Block and name the month"),
            ("last_known", "Use the last one known, for good"),
            ("regularise", "Use the last one known, regularise later"),
        ],
        string="When S1 is missing",
        default="block",
        required=True,
        help="Nothing is ever guessed. Regularise: the price is provisional, and the "
        "difference is billed or credited once the value is known.",
    )
    link_method = fields.Selection(
        [
            ("coefficient", "Link coefficient: S1 read in the old series"),
            ("backcast", "Back-cast: S0 read in the new series (both agree)"),
            ("refuse", "No revision until the parties agree"),
        ],
        string="When the series was replaced",
        default="coefficient",
        required=True,
        help="For contracts older than the new series: SYNTEC, before August 2022.",
    )
    fixed_part = fields.Float(
        digits=0, help="0.15 stands for P1 = P0 x (0.15 + 0.85 x S1/S0)."
    )
    frequency = fields.Integer(
        string="Months between revisions", default=12, help="12 for once a year."
    )
    anniversary = fields.Date(
        string="Revision date",
        help="A date of revision: the others are a whole number of frequencies away, "
        "and anniversaries are its own. Empty: the start of the contract.",
    )
    note = fields.Text(string="Words of the contract")
    formula = fields.Char(compute="_compute_formula")

    _one_a_subscription = models.Constraint(
        "UNIQUE (subscription_id)", "A subscription has one index clause."
    )
    _one_a_plan = models.Constraint("UNIQUE (plan_id)", "A plan has one index clause.")
    _one_owner = models.Constraint(
        "CHECK (num_nonnulls(subscription_id, plan_id) = 1)",
        "A clause belongs to a subscription or to a plan.",
    )
    _fixed_part_valid = models.Constraint(
        "CHECK (fixed_part >= 0 AND fixed_part < 1)",
        "Fixed part: enter a number from 0 up to, not including, 1.",
    )
    _named_month_valid = models.Constraint(
        "CHECK (named_month BETWEEN 1 AND 12)",
        "Named month: enter a number from 1 to 12.",
    )
    _month_offset_valid = models.Constraint(
        "CHECK (month_offset BETWEEN 0 AND 60)",
        "Months before: enter a number from 0 to 60.",
    )
    _mean_of_valid = models.Constraint(
        "CHECK (mean_of BETWEEN 1 AND 24)",
        "Mean of periods: enter a number from 1 to 24.",
    )
    _frequency_valid = models.Constraint(
        "CHECK (frequency BETWEEN 1 AND 120)",
        "Months between revisions: enter a number from 1 to 120.",
    )

    @api.depends("subscription_id.company_id", "plan_id.company_id")
    def _compute_company_id(self):
        for clause in self:
            clause.company_id = (
                clause.subscription_id.company_id
                or clause.plan_id.company_id
                or self.env.company
            )

    @api.depends(
        "fixed_part",
        "index_id.code",
        "mean_of",
        "term_ids.weight",
        "term_ids.index_id",
        "term_ids.mean_of",
    )
    @api.depends_context("lang")
    def _compute_formula(self):
        for clause in self:
            clause.formula = clause._get_formula_text()

    def _get_formula_text(self):
        if not (self.fixed_part or self.term_ids):
            return f"P1 = P0 × {self._get_fraction_text(self, '')}"
        parts = [plain(self._get_fixed_part())] if self.fixed_part else []
        weights = dict(self._get_weights())
        for term in (self, *self.term_ids):
            name = f" {term.index_id.code}" if self.term_ids else ""
            fraction = self._get_fraction_text(term, name)
            parts.append(f"{plain(weights[term.index_id])} × {fraction}")
        return f"P1 = P0 × ({' + '.join(parts)})"

    def _get_fraction_text(self, term, name):
        if term.mean_of == 1:
            return f"S1{name} / S0{name}"
        mean = self.env._("mean of %(count)s", count=term.mean_of)
        return f"S1{name} ({mean}) / S0{name} ({mean})"

    @api.depends("index_id.name", "subscription_id.name")
    def _compute_display_name(self):
        for clause in self:
            clause.display_name = f"{clause.index_id.name} ({clause.formula})"

    @api.constrains("s0_rule", "s0_month", "term_ids")
    def _check_s0_month(self):
        for clause in self.filtered(lambda clause: clause.s0_rule == "fixed"):
            if not all([clause.s0_month, *clause.term_ids.mapped("s0_month")]):
                raise ValidationError(
                    self.env._("Month of S0: enter the contract's month.")
                )

    @api.constrains("fixed_part", "term_ids")
    def _check_weights(self):
        for clause in self:
            if clause._get_weights()[0][1] <= 0:
                raise ValidationError(
                    self.env._(
                        "Other indices: their weights and the fixed part leave nothing "
                        "for %(index)s.",
                        index=clause.index_id.name,
                    )
                )
