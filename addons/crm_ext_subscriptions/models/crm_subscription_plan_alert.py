from odoo import fields, models


class CrmSubscriptionPlan(models.Model):
    """A plan may want its alerts earlier or later than the company does."""

    _inherit = "crm.subscription.plan"

    alert_term_days = fields.Integer(
        string="Warn before the term, in days", help="0: as the company's settings say."
    )
    alert_notice_days = fields.Integer(
        string="Warn before the notice date, in days",
        help="0: as the company's settings say.",
    )

    _alert_days_positive = models.Constraint(
        "CHECK (alert_term_days >= 0 AND alert_notice_days >= 0)",
        "Days of an alert: the number cannot be negative.",
    )
