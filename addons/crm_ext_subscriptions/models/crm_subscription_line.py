from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_subscription import STATE_CHANGE

TERMS_FIELDS = {
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "subscription_id",
    "line_type",
    "display_type",
    "date_from",
    "price_mode",
    "free_periods",
    "discount_periods",
}


class CrmSubscriptionLine(models.Model):
    """A product billed each period, or once; its dated versions tell at which terms.

    Quantity, price and discount are the terms first entered. They are frozen once the
    subscription is confirmed; `current_*` are the terms in force today. Sections and
    notes (`display_type`) are printed on the invoices and never billed.
    """

    _name = "crm.subscription.line"
    _description = "Subscription line"
    _inherit = ["analytic.mixin"]
    _order = "subscription_id, sequence, id"
    _check_company_auto = True

    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    state = fields.Selection(related="subscription_id.state")
    sequence = fields.Integer(default=10)
    display_type = fields.Selection(
        [("line_section", "Section"), ("line_note", "Note")],
        help="Printed on the invoices; without a product, never billed.",
    )
    line_type = fields.Selection(
        [
            ("recurring", "Each period"),
            ("once", "Once"),
            ("usage", "By consumption"),
        ],
        string="Billed",
        default="recurring",
        required=True,
        help="Once: a set-up fee, billed on the first due date or on the line's own "
        "date. By consumption: at the end of each period, from what was used.",
    )
    date_from = fields.Date(
        string="From",
        help="First day of the line, or the date on which it is billed once. Empty: "
        "the start of the subscription.",
    )
    price_mode = fields.Selection(
        [
            ("fixed", "Fixed at entry"),
            ("pricelist", "Read again each period"),
        ],
        string="Price",
        default="fixed",
        required=True,
        help="Read again: each period is billed at the pricelist's price on its first "
        "day.",
    )
    free_periods = fields.Integer(
        string="Free periods",
        help="So many first periods of the line cost nothing, after the trial if "
        "there is one.",
    )
    discount_periods = fields.Integer(
        string="Discounted periods",
        help="The discount holds for so many periods, counted after the free ones. "
        "0: for as long as the line runs.",
    )
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        index=True,
        check_company=True,
        domain=[("sale_ok", "=", True)],
    )
    name = fields.Text(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    price_unit = fields.Float(
        digits=0,
        min_display_digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Untaxed price of one unit for one full period, with all its decimals.",
    )
    discount = fields.Float(string="Disc.%", digits="Discount")
    # a tax deleted would vanish from the line, and the invoice lose it unseen
    tax_ids = fields.Many2many(
        "account.tax",
        ondelete="restrict",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        check_company=True,
        domain=[("type_tax_use", "=", "sale")],
    )
    is_indexed = fields.Boolean(
        string="Revised by index",
        default=True,
        help="Unticked: the clause of the subscription leaves this price alone.",
    )
    version_ids = fields.One2many("crm.subscription.line.version", "line_id")
    period_ids = fields.One2many("crm.billing.period", "line_id")
    current_quantity = fields.Float(digits="Product Unit", compute="_compute_current")
    current_price_unit = fields.Float(
        string="Current price",
        digits=0,
        min_display_digits="Product Price",
        compute="_compute_current",
    )
    current_discount = fields.Float(digits="Discount", compute="_compute_current")
    price_subtotal = fields.Monetary(
        string="Per period",
        compute="_compute_current",
        help="Untaxed price of one full period under the terms in force today.",
    )

    _discount_valid = models.Constraint(
        "CHECK (discount BETWEEN 0 AND 100)", "Discount: enter a number from 0 to 100."
    )
    _product_given = models.Constraint(
        "CHECK (product_id IS NOT NULL OR display_type IS NOT NULL)",
        "Product: a line that is billed needs one.",
    )
    _free_periods_positive = models.Constraint(
        "CHECK (free_periods >= 0)", "Free periods: the number cannot be negative."
    )
    _discount_periods_positive = models.Constraint(
        "CHECK (discount_periods >= 0)",
        "Discounted periods: the number cannot be negative.",
    )

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            lang = line.subscription_id.partner_id.lang
            product = line.product_id.with_context(lang=lang)
            if product:
                line.name = product.get_product_multiline_description_sale()
            else:
                line.name = line.name

    @api.depends("product_id", "quantity", "subscription_id.pricelist_id")
    def _compute_price_unit(self):
        for line in self:
            if line.product_id and line.state in ("draft", False):
                line.price_unit = line._get_catalogue_price()
            else:
                line.price_unit = line.price_unit

    @api.depends(
        "product_id", "subscription_id.fiscal_position_id", "subscription_id.company_id"
    )
    def _compute_tax_ids(self):
        for line in self:
            company = line.subscription_id.company_id
            taxes = line.product_id.taxes_id._filter_taxes_by_company(company)
            line.tax_ids = line.subscription_id.fiscal_position_id.map_tax(taxes)

    @api.depends("product_id", "subscription_id.partner_id")
    def _compute_analytic_distribution(self):
        for line in self.filtered("product_id"):
            # sudo: who sells need not read the accountants' rules of distribution
            rules = self.env["account.analytic.distribution.model"].sudo()
            partner = line.subscription_id.partner_id
            distribution = rules._get_distribution(
                {
                    "product_id": line.product_id.id,
                    "product_categ_id": line.product_id.categ_id.id,
                    "partner_id": partner.id,
                    "partner_category_id": partner.category_id.ids,
                    "company_id": line.company_id.id,
                }
            )
            line.analytic_distribution = distribution or line.analytic_distribution

    @api.depends(
        "quantity",
        "price_unit",
        "discount",
        "version_ids",
        "tax_ids",
        "subscription_id.price_basis",
        "subscription_id.instalments",
    )
    def _compute_current(self):
        today = fields.Date.context_today(self)
        self._prefetch_terms()
        for line in self:
            terms = line._get_version_at(today) or line.version_ids[-1:] or line
            line.current_quantity = terms.quantity
            line.current_price_unit = terms.price_unit
            line.current_discount = terms.discount
            line.price_subtotal = line._get_amount(terms)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._refuse_confirmed()
        return lines

    def write(self, vals):
        if TERMS_FIELDS & vals.keys():
            self._refuse_confirmed()
        res = super().write(vals)
        if "subscription_id" in vals:
            # nor does a draft's line move into a confirmed subscription
            self._refuse_confirmed()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        self._refuse_confirmed()

    def _refuse_confirmed(self):
        if self.env.context.get("crm_state") is STATE_CHANGE:
            return
        if self.filtered(lambda line: line.state != "draft" and not line.display_type):
            raise UserError(
                self.env._(
                    "The subscription is confirmed: product, quantity, price and "
                    "discount change by dated versions only, for instance by a price "
                    "revision."
                )
            )

    def _prepare_printed_line(self):
        """Invoice line of a section or a note."""
        return {"display_type": self.display_type, "name": self.name}
