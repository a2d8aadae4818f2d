from odoo import models


class MailActivity(models.Model):
    """The papers of a task: who it is given to may read them, whatever else is closed
    to him."""

    _inherit = "mail.activity"

    def _crm_give_papers(self, papers):
        """Attach copies of these files to each activity."""
        for activity in self:
            activity.attachment_ids = papers.copy(
                {"res_model": self._name, "res_id": activity.id}
            )
