from odoo import models


class CrmSubscription(models.Model):
    """What a change owes on days already billed: credits and supplements."""

    _inherit = "crm.subscription"

    def _adjust_billed(self, change, chains, settle=None):
        """Write the adjustments of a change.

        :param chains: {line: its terms before the change}
        :param settle: "now", or with the next invoice
        """
        found = [
            correction
            for line in self.line_ids
            for correction in line._correct(chains.get(line, ()), change.effective_date)
        ]
        due_date = self._get_settlement_date(settle)
        # sudo: the ledger is written by the engine alone
        ledger = self.env["crm.billing.period"].sudo()
        ledger.create(
            [
                ledger.browse(correction.key)._prepare_adjustment(
                    correction, change.kind, due_date
                )
                | {"change_id": change.id}
                for correction in found
            ]
        )

    def _get_settlement_date(self, settle):
        today = self.company_id._crm_today()
        if settle == "now" or not self.next_due_date:
            return today
        return self.next_due_date
