from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..models.crm_subscription_line_version import KINDS

# which fields of the window each kind of change reads
ASKED = {
    "quantity": ("line_id", "quantity"),
    "add_line": ("product_id", "quantity", "price_unit", "discount"),
    "remove_line": ("line_id",),
    "price": ("line_id", "price_unit"),
    "discount": ("line_id", "discount", "date_until"),
    "swap": ("line_id", "product_id", "quantity", "price_unit", "discount"),
    "swap_plan": ("plan_id",),
    "tariff": ("line_id", "usage_price_id", "price_unit"),
    "pause": ("resume_date",),
    "close": ("reason_id", "waive"),
    "reopen": ("date_end",),
    "renew": ("date_end",),
    "transfer": ("partner_id",),
}
# zero says something here; elsewhere an empty field says nothing
NUMBERS = ("quantity", "price_unit", "discount")


class CrmSubscriptionAmend(models.TransientModel):
    """One window a change: what, from when, and its effect before it is confirmed."""

    _name = "crm.subscription.amend"
    _description = "Change a subscription"

    subscription_id = fields.Many2one("crm.subscription", required=True)
    company_id = fields.Many2one(related="subscription_id.company_id")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default="quantity", string="Change")
    timing = fields.Selection(
        [
            ("next", "From the next period on"),
            ("today", "From today on"),
            ("date", "From a date on"),
        ],
        string="When",
        default="next",
        required=True,
    )
    date = fields.Date(default=fields.Date.context_today)
    line_id = fields.Many2one(
        "crm.subscription.line",
        domain="[('subscription_id', '=', subscription_id), "
        "('line_type', '=', 'usage' if kind == 'tariff' else 'recurring'), "
        "('display_type', '=', False)]",
    )
    usage_price_id = fields.Many2one(
        "crm.usage.price",
        string="New tariff",
        check_company=True,
        domain="[('currency_id', '=', currency_id)]",
        help="Empty: each unit costs the unit price.",
    )
    product_id = fields.Many2one(
        "product.product", check_company=True, domain=[("sale_ok", "=", True)]
    )
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    price_unit = fields.Float(
        digits=0,
        min_display_digits="Product Price",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    discount = fields.Float(
        string="Disc.%",
        digits="Discount",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    date_until = fields.Date(string="Until before", help="Empty: for good.")
    item_ids = fields.One2many(
        "crm.subscription.amend.item",
        "amend_id",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
        string="Lines",
    )
    plan_id = fields.Many2one("crm.subscription.plan", check_company=True)
    resume_date = fields.Date(string="Resumes on", help="Empty: until it is resumed.")
    reason_id = fields.Many2one("crm.close.reason")
    waive = fields.Boolean(string="Waive the early-termination amount")
    minimum_until = fields.Date(related="subscription_id.minimum_until")
    date_end = fields.Date(
        string="New end", help="Empty: as long as the contract says."
    )
    partner_id = fields.Many2one("res.partner", string="New customer")
    settle = fields.Selection(
        [("next", "With the next invoice"), ("now", "At once")],
        string="Credit or supplement",
        default="next",
        required=True,
    )
    note = fields.Char(string="Comment")
    problem = fields.Char(compute="_compute_effect")
    effect_html = fields.Html(compute="_compute_effect", sanitize=False)

    @api.onchange("kind")
    def _onchange_kind(self):
        """A tariff is that of a usage line, the other terms those of a recurring one;
        where there is but one, it is the one."""
        wanted = "usage" if self.kind == "tariff" else "recurring"
        if self.line_id.line_type == wanted:
            return
        lines = self.subscription_id.line_ids.filtered(
            lambda line: line.line_type == wanted and not line.display_type
        )
        self.line_id = lines if len(lines) == 1 else False

    @api.depends("line_id", "product_id", "kind", "subscription_id", "usage_price_id")
    def _compute_terms(self):
        """What is in force, to be changed; the catalogue's price of a new product."""
        for wizard in self:
            line = wizard.line_id
            wizard.quantity = line.current_quantity or 1.0
            wizard.discount = line.current_discount
            wizard.price_unit = (
                wizard._get_new_price()
                if wizard.kind in ("add_line", "swap")
                else line.current_price_unit
            )
            if wizard.kind == "tariff" and wizard.usage_price_id:
                wizard.price_unit = 1.0  # the tariff as it stands

    def _get_new_price(self):
        if not self.product_id:
            return 0.0
        line = self.env["crm.subscription.line"].new(
            {
                "subscription_id": self.subscription_id._origin.id,
                "product_id": self.product_id._origin.id or self.product_id.id,
            }
        )
        return line._get_catalogue_price(fields.Date.context_today(self))

    @api.depends("kind", "subscription_id")
    def _compute_item_ids(self):
        for wizard in self:
            if wizard.kind not in ("upsell", "downsell"):
                wizard.item_ids = [Command.clear()]
                continue
            subscription = wizard.subscription_id._origin or wizard.subscription_id
            lines = subscription._get_amendable_lines(fields.Date.context_today(self))
            wizard.item_ids = [
                Command.create(
                    {
                        "line_id": line.id,
                        "product_id": line.product_id.id,
                        "quantity": line.current_quantity,
                        "price_unit": line.current_price_unit,
                        "discount": line.current_discount,
                    }
                )
                for line in lines
            ]

    @api.depends(
        "kind",
        "timing",
        "date",
        "line_id",
        "product_id",
        "quantity",
        "price_unit",
        "discount",
        "date_until",
        "item_ids.product_id",
        "item_ids.quantity",
        "item_ids.price_unit",
        "item_ids.discount",
        "plan_id",
        "usage_price_id",
        "resume_date",
        "reason_id",
        "waive",
        "date_end",
        "partner_id",
        "settle",
    )
    def _compute_effect(self):
        """Make the change, read its figures, and take it back."""
        for wizard in self:
            wizard.problem = wizard.effect_html = False
            if wizard._is_incomplete():
                continue
            subscription = wizard.subscription_id._origin or wizard.subscription_id
            try:
                effect = subscription.preview_amend(*wizard._to_amendment())
            except (UserError, ValidationError) as error:
                wizard.problem = str(error)
                continue
            wizard.effect_html = self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.amendment_effect",
                {"effect": effect, "currency": wizard.currency_id},
            )

    def _is_incomplete(self):
        """Whether something must be chosen before there is an effect to show."""
        needed = {
            name
            for name in ASKED.get(self.kind, ())
            if name in ("line_id", "product_id", "plan_id", "reason_id", "partner_id")
        }
        if self.kind == "discount":
            needed.discard("line_id")
        return any(not self[name] for name in needed) or (
            self.timing == "date" and not self.date
        )

    def action_confirm(self):
        """Make the change that was shown."""
        self.ensure_one()
        change = self.subscription_id._amend(*self._to_amendment())
        if change.successor_id:
            return {
                "type": "ir.actions.act_window",
                "res_model": "crm.subscription",
                "res_id": change.successor_id.id,
                "view_mode": "form",
            }
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------------ bridge
    def _to_amendment(self):
        """Kind, date and values as `crm.subscription.amend` takes them."""
        date = fields.Date.to_string(self.date) if self.timing == "date" else None
        return self.kind, date or self.timing, self._to_values()

    def _to_values(self):
        values = {"settle": self.settle, "note": self.note or None}
        for name in ASKED.get(self.kind, ()):
            value = self[name]
            if self._fields[name].type == "many2one":
                value = value._origin.id or value.id
            elif self._fields[name].type == "date":
                value = fields.Date.to_string(value) if value else None
            if value or name in NUMBERS:
                values[name] = value
        if self.kind in ("upsell", "downsell"):
            values["lines"] = [item._to_values() for item in self.item_ids]
        return values
