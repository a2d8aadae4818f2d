from odoo import models

from ..tools.mrr_figures import cohorts
from ..tools.mrr_summary import bridge_steps
from .crm_mrr_report_page import COUNTS, PERCENT, PLAIN
from .crm_mrr_report_tables import WIDEST


class CrmMrrReport(models.TransientModel):
    """The rows of the workbook's sheets."""

    _inherit = "crm.mrr.report"

    def _get_export_figures(self, summary):
        helps, reasons = self._get_figure_definitions(), self._get_reasons()
        for code, label in self._get_figure_labels().items():
            value, reason = self._split(getattr(summary, code))
            form = "percent" if code in PERCENT else "money"
            if code in COUNTS | PLAIN:
                form = None
            number = "-" if value is None else (float(value), form)
            note = f" ({reasons[reason]})" if reason else ""
            yield label, number, helps[code] + note

    def _get_export_scope(self):
        """Which figures these are, under them."""
        names = ["company_id", "date_from", "date_to", "known_on", "product_ids"]
        names += ["plan_ids", "user_ids", "partner_ids"]
        labels = self.fields_get(names, ["string"])
        yield ("",)
        for name in names:
            value = self[name]
            if isinstance(value, models.BaseModel):
                value = ", ".join(value.mapped("display_name"))
            yield labels[name]["string"], (value or None, "day")

    def _get_export_bridge(self, opening, moves):
        labels = self._get_step_labels()
        yield self.env._("MRR at the start"), (float(opening), "money")
        for kind, revised, amount in bridge_steps(moves):
            yield labels[kind, revised], (float(amount), "money")
        closing = opening + sum(moves.values())
        yield self.env._("MRR at the end"), (float(closing), "money")

    def _get_export_products(self, scope):
        rows = self._moves._read_customers_by_product(scope)
        names = self._get_product_names(rows)
        for row in rows:
            customers = self._to_customers(row)
            yield (
                names.get(row["product_id"], "-"),
                customers.start,
                customers.lost,
                self._get_export_rate(customers.churn),
                (float(customers.opening), "money"),
                (float(customers.given_up), "money"),
                self._get_export_rate(customers.revenue_churn),
            )

    def _get_export_rate(self, rate):
        return "-" if rate.value is None else (float(rate.value), "percent")

    def _get_export_curve(self, scope):
        _level, moves = self._moves._read_curve(scope, self._get_month_count())
        labels = dict(self._get_kind_labels())
        for (month, kind), amount in sorted(moves.items()):
            yield (month, "day"), labels[kind], (float(amount), "money")

    def _get_export_cohorts(self, scope, revenue):
        """A row a cohort: its start, its size, then the share kept each month."""
        changes = self._moves._read_cohorts(scope)
        for cohort in cohorts(changes, self.date_from, self.date_to, WIDEST):
            rates = (
                cell.revenue_rate if revenue else cell.customer_rate
                for cell in cohort.cells
            )
            yield (
                (cohort.month, "day"),
                cohort.cells[0].customers,
                *map(self._get_export_rate, rates),
            )
