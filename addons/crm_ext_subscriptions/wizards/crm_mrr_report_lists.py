from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.mrr_figures import GAINED, LOST

CUSTOMERS = {
    "customers": "paying",
    "arpa": "paying",
    "churn": "start",
    "lost": "lost",
    "start": "start",
    "lifetime_value": "lost",
    "revenue_churn": "retained",
    "retention": "retained",
}


PRODUCTS = ("product_start", "product_lost", "product_retained")


class CrmMrrReport(models.TransientModel):
    """The list behind each figure: moves, or customers."""

    _inherit = "crm.mrr.report"

    def action_open(self, code, key=None):
        """Open what a figure is made of.

        :param code: of a tile, a step of the bridge, one of PRODUCTS, `cohort` or
            `curve`
        :param key: a product's id; for a cohort, "start month/months after"; for a
            point of the curve, "month/kind", without a kind for the MRR at its end
        """
        self.ensure_one()
        if code in CUSTOMERS:
            return self._open_customers(code, self._to_scope(), CUSTOMERS[code])
        if code in PRODUCTS:
            return self._open_product(code, int(key))
        if code == "cohort":
            return self._open_cohort(key)
        if code == "curve":
            return self._open_curve(key)
        return self._open_moves(code)

    # ------------------------------------------------------------------ moves
    def _open_moves(self, code):
        scope = self._to_scope()
        domains = {
            "mrr": scope.get_state_domain(self.date_to),
            "arr": scope.get_state_domain(self.date_to),
            "closing": scope.get_state_domain(self.date_to),
            "opening": [*scope.get_known_domain(), ("date", "<", self.date_from)],
            "growth": scope.get_period_domain(),
            "quick_ratio": [
                *scope.get_period_domain(),
                ("kind", "in", [*GAINED, *LOST]),
            ],
        }
        domain = domains.get(code) or self._get_step_domain(scope, code)
        group = "partner_id" if code in ("mrr", "arr", "opening", "closing") else "kind"
        return self._show_moves(self._get_list_name(code), domain, group)

    def _show_moves(self, name, domain, group):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_mrr_move_action"
        )
        return action | {
            "name": name,
            "domain": domain,
            "context": {"group_by": [group], "create": False},
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
        }

    def _open_curve(self, key):
        """What moved in a month, of one kind, or what the MRR at its end is made of."""
        month, _sep, kind = key.partition("/")
        first = fields.Date.to_date(month)
        last = min(first + relativedelta(months=1, days=-1), self.date_to)
        scope, labels = self._to_scope(), dict(self._get_kind_labels())
        when = format_date(self.env, first, date_format="MMM y")
        if kind not in labels:
            name = self.env._("MRR, end of %(month)s", month=when)
            return self._show_moves(name, scope.get_state_domain(last), "partner_id")
        domain = replace(scope, date_from=first, date_to=last).get_period_domain()
        name = self.env._("%(kind)s, %(month)s", kind=labels[kind], month=when)
        return self._show_moves(name, [*domain, ("kind", "=", kind)], "partner_id")

    def _get_step_domain(self, scope, code):
        kind, _sep, revised = code.partition(":")
        if kind not in dict(self._get_kind_labels()):
            raise UserError(self.env._("There is nothing to open here."))
        cause = ("cause", "=" if revised == "1" else "!=", "revision")
        return [*scope.get_period_domain(), ("kind", "=", kind), cause]

    def _get_list_name(self, code):
        kind, _sep, revised = code.partition(":")
        labels = self._get_figure_labels() | {
            "opening": self.env._("MRR at the start"),
            "closing": self.env._("MRR at the end"),
        }
        return labels.get(code) or self._get_step_labels()[kind, revised == "1"]

    # ------------------------------------------------------------------ customers
    def _open_product(self, code, product_id):
        scope = self._to_scope()
        filters = (*scope.filters, ("product_id", (product_id,)))
        choice = code.removeprefix("product_")
        return self._open_customers(
            f"{code}:{product_id}",
            replace(scope, filters=filters),
            choice,
            by_product=True,
        )

    def _open_cohort(self, key):
        """Those who started in a month, some months later."""
        month, rank = key.split("/")
        start = fields.Date.to_date(month)
        after = start + relativedelta(months=int(rank) + 1, days=-1)
        scope = self._to_scope()
        partners = self._moves._find_cohort(scope, start)
        return self._open_customers(
            f"cohort:{key}",
            replace(
                scope,
                date_from=start + relativedelta(months=1),
                date_to=min(after, self.date_to),
                filters=(*scope.filters, ("partner_id", tuple(partners))),
            ),
            "all",
        )

    def _open_customers(self, code, scope, choice, by_product=False):
        domain = self.env["crm.mrr.report.line"]._fill(
            self, code, scope, choice, by_product=by_product
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_mrr_report_line_action"
        )
        return action | {
            "name": self._get_customers_name(code),
            "domain": list(domain),
            "context": {"create": False},
        }

    @api.model
    def _get_customers_name(self, code):
        env = self.env
        names = {
            "customers": env._("Paying customers"),
            "arpa": env._("Paying customers"),
            "lost": env._("Customers lost"),
            "lifetime_value": env._("Customers lost"),
            "product_lost": env._("Customers lost"),
            "cohort": env._("Customers of the cohort"),
        }
        start = env._("Customers at the start of the period")
        return names.get(code.partition(":")[0], start)
