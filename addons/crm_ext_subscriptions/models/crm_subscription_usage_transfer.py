from odoo import models


class CrmSubscription(models.Model):
    """What was used goes along with a line that goes on in another subscription."""

    _inherit = "crm.subscription"

    def _continue_as(self, change, vals):
        """Usage from the day of the change on is billed by the successor; where it was
        billed here before, the repriced rows credit it."""
        lines = self._get_lines_to_continue(change)
        successor = super()._continue_as(change, vals)
        pairs = [
            (old, new)
            for old, new in zip(lines, successor.line_ids, strict=True)
            if old.line_type == "usage"
        ]
        # sudo: events are the intake's own, no user writes them
        self.env["crm.usage.event"].sudo()._move_to(pairs, change.effective_date)
        return successor
