from odoo import models


class AccountMoveLine(models.Model):
    """Creation of the journal items of complete invoices (account_move_bulk.py)."""

    _inherit = "account.move.line"

    def _add_precomputed_values(self, vals_list):
        """What the host lets nobody enter: it follows from the other values."""
        if self._crm_complete():
            moves = self.env["account.move"]
            shares = self.env["account.tax.repartition.line"]
            for vals in vals_list:
                share = shares.browse(vals.get("tax_repartition_line_id") or ())
                vals |= self._crm_get_derived(
                    moves.browse(vals["move_id"]), share.tax_id, vals["balance"]
                )
        return super()._add_precomputed_values(vals_list)

    def _crm_get_derived(self, move, tax, balance):
        return {
            "debit": balance if balance > 0.0 else 0.0,
            "credit": -balance if balance < 0.0 else 0.0,
            "journal_id": move.journal_id.id,
            "company_id": move.company_id.id,
            "company_currency_id": move.company_currency_id.id,
            "tax_line_id": tax.id,
            "tax_group_id": tax.tax_group_id.id,
        }

    def _crm_get_billed_days(self):
        """First and last day of the ledger's rows that these lines bear, if any."""
        # sudo: whoever may print the invoice is told the days it bills
        rows = self.sudo().crm_billing_period_id
        first = min(filter(None, rows.mapped("date_from")), default=None)
        return first, max(filter(None, rows.mapped("date_to")), default=None)
