from odoo import api, fields, models

from ..tools.bounce_policy import SoftPolicy


class CrmBouncePolicy(models.Model):
    """How many soft returns a company accepts, and who repairs its sending."""

    _name = "crm.bounce.policy"
    _description = "Bounce policy"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    soft_count = fields.Integer(
        string="Soft returns before exclusion",
        required=True,
        default=3,
        help="Returns for the same reason; a mail delivered in between starts anew.",
    )
    soft_days = fields.Integer(string="Within (days)", required=True, default=30)
    user_id = fields.Many2one(
        "res.users",
        string="Incidents go to",
        help="When empty, to the one responsible for the mailing.",
    )

    _company_uniq = models.Constraint(
        "UNIQUE(company_id)", "A company has one bounce policy."
    )
    _soft_count_positive = models.Constraint(
        "CHECK(soft_count > 0)", "At least one soft return is needed."
    )
    _soft_days_positive = models.Constraint(
        "CHECK(soft_days > 0)", "The period lasts at least one day."
    )

    @api.model
    def _get_for(self, company):
        """The company's policy, or an unsaved one with the defaults."""
        return self.search([("company_id", "=", company.id)], limit=1) or self.new(
            {"company_id": company.id}
        )

    def _to_soft_policy(self):
        return SoftPolicy(count=self.soft_count, days=self.soft_days)
