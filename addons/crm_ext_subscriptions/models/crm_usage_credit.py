from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding

from ..tools.indexation import exact
from ..tools.usage_purse import Book, Purse

TERMS_FIELDS = {"subscription_id", "kind", "meter_id", "amount", "units", "date_from"}
ENGINE_FIELDS = {"drawn", "draw_ids"}


class CrmUsageCredit(models.Model):
    """Usage paid in advance: money or units, drawn by the bills until it is empty.

    Each draw is a row; PostgreSQL refuses that more is drawn than was bought.
    """

    _name = "crm.usage.credit"
    _description = "Prepaid usage credit"
    _order = "subscription_id, date_to, id"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Prepaid credit"))
    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True)
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    kind = fields.Selection(
        [("money", "Money"), ("units", "Units")], default="money", required=True
    )
    meter_id = fields.Many2one(
        "crm.usage.meter",
        check_company=True,
        ondelete="restrict",
        domain=[("aggregation", "=", "sum")],
        help="Which units were bought.",
    )
    amount = fields.Monetary(string="Bought for", help="Untaxed.")
    units = fields.Float(
        string="Units bought", digits=(18, 6), min_display_digits="Product Unit"
    )
    bought = fields.Float(
        digits=(18, 6),
        min_display_digits="Product Unit",
        compute="_compute_bought",
        store=True,
        precompute=True,
    )
    drawn = fields.Float(
        digits=(18, 6), min_display_digits="Product Unit", readonly=True, copy=False
    )
    balance = fields.Float(
        digits=(18, 6), min_display_digits="Product Unit", compute="_compute_balance"
    )
    date_from = fields.Date(
        string="Valid from", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Expires",
        help="Last day; empty: never. It serves any period that has a "
        "day in common with it.",
    )
    reference = fields.Char(help="Invoice or order by which it was bought.")
    draw_ids = fields.One2many("crm.usage.credit.draw", "credit_id", readonly=True)
    is_expired = fields.Boolean(compute="_compute_is_expired")

    _never_below_zero = models.Constraint(
        "CHECK (drawn IS NULL OR drawn = 0 OR drawn BETWEEN 0 AND bought)",
        "A prepaid credit cannot be drawn below zero.",
    )
    _bought_positive = models.Constraint(
        "CHECK (bought > 0)", "Enter what was bought: an amount or units above zero."
    )
    _units_of_a_meter = models.Constraint(
        "CHECK (kind <> 'units' OR meter_id IS NOT NULL)",
        "Meter: tell which units were bought.",
    )
    _date_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "Expires: it cannot lie before the first day.",
    )

    @api.depends("kind", "amount", "units")
    def _compute_bought(self):
        for credit in self:
            is_money = credit.kind == "money"
            credit.bought = credit.amount if is_money else credit.units

    @api.depends("bought", "drawn")
    def _compute_balance(self):
        for credit in self:
            credit.balance = credit.bought - credit.drawn

    @api.depends("date_to")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for credit in self:
            credit.is_expired = bool(credit.date_to and credit.date_to < today)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_engine_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_engine_fields(vals)
        if TERMS_FIELDS & vals.keys() and self.filtered("drawn"):
            raise UserError(
                self.env._("This credit is drawn already: only its expiry may change.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        # sudo: draws that one may not read count all the same
        if self.sudo().draw_ids:
            raise UserError(self.env._("A credit that was drawn is kept."))

    def _refuse_engine_fields(self, vals):
        if ENGINE_FIELDS & vals.keys() and not self.env.su:
            raise UserError(self.env._("Credits are drawn by the billing alone."))

    # ------------------------------------------------------------------ engine
    @api.model
    def _open_purse(self, subscriptions):
        """The books of subscriptions, to be counted down while rows are prepared."""
        # sudo: a credit that one may not read pays all the same
        books = self.sudo().search([("subscription_id", "in", subscriptions.ids)])
        return Purse([book._to_book() for book in books])

    def _to_book(self):
        return Book(
            id=self.id,
            subscription_id=self.subscription_id.id,
            kind=self.kind,
            meter_id=self.meter_id.id,
            balance=exact(self.bought) - exact(self.drawn),
            first=self.date_from,
            last=self.date_to or date.max,
        )

    @api.model
    def _audit_draws(self):
        """Books whose draws do not sum to what is drawn."""
        # sudo: the audit looks at every company
        books = self.sudo().search([("draw_ids", "!=", False)])
        broken = books.filtered(
            lambda book: round(sum(book.draw_ids.mapped("quantity")) - book.drawn, 6)
        )
        return AuditFinding(
            broken=len(broken), res_model=self._name, res_ids=tuple(broken.ids)
        )
