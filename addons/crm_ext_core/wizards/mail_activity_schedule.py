from odoo import fields, models


class MailActivitySchedule(models.TransientModel):
    """A task given to a colleague takes its papers with it: the contract to review."""

    _inherit = "mail.activity.schedule"

    crm_paper_ids = fields.Many2many(
        "ir.attachment",
        "crm_activity_schedule_paper_rel",
        string="Documents",
        help="Who gets the activity can read them, even without access to the record.",
    )

    def _action_schedule_activities(self):
        activities = super()._action_schedule_activities()
        if self.crm_paper_ids:
            activities._crm_give_papers(self.crm_paper_ids)
        return activities
