from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.indexation import exact
from ..tools.periods import prorate

TERMS_FIELDS = {"product_id", "quantity", "price_unit", "discount", "subscription_id"}


class CrmSubscriptionLine(models.Model):
    """A product billed each period; its dated versions tell at which terms.

    Quantity, price and discount are the terms first entered. They are frozen once the
    subscription is confirmed; `current_*` are the terms in force today.
    """

    _name = "crm.subscription.line"
    _description = "Subscription line"
    _order = "subscription_id, sequence, id"
    _check_company_auto = True

    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    state = fields.Selection(related="subscription_id.state")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
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
    tax_ids = fields.Many2many(
        "account.tax",
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

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            lang = line.subscription_id.partner_id.lang
            product = line.product_id.with_context(lang=lang)
            line.name = product.get_product_multiline_description_sale()

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

    @api.depends("quantity", "price_unit", "discount", "version_ids")
    def _compute_current(self):
        today = fields.Date.context_today(self)
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
        if self.filtered(lambda line: line.state != "draft"):
            raise UserError(
                self.env._(
                    "The subscription is confirmed: product, quantity, price and "
                    "discount change by dated versions only, for instance by a price "
                    "revision."
                )
            )

    def _open_versions(self):
        """Write the terms as entered into the first version of each line."""
        # versions are history: no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [
                {
                    "line_id": line.id,
                    "date_from": line.subscription_id.date_start,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "reason": "entry",
                    "entered_by": self.env.uid,
                }
                for line in self
            ]
        )

    def _get_catalogue_price(self):
        subscription = self.subscription_id
        if subscription.pricelist_id:
            return subscription.pricelist_id._get_product_price(
                self.product_id,
                self.quantity or 1.0,
                currency=subscription.currency_id,
                date=subscription.date_start,
            )
        product = self.product_id.with_company(subscription.company_id)
        if subscription.currency_id in (product.currency_id, self.env["res.currency"]):
            return product.lst_price
        return product.currency_id._convert(
            product.lst_price,
            subscription.currency_id,
            subscription.company_id,
            subscription.date_start or fields.Date.context_today(self),
            round=False,
        )

    def _get_version_at(self, day):
        """The version in force on a day; among those of one date, the last entered."""
        self.ensure_one()
        versions = self.version_ids.filtered(lambda version: version.date_from <= day)
        return versions.sorted(lambda version: (version.date_from, version.id))[-1:]

    def _get_amount(self, terms, period=None):
        """Untaxed amount of a period, rounded once, by the currency."""
        amount = exact(terms.quantity) * exact(terms.price_unit)
        amount *= 1 - exact(terms.discount) / 100
        if period:
            amount = prorate(amount, period.fraction)
        currency = self.currency_id or self.env.company.currency_id
        return currency.round(float(amount))

    def _prepare_rows(self, periods):
        """Ledger rows of the periods, each at the terms in force on its first day."""
        self.ensure_one()
        return [self._prepare_row(period) for period in periods]

    def _prepare_row(self, period):
        terms = self._get_version_at(period.date_from) or self
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.id,
            "version_id": terms.id if terms != self else False,
            "kind": "recurring",
            "date_from": period.date_from,
            "date_to": period.date_to,
            "due_date": period.due_date,
            "whole_days": period.whole_days,
            "quantity": terms.quantity,
            "price_unit": terms.price_unit,
            "discount": terms.discount,
            "amount": self._get_amount(terms, period),
        }

    def _get_display_type(self):
        return None

    def _get_distribution(self):
        return False
