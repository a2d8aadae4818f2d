from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_ext_core.tools.hooks import SegmentCriterion

PEOPLE = "res.partner"


class CrmHooks(models.AbstractModel):
    """The criteria of segments on what a customer holds: subscriptions and orders.

    They are read of the company, so its people and their leads share them.
    """

    _inherit = "crm.hooks"

    @api.model
    def _segment_criteria(self):
        return super()._segment_criteria() | self._criteria_of_holdings()

    def _criteria_of_holdings(self):
        env = self.env
        group = env._("Products held")
        return {
            "subscription_any": SegmentCriterion(
                label=env._("Has a running subscription"),
                group=group,
                model=PEOPLE,
                domain=tuple(_subscribes(Domain.TRUE)),
            ),
            "subscription_product": SegmentCriterion(
                label=env._("Has a running subscription of"),
                group=group,
                inputs=("records",),
                comodel="product.product",
                domains={PEOPLE: lambda _env, value: _subscribes_to(value)},
                paths=_path("crm_subscription_ids.line_ids.product_id"),
            ),
            "subscription_renewal": SegmentCriterion(
                label=env._("Subscription at its term within"),
                group=group,
                inputs=("days",),
                domains={PEOPLE: lambda _env, value: _ends_within(value)},
                paths=_path("crm_subscription_ids.date_term"),
            ),
            "subscription_closed": SegmentCriterion(
                label=env._("Subscription closed in the last days"),
                group=group,
                inputs=("days",),
                domains={PEOPLE: lambda _env, value: _closed_since(value)},
                paths=_path("crm_subscription_ids.date_end"),
            ),
            "product_ordered": self._ordered_criterion(group),
        }

    def _ordered_criterion(self, group):
        return SegmentCriterion(
            label=self.env._("Has ordered"),
            group=group,
            inputs=("records", "days"),
            comodel="product.product",
            domains={PEOPLE: lambda _env, value: _ordered(value)},
            paths=_path("sale_order_ids.order_line.product_id"),
        )


def _path(path):
    return {PEOPLE: path, "crm.lead": f"partner_id.{path}"}


def _subscribes(inside):
    running = Domain("state", "in", ("running", "paused")) & inside
    return Domain("commercial_partner_id.crm_subscription_ids", "any", list(running))


def _subscribes_to(value):
    return _subscribes(Domain("line_ids.product_id", "in", list(value.ids)))


def _ends_within(value):
    return _subscribes(
        Domain("date_term", ">=", "today")
        & Domain("date_term", "<=", f"today +{value.days}d")
    )


def _closed_since(value):
    inside = Domain("state", "=", "closed")
    inside &= Domain("date_end", ">=", f"today -{value.days}d")
    return Domain("commercial_partner_id.crm_subscription_ids", "any", list(inside))


def _ordered(value):
    inside = Domain("state", "=", "sale")
    inside &= Domain("order_line.product_id", "in", list(value.ids))
    if value.days:
        inside &= Domain("date_order", ">=", f"today -{value.days}d")
    inside = list(inside)
    return Domain.OR(
        Domain(path, "any", inside)
        for path in (
            "sale_order_ids",
            "commercial_partner_id.sale_order_ids",
            "commercial_partner_id.child_ids.sale_order_ids",
        )
    )
