import base64
import io

import xlsxwriter

from odoo import fields, models


class CrmMrrReport(models.TransientModel):
    """The page as a workbook: numbers as numbers, a sheet a table."""

    _inherit = "crm.mrr.report"

    export_file = fields.Binary(compute="_compute_export_file")

    def _compute_export_file(self):
        for report in self:
            report.export_file = base64.b64encode(report._export())

    def action_export(self):
        """Download the figures of the page."""
        self.ensure_one()
        name = f"mrr-{self.date_from}-{self.date_to}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/export_file/{name}"
            "?download=true",
            "target": "download",
        }

    def _export(self):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            bold = book.add_format({"bold": True, "bottom": 1})
            formats = {
                "money": book.add_format({"num_format": "#,##0.00"}),
                "percent": book.add_format({"num_format": "0.0%"}),
                "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            }
            for name, header, rows in self._get_export_sheets():
                sheet = book.add_worksheet(name[:31])
                sheet.freeze_panes(1, 0)
                sheet.set_column(0, 0, 42)
                sheet.set_column(1, max(len(header), 2), 16)
                sheet.write_row(0, 0, header, bold)
                self._write_rows(sheet, rows, formats)
        return buffer.getvalue()

    def _write_rows(self, sheet, rows, formats):
        """A cell is a value, or a (value, format's name) pair."""
        for rank, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                value, form = cell if isinstance(cell, tuple) else (cell, None)
                if value is not None:
                    sheet.write(rank, column, value, formats.get(form))

    def _get_export_sheets(self):
        """(name, header, rows) of each sheet."""
        env = self.env
        scope = self._to_scope()
        opening, moves = self._moves._read_bridge(scope)
        summary = self._summarise(scope, opening, moves)
        amount = env._("Amount")
        return [
            (
                env._("Figures"),
                [env._("Figure"), env._("Value"), env._("Definition")],
                [*self._get_export_figures(summary), *self._get_export_scope()],
            ),
            (
                env._("Bridge"),
                [env._("Step"), amount],
                self._get_export_bridge(opening, moves),
            ),
            (
                env._("Products"),
                self._get_product_header(),
                self._get_export_products(scope),
            ),
            (
                env._("Moves"),
                [env._("Month"), env._("Kind"), amount],
                self._get_export_curve(scope),
            ),
            (
                env._("Cohorts, customers"),
                self._get_cohort_header(),
                self._get_export_cohorts(scope, revenue=False),
            ),
            (
                env._("Cohorts, MRR"),
                self._get_cohort_header(),
                self._get_export_cohorts(scope, revenue=True),
            ),
        ]

    def _get_cohort_header(self):
        after = [f"+{rank}" for rank in range(self._get_month_count())]
        return [self.env._("Started in"), self.env._("Customers"), *after]

    def _get_product_header(self):
        env = self.env
        return [
            env._("Product"),
            env._("Customers at the start"),
            env._("Customers lost"),
            env._("Customer churn"),
            env._("MRR at the start"),
            env._("Churn and contraction"),
            env._("Revenue churn"),
        ]
