from odoo import api, fields, models


class CrmSubscription(models.Model):
    """How the invoices are made: journal, terms of payment, taxes, currency."""

    _inherit = "crm.subscription"

    pricelist_id = fields.Many2one("product.pricelist", check_company=True)
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain=[("type", "=", "sale")],
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_fiscal_position_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    send_mode = fields.Selection(
        [("none", "By hand"), ("email", "When posted by a billing run")],
        string="Send invoices",
        default="none",
        required=True,
        help="The host's sending job mails each posted invoice, in the format of the "
        "customer.",
    )
    preferred_payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment method",
        compute="_compute_preferred_payment_method_line_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain="[('payment_type', '=', 'inbound'), ('company_id', '=', company_id)]",
        help="How the customer intends to pay; it goes onto the invoices.",
    )

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for subscription in self:
            subscription.currency_id = (
                subscription.pricelist_id.currency_id
                or subscription.company_id.currency_id
            )

    @api.depends("company_id")
    def _compute_journal_id(self):
        for company, subscriptions in self.grouped("company_id").items():
            journal = self.env["account.journal"].search(
                [
                    *self.env["account.journal"]._check_company_domain(company),
                    ("type", "=", "sale"),
                ],
                limit=1,
            )
            subscriptions.journal_id = journal

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.payment_term_id = partner.property_payment_term_id

    @api.depends("partner_id", "partner_invoice_id", "company_id")
    def _compute_fiscal_position_id(self):
        for subscription in self:
            positions = self.env["account.fiscal.position"].with_company(
                subscription.company_id
            )
            subscription.fiscal_position_id = positions._get_fiscal_position(
                subscription.partner_invoice_id or subscription.partner_id
            )

    @api.depends("partner_id", "company_id")
    def _compute_preferred_payment_method_line_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.preferred_payment_method_line_id = (
                partner.property_inbound_payment_method_line_id
            )
