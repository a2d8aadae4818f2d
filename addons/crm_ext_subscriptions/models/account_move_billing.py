from odoo import models


class Tally:
    """Counts, over a run, the invoices that the host made its ordinary way."""

    def __init__(self):
        self.by_host = 0


class AccountMove(models.Model):
    """Invoices made by a billing run, in bulk."""

    _inherit = "account.move"

    def _crm_create_invoices(self, vals_list, post):
        """Create invoices of one company from the values of `create`, post them if
        asked.

        Those that crm.invoice.builder covers are created complete; the host makes the
        others its ordinary way. Under the restrictive audit trail every change is
        tracked; otherwise one note an invoice, written in bulk, says where it comes
        from.
        """
        tracked = self.env.company.restrictive_audit_trail
        quiet = self.with_context(tracking_disable=not tracked)
        builder = self.env["crm.invoice.builder"]
        complete, ordinary = builder._complete(vals_list)
        made = quiet._crm_create_complete(complete)
        by_host = quiet.create(ordinary)
        if post:
            made._crm_post_complete()
            by_host._post(soft=False)
        tally = self.env.context.get("crm_tally")
        if isinstance(tally, Tally):
            tally.by_host += len(by_host)
        return (made + by_host).with_context(tracking_disable=False)

    def _crm_get_billed_days(self):
        """First and last day that the ledger bills on this invoice, if any."""
        return self.invoice_line_ids._crm_get_billed_days()
