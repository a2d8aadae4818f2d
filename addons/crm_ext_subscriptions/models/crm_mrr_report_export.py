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
        _ = self.env._
        scope = self._to_scope()
        opening, moves = self._moves._read_bridge(scope)
        summary = self._summarise(scope, opening, moves)
        amount = _("Amount")
        return [
            (
                _("Figures"),
                [_("Figure"), _("Value"), _("Definition")],
                [*self._get_export_figures(summary), *self._get_export_scope()],
            ),
            (
                _("Bridge"),
                [_("Step"), amount],
                self._get_export_bridge(opening, moves),
            ),
            (
                _("Products"),
                self._get_product_header(),
                self._get_export_products(scope),
            ),
            (
                _("Moves"),
                [_("Month"), _("Kind"), amount],
                self._get_export_curve(scope),
            ),
            (
                _("Cohorts, customers"),
                self._get_cohort_header(),
                self._get_export_cohorts(scope, revenue=False),
            ),
            (
                _("Cohorts, MRR"),
                self._get_cohort_header(),
                self._get_export_cohorts(scope, revenue=True),
            ),
        ]

    def _get_cohort_header(self):
        after = [f"+{rank}" for rank in range(self._get_month_count())]
        return [self.env._("Started in"), self.env._("Customers"), *after]

    def _get_product_header(self):
        _ = self.env._
        return [
            _("Product"),
            _("Customers at the start"),
            _("Customers lost"),
            _("Customer churn"),
            _("MRR at the start"),
            _("Churn and contraction"),
            _("Revenue churn"),
        ]
