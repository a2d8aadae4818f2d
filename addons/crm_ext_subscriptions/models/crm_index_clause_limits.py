from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_index_clause import MODES

NOTICE_CHANNELS = [
    ("letter", "Letter"),
    ("registered", "Registered letter"),
    ("email", "E-mail"),
    ("portal", "Customer portal"),
    ("invoice", "With the invoice"),
]


class CrmIndexClause(models.Model):
    """Threshold, cap, floor, notice, and where the contract rounds."""

    _inherit = "crm.index.clause"

    linked_index_rounding = fields.Selection(
        MODES,
        default="none",
        required=True,
        help="S1 x link coefficient, read in the series of S0, before it is "
        "divided by S0.",
    )
    linked_index_digits = fields.Integer(default=1)
    ratio_rounding = fields.Selection(
        MODES,
        default="none",
        required=True,
        help="S1 / S0, before weights and the fixed part. Up: towards plus "
        "infinity, also where the index falls.",
    )
    ratio_digits = fields.Integer(default=4)
    coefficient_rounding = fields.Selection(
        MODES,
        default="none",
        required=True,
        help="Fixed part + weights x ratios. The CCAG's thousandth above: up, 3 "
        "decimals.",
    )
    coefficient_digits = fields.Integer(default=4)
    unit_price_rounding = fields.Selection(
        MODES,
        default="half_up",
        required=True,
        help="P0 x coefficient: the new price of one unit.",
    )
    unit_price_digits = fields.Integer(default=2)
    line_rounding = fields.Selection(
        MODES,
        default="half_up",
        required=True,
        help="New price x quantity, net of the discount: the amount of a period.",
    )
    line_digits = fields.Integer(default=2)

    threshold_percent = fields.Float(
        string="Threshold, %",
        digits=0,
        help="Below this variation from the price in force there is no revision.",
    )
    has_cap = fields.Boolean(string="Cap")
    cap_percent = fields.Float(
        string="Cap, %", digits=0, help="3 stands for P1 <= P0 x 1.03."
    )
    has_floor = fields.Boolean(string="Floor")
    floor_percent = fields.Float(
        string="Floor, %",
        digits=0,
        help="-2 stands for P1 >= P0 x 0.98. At 0 or above the price can only rise: "
        "computed, with the legal warning.",
    )
    limits_on = fields.Selection(
        [
            ("base", "P0 of the clause"),
            ("current", "The price in force"),
        ],
        string="Cap and floor count from",
        default="base",
        required=True,
        help="3 % from P0 holds for the coefficient; from the price in force, for what "
        "one revision may change: what was held back is caught up later.",
    )
    notice_days = fields.Integer(help="Days between the notice and the effective date.")
    notice_channel = fields.Selection(NOTICE_CHANNELS)
    notice_required = fields.Boolean(
        string="No notice, no revision",
        help="The revision is applied only when its notice was sent in time.",
    )

    _digits_valid = models.Constraint(
        "CHECK (LEAST(linked_index_digits, ratio_digits, coefficient_digits, "
        "unit_price_digits, line_digits) >= 0 AND GREATEST(linked_index_digits, "
        "ratio_digits, coefficient_digits, unit_price_digits, line_digits) <= 15)",
        "Decimals: enter numbers from 0 to 15.",
    )
    _threshold_valid = models.Constraint(
        "CHECK (threshold_percent >= 0 AND threshold_percent < 100)",
        "Threshold: enter a percentage from 0 to 100.",
    )
    _floor_valid = models.Constraint(
        "CHECK (NOT has_floor OR floor_percent > -100)",
        "Floor: enter a percentage above -100.",
    )
    _limits_ordered = models.Constraint(
        "CHECK (NOT (has_cap AND has_floor) OR cap_percent >= floor_percent)",
        "Cap: it cannot lie below the floor.",
    )
    _notice_days_valid = models.Constraint(
        "CHECK (notice_days BETWEEN 0 AND 366)",
        "Notice days: enter a number from 0 to 366.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._complete_limits(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._complete_limits(vals))

    @api.model
    def _complete_limits(self, vals):
        """A limit that is given counts, zero included, unless said otherwise."""
        given = {
            f"has_{name}": percent is not None and percent is not False
            for name in ("cap", "floor")
            for percent in [vals.get(f"{name}_percent")]
            if f"{name}_percent" in vals
        }
        return given | vals

    @api.constrains("has_cap", "cap_percent")
    def _check_cap(self):
        if self.filtered(lambda clause: clause.has_cap and clause.cap_percent <= -100):
            raise ValidationError(self.env._("Cap: enter a percentage above -100."))
