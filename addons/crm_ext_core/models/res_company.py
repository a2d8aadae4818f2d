from odoo import fields, models


class ResCompany(models.Model):
    """How soon leads without team are answered, and who is warned when they are not."""

    _inherit = "res.company"

    crm_answer_hours = fields.Integer(string="Answer leads without team within (hours)")
    crm_answer_user_id = fields.Many2one(
        "res.users",
        string="Responsible for leads without team",
        domain=[("share", "=", False)],
    )

    _crm_answer_hours_positive = models.Constraint(
        "CHECK (crm_answer_hours >= 0)",
        "Answer leads without team within: enter a number of hours, or 0.",
    )
