from odoo import models


class CrmSubscription(models.Model):
    """The windows in which a person changes a subscription."""

    _inherit = "crm.subscription"

    def action_amend(self):
        return self._open_amendment(self.env._("Change"), "quantity")

    def action_pause(self):
        return self._open_amendment(self.env._("Put on pause"), "pause")

    def action_resume(self):
        return self._open_amendment(self.env._("Resume"), "resume", timing="today")

    def action_close(self):
        """Ask for the last day billed and the reason; the effect shows first."""
        return self._open_amendment(
            self.env._("Close the subscription"), "close", timing="date"
        )

    def action_reopen(self):
        return self._open_amendment(self.env._("Reopen"), "reopen", timing="today")

    def action_renew(self):
        return self._open_amendment(self.env._("Renew"), "renew")

    def action_transfer(self):
        return self._open_amendment(self.env._("Transfer"), "transfer")

    def _open_amendment(self, title, kind, timing="next"):
        self.ensure_one()
        context = {
            "default_subscription_id": self.id,
            "default_kind": kind,
            "default_timing": timing,
        }
        lines = self._get_recurring_lines()
        if len(lines) == 1:
            context["default_line_id"] = lines.id
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.subscription.amend",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }
