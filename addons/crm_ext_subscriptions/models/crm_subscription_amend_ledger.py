from odoo import models

from ..tools.day_count import NONE
from ..tools.periods import number_of, period_start


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
        first = self._get_first_day_reached(change.effective_date)
        rows = self.sudo().period_ids.filtered(
            lambda row: row.date_to and row.date_to >= first
        )
        rows._adjust(
            change.kind,
            self._get_settlement_date(settle),
            chains,
            change_id=change.id,
        )

    def _get_first_day_reached(self, day):
        """First billed day whose price a change from a day on may alter: without
        prorata the days of one period share one price."""
        if self._get_day_count() != NONE:
            return day
        terms = self._to_terms()
        return period_start(terms, number_of(terms, day))

    def _get_settlement_date(self, settle=None):
        today = self.company_id._crm_today()
        if settle == "now" or not self.next_due_date:
            return today
        return self.next_due_date
