from odoo import fields, models


class MailActivity(models.Model):
    """A call or a meeting held is an answer to the lead."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        held = self.filtered(
            lambda activity: (
                activity.res_model == "crm.lead"
                and activity.activity_category in ("phonecall", "meeting")
            )
        )
        leads = self.env["crm.lead"].browse(held.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        leads.exists()._crm_answered(fields.Datetime.now())
        return result
