from odoo import fields, models
from odoo.fields import Domain

LETTERS, DIGITS = "ABCD", "1234"


class CrmQualificationRule(models.Model):
    """Grades that a lead must have, and what becomes of one that cools."""

    _inherit = "crm.qualification.rule"

    fit_least = fields.Selection(
        [(letter, letter) for letter in LETTERS[:-1]], string="Fit at least"
    )
    engagement_least = fields.Selection(
        [(digit, digit) for digit in DIGITS[:-1]], string="Engagement at least"
    )
    cool_below = fields.Integer(
        string="Take back below",
        help="A lead handed over whose score falls below this goes back to nurturing; "
        "0: never.",
    )
    cool_team_id = fields.Many2one("crm.team", string="Nurturing team")

    _cool_is_lower = models.Constraint(
        "CHECK(cool_below >= 0 AND (cool_below = 0 OR cool_below < threshold))",
        "A lead is taken back below the score from which it is handed over.",
    )

    def _grade_domain(self):
        if not self.fit_least and not self.engagement_least:
            return Domain.TRUE
        letters = LETTERS[: LETTERS.index(self.fit_least or "D") + 1]
        digits = DIGITS[: DIGITS.index(self.engagement_least or "4") + 1]
        cells = [letter + digit for letter in letters for digit in digits]
        return Domain("crm_score_grade", "in", cells)

    def _take_back_cooled(self, leads):
        """Give the leads of a domain that this rule handed over and that cooled back
        to nurturing, once."""
        if not self.cool_below:
            return
        firings = self.env["crm.qualification.firing"].search(
            [
                ("rule_id", "=", self.id),
                ("closed_at", "=", False),
                (
                    "lead_id",
                    "any",
                    Domain(leads)
                    & Domain("crm_score", "<", self.cool_below)
                    & Domain("active", "=", True)
                    & Domain("won_status", "=", "pending"),
                ),
            ]
        )
        if firings:
            firings._close("cooled", self.cool_team_id)
