from odoo import fields, models


class CrmSubscriptionChange(models.Model):
    """What a change does to the monthly recurring revenue, and to the term."""

    _inherit = "crm.subscription.change"

    known_at = fields.Datetime(
        string="Known since",
        readonly=True,
        help="When the MRR ledger took the change in.",
    )
    term_before = fields.Date(
        readonly=True, help="Last day of the contract before the change."
    )
    term_after = fields.Date(
        readonly=True, help="Last day of the contract after the change."
    )
    mrr_before = fields.Monetary(string="MRR before", readonly=True)
    mrr = fields.Monetary(
        string="MRR after",
        readonly=True,
        help="Monthly recurring revenue on the first day of the new terms.",
    )

    def _apply_effect(self, before):
        """The MRR on the first day of the new terms, before and after."""
        concerned = (self.subscription_id | self.successor_id).with_env(self.env)
        mrr = sum(sub._get_mrr_on(self.effective_date) for sub in concerned)
        self.write({"mrr_before": before["mrr"], "mrr": self.currency_id.round(mrr)})
        return super()._apply_effect(before)

    def _prepare_effect(self, due_date):
        mrr = {"before": self.mrr_before, "after": self.mrr}
        return super()._prepare_effect(due_date) | {"mrr": mrr}
