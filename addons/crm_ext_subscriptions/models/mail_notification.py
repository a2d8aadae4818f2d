from odoo import models

from .crm_price_revision_failed import FAILED


class MailNotification(models.Model):
    """A mail that failed or bounced may have been the notice of a price revision."""

    _inherit = "mail.notification"

    def write(self, vals):
        done = super().write(vals)
        if vals.get("notification_status") in FAILED:
            # sudo: the mail server's answer comes under whoever sent, or the gateway
            failed = self.sudo()
            failed.env["crm.price.revision"]._fail_notices(failed)
        return done

    def _get_failure_text(self):
        """What the mail server said, in the reader's language."""
        field = "failure_type" if self.failure_type else "notification_status"
        labels = dict(self._fields[field]._description_selection(self.env))
        return ": ".join(filter(None, [labels[self[field]], self.failure_reason]))
