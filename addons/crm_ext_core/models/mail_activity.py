from odoo import fields, models


class MailActivity(models.Model):
    """A call ticked as done on a lead is an event of its score."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        calls = self.filtered(
            lambda activity: (
                activity.res_model == "crm.lead"
                and activity.activity_type_id.category == "phonecall"
            )
        )
        now = fields.Datetime.now()
        facts = [(call.res_id, now, f"activity-{call.id}") for call in calls]
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if facts:
            # sudo: events are core's to write
            self.env["crm.score.event"].sudo()._log("call", facts)
        return result
