from datetime import timedelta

from odoo import api, fields, models

DAYS = 30
BULK = 1000


class CrmCapturePost(models.Model):
    """What nobody confirmed by mail is not kept: somebody else may have posted it."""

    _inherit = "crm.capture.post"

    @api.autovacuum
    def _gc_unconfirmed(self):
        """Delete posts that wait for a confirmation for too long, with their files and
        mails."""
        # sudo: a setting
        settings = self.env["ir.config_parameter"].sudo()
        days = settings.get_param("crm_ext_core.unconfirmed_post_days") or DAYS
        old = fields.Datetime.now() - timedelta(days=max(1, int(days)))
        posts = self.search(
            [("state", "=", "waiting"), ("date", "<", old)], limit=BULK, order="id"
        )
        posts._get_files().unlink()
        self.env["mail.mail"].search(
            [("model", "=", self._name), ("res_id", "in", posts.ids)]
        ).unlink()
        posts.unlink()
        return len(posts), len(posts) == BULK
