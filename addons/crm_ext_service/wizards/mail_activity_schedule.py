from odoo import api, fields, models


class MailActivitySchedule(models.TransientModel):
    """Schedule an activity for a team's queue instead of a person."""

    _inherit = "mail.activity.schedule"

    crm_queue_id = fields.Many2one(
        "crm.queue",
        string="Or a queue",
        help="Any member of the queue may pick the activity. Nobody is mailed.",
    )

    @api.onchange("crm_queue_id")
    def _onchange_crm_queue_id(self):
        if self.crm_queue_id:
            self.activity_user_id = False

    def _action_schedule_activities(self):
        if not self.crm_queue_id or not self.res_model:
            return super()._action_schedule_activities()
        return self._get_applied_on_records().activity_schedule(
            activity_type_id=self.activity_type_id.id,
            automated=False,
            summary=self.summary,
            note=self.note,
            user_id=False,
            crm_queue_id=self.crm_queue_id.id,
            date_deadline=self.date_deadline,
        )
