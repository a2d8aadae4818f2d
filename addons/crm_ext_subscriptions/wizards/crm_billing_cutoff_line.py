from odoo import fields, models


class CrmBillingCutoffLine(models.TransientModel):
    """The part of one billed period that a closing date cuts off."""

    _name = "crm.billing.cutoff.line"
    _description = "Cut-off of a period"
    _order = "kind, partner_id, date_from, id"

    cutoff_id = fields.Many2one(
        "crm.billing.cutoff", required=True, ondelete="cascade", index=True
    )
    date = fields.Date(related="cutoff_id.date", store=True, string="Closing date")
    company_id = fields.Many2one(related="cutoff_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("deferred", "Deferred income (PCA)"),
            ("to_issue", "Invoices to be issued (FAE)"),
            ("undecided", "Freed periods still to decide"),
        ],
        required=True,
        readonly=True,
    )
    subscription_id = fields.Many2one("crm.subscription", readonly=True)
    partner_id = fields.Many2one(
        related="subscription_id.commercial_partner_id", store=True, string="Customer"
    )
    product_id = fields.Many2one("product.product", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    period_id = fields.Many2one(
        "crm.billing.period", string="Billed period", readonly=True
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    days = fields.Integer(string="Days of the period", aggregator=None, readonly=True)
    days_counted = fields.Integer(
        string="Days",
        aggregator=None,
        readonly=True,
        help="Deferred income: days after the closing date. Invoices to be issued: "
        "days until it.",
    )
    currency_id = fields.Many2one(
        related="subscription_id.currency_id", store=True, readonly=True
    )
    billed_amount = fields.Monetary(string="Whole amount", readonly=True)
    amount = fields.Monetary(string="Cut off", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    company_amount = fields.Monetary(
        string="In company currency",
        currency_field="company_currency_id",
        readonly=True,
    )
