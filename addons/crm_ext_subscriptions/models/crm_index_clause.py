from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.index_lookup import (
    IndexValueMissing,
    MonthRule,
    find_value,
    value_of_month,
)
from ..tools.indexation import Formula, Rounding, exact

RULES = [
    ("date_month", "Index of the month of the date"),
    ("named_month", "Named month of the year before"),
    ("month_offset", "So many months before the date"),
    ("last_published", "Last index published at the date"),
]
MODES = [
    ("none", "Not rounded"),
    ("half_up", "Half up"),
    ("up", "Up"),
    ("down", "Down"),
    ("half_even", "Half to even"),
]
ROUNDED_STEPS = ("linked_index", "ratio", "coefficient", "unit_price")


class CrmIndexClause(models.Model):
    """The clause by which a subscription's prices follow an index.

    Which index, which S0 and S1, fixed part, and where it rounds: the contract's words
    as settings, nothing implied.
    """

    _name = "crm.index.clause"
    _description = "Index clause"
    _order = "subscription_id"

    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    index_id = fields.Many2one("crm.price.index", required=True, ondelete="restrict")
    index_verified = fields.Boolean(related="index_id.verified")
    base = fields.Selection(
        [
            ("last_revised", "Last revised price and its index"),
            ("original", "Original price and index"),
        ],
        default="last_revised",
        required=True,
        help="P0 and S0: those of the last revision applied, or those of the start for "
        "good. The two differ as soon as a price is rounded.",
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
        help="As printed in the contract. Empty: the latest vintage of that month.",
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
    fixed_part = fields.Float(
        digits=0, help="0.15 stands for P1 = P0 x (0.15 + 0.85 x S1/S0)."
    )
    linked_index_rounding = fields.Selection(MODES, default="none", required=True)
    linked_index_digits = fields.Integer(default=1)
    ratio_rounding = fields.Selection(MODES, default="none", required=True)
    ratio_digits = fields.Integer(default=4)
    coefficient_rounding = fields.Selection(MODES, default="none", required=True)
    coefficient_digits = fields.Integer(default=4)
    unit_price_rounding = fields.Selection(MODES, default="half_up", required=True)
    unit_price_digits = fields.Integer(default=2)
    formula = fields.Char(compute="_compute_formula")

    _one_a_subscription = models.Constraint(
        "UNIQUE (subscription_id)", "A subscription has one index clause."
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
    _digits_valid = models.Constraint(
        "CHECK (LEAST(linked_index_digits, ratio_digits, coefficient_digits, "
        "unit_price_digits) >= 0 AND GREATEST(linked_index_digits, ratio_digits, "
        "coefficient_digits, unit_price_digits) <= 15)",
        "Decimals: enter numbers from 0 to 15.",
    )

    @api.depends("fixed_part")
    def _compute_formula(self):
        for clause in self:
            formula = clause._to_formula()
            if formula.fixed:
                clause.formula = (
                    f"P1 = P0 × ({formula.fixed} + {formula.indexed} × S1 / S0)"
                )
            else:
                clause.formula = "P1 = P0 × S1 / S0"

    @api.depends("index_id.name", "subscription_id.name")
    def _compute_display_name(self):
        for clause in self:
            clause.display_name = f"{clause.index_id.name} ({clause.formula})"

    @api.constrains("s0_rule", "s0_month")
    def _check_s0_month(self):
        if self.filtered(
            lambda clause: clause.s0_rule == "fixed" and not clause.s0_month
        ):
            raise ValidationError(
                self.env._("Month of S0: enter the contract's month.")
            )

    # ------------------------------------------------------------------ bridge
    def _to_formula(self):
        return Formula(
            fixed=exact(self.fixed_part).normalize() if self.fixed_part else exact(0),
            **{step: self._to_rounding(step) for step in ROUNDED_STEPS},
        )

    def _to_rounding(self, step):
        mode = self[f"{step}_rounding"]
        if not mode or mode == "none":
            return None
        return Rounding(self[f"{step}_digits"], mode)

    def _to_rule(self, kind):
        return MonthRule(kind, self.named_month, self.month_offset)

    # ------------------------------------------------------------------ S0 and S1
    def _find_s0(self):
        """The value that the contract starts from."""
        self.ensure_one()
        if self.s0_rule != "fixed":
            return self._find(self.s0_rule, self.subscription_id.date_start)
        codes, values = self._to_series()
        if self.s0_value:
            written = exact(self.s0_value)
            values = [value for value in values if value.value == written]
        try:
            found = value_of_month(codes, self.s0_month.replace(day=1), values)
        except IndexValueMissing as error:
            raise UserError(self._explain_missing(error)) from error
        return self.env["crm.price.index.value"].browse(found.key)

    def _find_s1(self, day):
        """The value that serves for a revision taking effect on that day."""
        self.ensure_one()
        return self._find(self.s1_rule, day)

    def _find(self, kind, day):
        codes, values = self._to_series()
        try:
            found = find_value(codes, self._to_rule(kind), day, values)
        except IndexValueMissing as error:
            raise UserError(self._explain_missing(error)) from error
        return self.env["crm.price.index.value"].browse(found.key)

    def _to_series(self):
        chain = self.index_id._get_chain()
        values = [value._to_observation() for value in chain.value_ids]
        return tuple(chain.mapped("code")), values

    def _explain_missing(self, error):
        if not error.month:
            return self.env._(
                "%(index)s: no value has a known publication date by then.",
                index=self.index_id.name,
            )
        return self.env._(
            "%(index)s: no value for %(month)s, or not the one written in the "
            "contract.",
            index=self.index_id.name,
            month=error.month.strftime("%m/%Y"),
        )
