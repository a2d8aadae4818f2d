from odoo import models
from odoo.exceptions import UserError

from .crm_subscription import STATE_CHANGE

TRANSITIONS = {
    ("draft", "running"),
    ("running", "draft"),
    ("running", "closed"),
}


class CrmSubscription(models.Model):
    """The life of a subscription: which state follows which, and what it does."""

    _inherit = "crm.subscription"

    def action_confirm(self):
        """Freeze the terms: each line gets its first dated version."""
        self._check_before_confirming()
        self._change_state("running")
        self.line_ids._open_versions()
        return True

    def action_draft(self):
        """Correct an entry as long as nothing was ever billed."""
        # sudo: what one may not read was billed or revised all the same
        if self.sudo().period_ids or self.sudo().revision_ids:
            raise UserError(
                self.env._(
                    "Something was billed or revised already: the terms stay as they "
                    "are."
                )
            )
        self._change_state("draft")
        # versions are readable history; only this way back may take them away
        self.sudo().version_ids.unlink()
        return True

    def action_close(self):
        """Bill nothing more, not even what is due and not billed yet."""
        self._change_state("closed")
        return True

    def _change_state(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for subscription in self:
            if (subscription.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "%(name)s cannot go from %(before)s to %(after)s.",
                        name=subscription.name,
                        before=labels[subscription.state],
                        after=labels[state],
                    )
                )
        self.with_context(crm_state=STATE_CHANGE).write({"state": state})
