from odoo import models

from .account_move_bulk import precompute, protect


class AccountMoveLine(models.Model):
    """Creation of the journal items of complete invoices (account_move_bulk.py)."""

    _inherit = "account.move.line"

    def _add_precomputed_values(self, vals_list):
        complete = self.env["account.move"]._crm_is_complete()
        if complete:
            self._crm_take_over(vals_list)
        super()._add_precomputed_values(vals_list)
        if complete:
            precompute(self, vals_list)

    def _create(self, data_list):
        if self.env["account.move"]._crm_is_complete():
            protect(self, data_list)
        return super()._create(data_list)

    def _crm_take_over(self, vals_list):
        """What the host lets nobody enter: it follows from the other values."""
        moves = self.env["account.move"]
        shares = self.env["account.tax.repartition.line"]
        for vals in vals_list:
            move = moves.browse(vals["move_id"])
            tax = shares.browse(vals.get("tax_repartition_line_id") or ()).tax_id
            balance = vals["balance"]
            vals |= {
                "debit": balance if balance > 0.0 else 0.0,
                "credit": -balance if balance < 0.0 else 0.0,
                "journal_id": move.journal_id.id,
                "company_id": move.company_id.id,
                "company_currency_id": move.company_currency_id.id,
                "tax_line_id": tax.id,
                "tax_group_id": tax.tax_group_id.id,
            }
