from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import formatLang

from ..tools.indexation import exact
from ..tools.usage_tariff import Tariff, TariffError, Tier

TERMS_FIELDS = {
    "mode",
    "allowance",
    "minimum",
    "package_size",
    "currency_id",
    "company_id",
    "tier_ids",
}


class CrmUsagePrice(models.Model):
    """A tariff: how the usage of a period becomes an amount.

    Once a confirmed line is billed by it, it stays as it is: another price is another
    tariff, which the line takes from a date on.
    """

    _name = "crm.usage.price"
    _description = "Usage tariff"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    mode = fields.Selection(
        [
            ("graduated", "Graduated: each unit at its tier's price"),
            ("volume", "Volume: all units at the price of the tier reached"),
            ("package", "Package: each package begun"),
        ],
        default="graduated",
        required=True,
    )
    package_size = fields.Float(
        string="Units in a package",
        digits=(18, 6),
        min_display_digits="Product Unit",
        default=1.0,
    )
    allowance = fields.Float(
        string="Free units",
        digits=(18, 6),
        min_display_digits="Product Unit",
        help="Units of a full period that cost nothing; fewer in a shorter period.",
    )
    minimum = fields.Monetary(
        string="Minimum commitment",
        help="Untaxed amount owed for a full period in any case.",
    )
    tier_ids = fields.One2many("crm.usage.tier", "usage_price_id", copy=True)
    version_ids = fields.One2many("crm.subscription.line.version", "usage_price_id")
    in_use = fields.Boolean(compute="_compute_in_use", compute_sudo=True)
    summary = fields.Text(compute="_compute_summary")

    @api.depends("version_ids")
    def _compute_in_use(self):
        used = {
            price
            for (price,) in self.env["crm.subscription.line.version"]._read_group(
                [("usage_price_id", "in", self.ids)], ["usage_price_id"]
            )
        }
        for price in self:
            price.in_use = price._origin in used

    @api.depends(
        "mode", "package_size", "allowance", "minimum", "currency_id", "tier_ids"
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for price in self:
            price.summary = "\n".join(price._get_summary_lines())

    def _get_summary_lines(self):
        lines = []
        if self.allowance:
            lines.append(
                self.env._("%(units)s units free", units=self._units(self.allowance))
            )
        lines += [tier._get_label() for tier in self.tier_ids]
        if self.minimum:
            lines.append(
                self.env._("at least %(amount)s", amount=self._money(self.minimum))
            )
        return lines

    def _units(self, value):
        return formatLang(self.env, value, digits=0 if value == int(value) else 3)

    def _money(self, value, digits=None):
        text = formatLang(
            self.env, value, digits=digits or self.currency_id.decimal_places
        )
        return f"{text} {self.currency_id.symbol}"

    @api.constrains("mode", "package_size", "allowance", "minimum", "tier_ids")
    def _check_tariff(self):
        for price in self:
            price._to_tariff()

    def write(self, vals):
        if TERMS_FIELDS & vals.keys():
            self._refuse_in_use()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._refuse_in_use()

    def _refuse_in_use(self):
        if used := self.filtered("in_use"):
            raise UserError(
                self.env._(
                    "%(names)s: subscriptions are billed by this tariff, so it stays "
                    "as it is. Duplicate it, and give the lines the copy from a date "
                    "on.",
                    names=", ".join(used.mapped("name")),
                )
            )

    def _check_takable(self, line):
        """A line takes a tariff of its company, in its currency; none is fine too."""
        if self and self.company_id != line.company_id:
            raise UserError(self.env._("Tariff: it belongs to another company."))
        if self and self.currency_id != line.currency_id:
            raise UserError(
                self.env._("Tariff: its currency is not the subscription's.")
            )
        return self

    # ------------------------------------------------------------------ bridge
    def _to_tariff(self):
        """The tariff as a value; without record, each unit at the line's price."""
        if not self:
            return Tariff()
        self.ensure_one()
        try:
            return Tariff(
                mode=self.mode,
                tiers=tuple(tier._to_tier() for tier in self.tier_ids.sorted("rank"))
                or (Tier(None, exact(1)),),
                allowance=exact(self.allowance),
                minimum=exact(self.minimum),
                package_size=exact(self.package_size),
            )
        except TariffError as error:
            raise ValidationError(self._explain(error.field)) from error

    def _explain(self, field):
        words = {
            "up_to": self.env._(
                "Tiers: exactly one has no upper bound (0), and no two have the same."
            ),
            "price": self.env._("Tiers: a price or a fee cannot be negative."),
            "tiers": self.env._("Tiers: a package has one price, without bound."),
            "package_size": self.env._(
                "Units in a package: enter a number above zero."
            ),
            "allowance": self.env._("Free units: they cannot be negative."),
            "minimum": self.env._("Minimum commitment: it cannot be negative."),
        }
        return words[field]
