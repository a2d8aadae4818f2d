from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResConfigSettings(models.TransientModel):
    """The delay and the responsible of leads that name no team."""

    _inherit = "res.config.settings"

    crm_answer_hours = fields.Integer(
        related="company_id.crm_answer_hours",
        readonly=False,
        string="Leads without team: answer within (hours)",
        help="A lead of no team that waits longer gets a task for its salesperson, or "
        "for the responsible when it has none. 0: no warning.",
    )
    crm_answer_user_id = fields.Many2one(
        related="company_id.crm_answer_user_id",
        readonly=False,
        string="Leads without team: responsible",
        help="Warned also of the leads of a team that has no head.",
    )

    @api.constrains("crm_answer_hours", "crm_answer_user_id")
    def _check_crm_answer(self):
        for settings in self:
            if settings.crm_answer_hours and not settings.crm_answer_user_id:
                raise ValidationError(
                    self.env._(
                        "Unanswered leads: choose the responsible for leads without "
                        "team, or enter 0 hours."
                    )
                )
