from odoo import fields, models


class MailActivity(models.Model):
    """A call or a meeting held is an answer to the lead."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        leads = self.env["crm.lead"].browse(self._crm_held().mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        leads.exists()._crm_answered(fields.Datetime.now())
        return result
