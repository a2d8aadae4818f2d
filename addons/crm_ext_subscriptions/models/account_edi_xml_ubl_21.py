from odoo import models


class AccountEdiXmlUbl21(models.AbstractModel):
    """The billing period (BG-14, BG-26) in UBL, and so in Peppol's BIS 3."""

    _inherit = "account.edi.xml.ubl_21"

    def _add_invoice_header_nodes(self, document_node, vals):
        res = super()._add_invoice_header_nodes(document_node, vals)
        self._crm_add_period(document_node, vals["invoice"], vals)
        return res

    def _add_invoice_line_period_nodes(self, line_node, vals):
        res = super()._add_invoice_line_period_nodes(line_node, vals)
        line = vals["base_line"]["record"]
        if line and line._name == "account.move.line":
            self._crm_add_period(line_node, line, vals)
        return res

    def _crm_add_period(self, node, billed, vals):
        first, last = billed._crm_get_billed_days()
        if first and vals["document_type"] in ("invoice", "credit_note"):
            node["cac:InvoicePeriod"] = {
                "cbc:StartDate": {"_text": first},
                "cbc:EndDate": {"_text": last},
            }
