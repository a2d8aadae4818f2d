from odoo import fields, models

from .crm_invoice_bridge_line import STEP_LABELS


class CrmInvoiceBridgeItem(models.TransientModel):
    """One row behind a step: days of a line, or a line of an invoice."""

    _name = "crm.invoice.bridge.item"
    _description = "Row behind a step from MRR to invoices"
    _order = "partner_id, subscription_id, date_from, id"

    bridge_id = fields.Many2one(
        "crm.invoice.bridge", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    step = fields.Selection(STEP_LABELS, required=True, readonly=True)
    subscription_id = fields.Many2one("crm.subscription", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    line_id = fields.Many2one(
        "crm.subscription.line", string="Subscription line", readonly=True
    )
    product_id = fields.Many2one("product.product", readonly=True)
    period_id = fields.Many2one(
        "crm.billing.period", string="Billed period", readonly=True
    )
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    amount = fields.Monetary(readonly=True)
    memo = fields.Monetary(
        string="Worth",
        readonly=True,
        help="For information: what these days would cost, or the discount on them.",
    )
