from odoo import api, fields, models

from ..tools.indexation import exact
from ..tools.usage_tariff import Tier

LAST_RANK = 1e15


class CrmUsageTier(models.Model):
    """A step of a tariff: the price of the units up to a bound."""

    _name = "crm.usage.tier"
    _description = "Tier of a usage tariff"
    _order = "usage_price_id, rank, id"

    usage_price_id = fields.Many2one(
        "crm.usage.price", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="usage_price_id.company_id", store=True)
    currency_id = fields.Many2one(related="usage_price_id.currency_id")
    up_to = fields.Float(
        digits=(18, 6),
        min_display_digits="Product Unit",
        help="Last unit at this price; 0: all the others.",
    )
    price_unit = fields.Float(
        string="Price", digits=0, min_display_digits="Product Price", required=True
    )
    fee = fields.Monetary(help="Due once, when the first unit falls into the tier.")
    rank = fields.Float(compute="_compute_rank", store=True, precompute=True)

    @api.depends("up_to")
    def _compute_rank(self):
        for tier in self:
            tier.rank = tier.up_to or LAST_RANK

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers.usage_price_id._refuse_in_use()
        return tiers

    def write(self, vals):
        self.usage_price_id._refuse_in_use()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.usage_price_id._refuse_in_use()

    def _to_tier(self):
        return Tier(
            up_to=exact(self.up_to) if self.up_to else None,
            price=exact(self.price_unit),
            fee=exact(self.fee),
        )

    def _get_label(self):
        price = self.usage_price_id
        text = price._money(self.price_unit, digits=4)
        if price.mode == "package":
            return self.env._(
                "%(price)s for each %(units)s units begun",
                price=text,
                units=price._units(price.package_size),
            )
        if self.up_to:
            return self.env._(
                "up to %(units)s: %(price)s a unit",
                units=price._units(self.up_to),
                price=text,
            )
        return self.env._("beyond: %(price)s a unit", price=text)
