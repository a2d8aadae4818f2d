from odoo import models

from .crm_subscription import TRIAL

# only code in this process can hold it: the ledger waits until the change is complete
LATER = object()


class CrmSubscription(models.Model):
    """Whatever is entered about a subscription reaches the MRR ledger at once."""

    _inherit = "crm.subscription"

    def _apply_amendment(self, kind, day, values):
        """The ledger takes the whole change in, not its steps."""
        term = self.date_term
        waiting = self.with_context(crm_mrr=LATER)
        change = super(CrmSubscription, waiting)._apply_amendment(kind, day, values)
        change = change.with_context(**self.env.context)
        change.write({"term_before": term, "term_after": self.date_term})
        (self | change.successor_id.with_env(self.env))._take_in_mrr()
        return change

    def action_draft(self):
        """What was known of a subscription entered by mistake is taken back."""
        res = super().action_draft()
        self._withdraw_mrr()
        return res

    def _take_in_mrr(self):
        """Bring the ledger of the customers concerned up to date."""
        if self.env.context.get("crm_mrr") is LATER or not self:
            return
        if self.env.context.get("crm_trial") is TRIAL:
            return
        self.env["crm.subscription"].flush_model()
        # sudo: the ledger is written by its engine alone; the entry itself was checked
        customers = self.env["crm.mrr.account"].sudo()._claim(self)
        customers._take_in(self)

    def _withdraw_mrr(self):
        self.env["crm.subscription"].flush_model()
        # sudo: as above
        customers = self.env["crm.mrr.account"].sudo()._claim(self)
        customers._take_back(self)
        customers._take_in()

    def _get_figures(self, day, until=None):
        """The effect of a change also tells the monthly recurring revenue."""
        mrr = sum(sub._get_mrr_on(day) for sub in self)
        return super()._get_figures(day, until) | {"mrr": mrr}

    def _get_mrr_on(self, day):
        """Monthly recurring revenue under the terms in force on a day, in the
        subscription's currency."""
        self.ensure_one()
        if self.date_term and day > self.date_term:
            return 0.0
        return sum(line._get_mrr_on(day) for line in self._get_recurring_lines())
