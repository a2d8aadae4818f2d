from odoo import models


class CrmSubscription(models.Model):
    """What a change owes on days already billed: credits and supplements."""

    _inherit = "crm.subscription"

    def _adjust_billed(self, change, chains, settle=None):
        """Write the adjustments of a change.

        :param chains: {line: its terms before the change}
        :param settle: "now", or with the next invoice
        """
        # sudo: the ledger is written by the engine alone, and a row that one may not
        # read is billed all the same
        rows = self.sudo().period_ids.filtered(
            lambda row: row.date_to and row.date_to >= change.effective_date
        )
        rows._adjust(
            change.kind,
            self._get_settlement_date(settle),
            chains,
            change_id=change.id,
        )

    def _get_settlement_date(self, settle=None):
        today = self.company_id._crm_today()
        if settle == "now" or not self.next_due_date:
            return today
        return self.next_due_date
