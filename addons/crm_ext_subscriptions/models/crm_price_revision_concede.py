from odoo import models
from odoo.exceptions import AccessError, UserError

from .crm_price_revision_answer import CONTEST_ACTIVITY


class CrmPriceRevision(models.Model):
    """A contested price given up by a manager: the other issue of a contest.

    Before it is applied it is dropped. Afterwards the earlier price comes back from the
    same day, and what was invoiced meanwhile is credited with the next invoice.
    """

    _inherit = "crm.price.revision"

    def action_concede(self):
        """Give a contested price up: a manager answers for it."""
        if not self.env.user.has_group(
            "crm_ext_subscriptions.group_subscriptions_manager"
        ):
            raise AccessError(
                self.env._("A manager decides on a price that was contested.")
            )
        contested = self.filtered(
            lambda one: (
                one.answer == "contested" and one.state in ("approved", "applied")
            )
        )
        if not contested:
            raise UserError(self.env._("Nobody contested this price."))
        # sudo: users have no write access to a proof; the right was checked above
        contested.sudo().activity_feedback([CONTEST_ACTIVITY])
        contested._trace_concession()
        applied = contested.filtered(lambda one: one.state == "applied")
        if applied:
            applied._carry_out("undo", to_billed=True)
        if waiting := contested - applied:
            waiting._cancel()
        contested.campaign_id._refresh_state()
        return True

    def _trace_concession(self):
        subscriptions = self.subscription_id
        body = self.env._(
            "%(user)s gives the contested price up.", user=self.env.user.name
        )
        subscriptions._message_log_batch(bodies=dict.fromkeys(subscriptions.ids, body))
