from odoo import models


class AccountMove(models.Model):
    """Invoices made by a billing run, in bulk."""

    _inherit = "account.move"

    def _crm_create_invoices(self, vals_list, post):
        """Create invoices of one company from the values of `create`, post them if
        asked.

        Under the restrictive audit trail every change is tracked; otherwise one note an
        invoice, written in bulk, says where it comes from.
        """
        tracked = self.env.company.restrictive_audit_trail
        moves = self.with_context(tracking_disable=not tracked).create(vals_list)
        if post:
            moves._post(soft=False)
        return moves.with_context(tracking_disable=False)
