from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools.misc import format_date

from ..tools.mrr_figures import KINDS, cohorts, month_ends

MONTHS = 12  # at least, in the curve
WIDEST = 36  # months after the start, in the table of cohorts


class CrmMrrReport(models.TransientModel):
    """The parts of the page that are tables: curve, products, cohorts."""

    _inherit = "crm.mrr.report"

    def _get_month_count(self):
        months = len(month_ends(self.date_from, self.date_to))
        return min(max(MONTHS, months), WIDEST)

    # ------------------------------------------------------------------ curve
    def _prepare_curve(self, scope):
        """MRR at the end of each month, and what moved in it by kind."""
        months = self._get_month_count()
        level, moves = self._moves._read_curve(scope, months)
        first = self.date_to.replace(day=1) - relativedelta(months=months - 1)
        ends = month_ends(first, self.date_to)
        labels, totals = dict(self._get_kind_labels()), []
        for day in ends:
            month = day.replace(day=1)
            level += sum(
                (moves.get((month, kind), Decimal(0)) for kind in KINDS),
                start=Decimal(0),
            )
            totals.append(float(level))
        return {
            "months": [format_date(self.env, day, date_format="MMM y") for day in ends],
            "keys": [str(day.replace(day=1)) for day in ends],
            "total_label": self.env._("MRR at the end of the month"),
            "totals": totals,
            "series": [
                {"kind": kind, "label": labels[kind], "values": values}
                for kind in KINDS
                if any(values := self._get_series(moves, kind, ends))
            ],
        }

    def _get_series(self, moves, kind, ends):
        return [float(moves.get((day.replace(day=1), kind), 0)) for day in ends]

    def _get_kind_labels(self):
        return self._moves._fields["kind"]._description_selection(self.env)

    # ------------------------------------------------------------------ products
    def _prepare_products(self, scope):
        rows = self._moves._read_customers_by_product(scope)
        names = self._get_product_names(rows)
        return [self._prepare_product(row, names) for row in rows]

    def _get_product_names(self, rows):
        ids = [row["product_id"] for row in rows if row["product_id"]]
        # sudo: who reads the MRR of a product may read its name
        products = self.env["product.product"].sudo().browse(ids)
        return {product.id: product.display_name for product in products}

    def _prepare_product(self, row, names):
        customers = self._to_customers(row)
        return {
            "id": row["product_id"],
            "name": names.get(row["product_id"]) or "-",
            "start": customers.start,
            "lost": customers.lost,
            "churn": self._format_percent(customers.churn.value),
            "opening": self._format_money(customers.opening),
            "given_up": self._format_money(customers.given_up),
            "revenue_churn": self._format_percent(customers.revenue_churn.value),
        }

    # ------------------------------------------------------------------ cohorts
    def _prepare_cohorts(self, scope):
        changes = self._moves._read_cohorts(scope)
        found = cohorts(changes, self.date_from, self.date_to, WIDEST)
        return {
            "width": max((len(cohort.cells) for cohort in found), default=0),
            "rows": [
                {
                    "month": str(cohort.month),
                    "label": format_date(self.env, cohort.month, date_format="MMM y"),
                    "size": cohort.cells[0].customers,
                    "cells": [self._prepare_cell(cell) for cell in cohort.cells],
                }
                for cohort in reversed(found)
            ],
        }

    def _prepare_cell(self, cell):
        return {
            "customers": self._prepare_rate(cell.customer_rate, str(cell.customers)),
            "revenue": self._prepare_rate(
                cell.revenue_rate, self._format_money(cell.revenue)
            ),
        }

    def _prepare_rate(self, rate, text):
        percent = None if rate.value is None else round(float(rate.value * 100))
        return {
            "label": "-" if percent is None else f"{percent}\u00a0%",
            "shade": min(max(percent or 0, 0), 120),
            "title": text,
        }
