from odoo import models


class AccountEdiXmlCii(models.AbstractModel):
    """The billing period (BG-14, BG-26) in Factur-X: the days that the ledger bills.

    The host fills it with the date of the invoice and the date it is due.
    """

    _inherit = "account.edi.xml.cii"

    def _export_invoice_vals(self, invoice):
        vals = super()._export_invoice_vals(invoice)
        first, last = invoice._crm_get_billed_days()
        if first:
            vals |= {"billing_start": first, "billing_end": last}
        for line_vals in vals["invoice_line_vals_list"]:
            first, last = line_vals["line"]._crm_get_billed_days()
            if first:
                line_vals |= {"billing_start": first, "billing_end": last}
        return vals
