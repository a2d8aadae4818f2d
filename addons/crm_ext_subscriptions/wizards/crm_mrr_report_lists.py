from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

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


class CrmMrrReport(models.TransientModel):
    """The list behind each figure: moves, or customers."""

    _inherit = "crm.mrr.report"

    def action_open(self, code, key=None):
        """Open what a figure is made of.

        :param code: of a tile, a step of the bridge, `product_start`, `product_lost`,
            or `cohort`
        :param key: a product's id; for a cohort, "start month/months after"
        """
        self.ensure_one()
        if code in CUSTOMERS:
            return self._open_customers(code, self._to_scope(), CUSTOMERS[code])
        if code in ("product_start", "product_lost"):
            return self._open_product(code, int(key))
        if code == "cohort":
            return self._open_cohort(key)
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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_mrr_move_action"
        )
        return action | {
            "name": self._get_list_name(code),
            "domain": domain,
            "context": {"group_by": [group], "create": False},
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
        }

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
