from odoo import fields, models


class CrmIndexClause(models.Model):
    """From which day a new price counts, and until when the customer may contest."""

    _inherit = "crm.index.clause"

    mid_period = fields.Selection(
        [
            ("days", "From the effective date, the period split by days"),
            ("next_period", "From the next period"),
        ],
        string="Date within a period",
        default="days",
        required=True,
        help="A date on the first day of a period is the same in both cases.",
    )
    billed_days = fields.Selection(
        [
            ("refuse", "Refused, unless whoever applies confirms"),
            ("adjust", "Supplement or credit with the next invoice"),
        ],
        string="Days billed already",
        default="refuse",
        required=True,
        help="A revision that reaches days billed at the old price.",
    )
    contest_days = fields.Integer(
        string="Days to contest",
        default=15,
        help="Days after the letter in which the customer may contest the price in the "
        "portal. 0: it is not contested there.",
    )

    _contest_days_valid = models.Constraint(
        "CHECK (contest_days BETWEEN 0 AND 366)",
        "Days to contest: enter a number from 0 to 366.",
    )
