from datetime import timedelta

from odoo import models

from ..tools.amendments import CLOSE, end, pause, reopen, resume


class CrmSubscription(models.Model):
    """Usage stops and starts with its subscription: no minimum is owed meanwhile."""

    _inherit = "crm.subscription"

    def _amend_pause(self, change, values):
        res = super()._amend_pause(change, values)
        day, until = change.effective_date, change.resume_date or None
        self._amend_usage(change, lambda chain: pause(chain, day, until))
        return res

    def _amend_resume(self, change, values):
        res = super()._amend_resume(change, values)
        day = change.effective_date
        self._amend_usage(change, lambda chain: resume(chain, day))
        return res

    def _amend_reopen(self, change, values):
        res = super()._amend_reopen(change, values)
        day = change.effective_date
        self._amend_usage(
            change, lambda chain: reopen(chain, max(day, chain[0].date_from))
        )
        return res

    def _end(self, change, last):
        res = super()._end(change, last)
        day = last + timedelta(days=1)
        self._amend_usage(
            change, lambda chain: end(chain, max(day, chain[0].date_from), CLOSE)
        )
        return res

    def _amend_usage(self, change, alter):
        for line in self.line_ids.filtered(lambda it: it.line_type == "usage"):
            if chain := line._to_chain():
                line._apply_terms(alter(chain), change)
