from odoo import fields, models


class MailActivity(models.Model):
    """A meeting ticked as done on a card is a meeting held."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        held = self.filtered(
            lambda activity: (
                activity.res_model == "crm.lead"
                and activity.activity_category == "meeting"
            )
        )
        facts = [(activity.res_id, fields.Datetime.now()) for activity in held]
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if facts:
            self.env["crm.funnel.rule"]._on_event("meeting", facts)
        return result
