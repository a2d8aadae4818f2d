from odoo import models


class MailBlacklist(models.Model):
    """The host's exclusion list; for returned mail the bounce policy alone fills it."""

    _inherit = "mail.blacklist"

    def _add(self, email, message=None):
        if self.env.context.get("crm_bounce_triage"):
            return self.browse()
        return super()._add(email, message=message)

    def write(self, vals):
        res = super().write(vals)
        if vals.get("active") is False:
            self._clear_bounces()
        return res

    def unlink(self):
        self._clear_bounces()
        return super().unlink()

    def _clear_bounces(self):
        """Whoever may take an address off the list lets its returns count anew."""
        # sudo: bounces are written by the mechanism only, never by users
        self.env["crm.bounce"].sudo().search(
            [("email", "in", self.mapped("email")), ("is_cleared", "=", False)]
        ).write({"is_cleared": True, "is_excluding": False})
