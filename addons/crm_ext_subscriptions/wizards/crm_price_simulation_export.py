import base64

from odoo import models
from odoo.exceptions import UserError

from ..tools.table_file import to_csv, to_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_PRICES = (
    "scenario_id",
    "date",
    "line_id",
    "p0",
    "p1",
    "percent",
    "period_amount",
    "year_amount",
    "effect_year",
    "outcome",
    "limit_kind",
    "reason",
)
OF_RESULTS = (
    "scenario_id",
    "subscription_id",
    "partner_id",
    "plan_id",
    "index_id",
    "user_id",
    "outcome",
    "first_date",
    "revision_count",
    "old_year",
    "new_year",
    "effect_year",
    "effect_month",
    "percent",
    "limit_kinds",
    "reason",
)
OF_CUSTOMERS = (
    "scenario_id",
    "partner_id",
    "subscription_count",
    "old_year",
    "new_year",
    "effect_year",
    "effect_month",
    "percent",
    "is_over",
)


class CrmPriceSimulation(models.TransientModel):
    """The simulation as a workbook or as CSV."""

    _inherit = "crm.price.simulation"

    def action_export_xlsx(self):
        return self._download("xlsx", XLSX, to_workbook(self._prepare_sheets()))

    def action_export_csv(self):
        records, names = self._get_main_table()
        return self._download("csv", "text/csv", to_csv(self._to_rows(records, names)))

    def _get_main_table(self):
        if not self.is_done:
            raise UserError(self.env._("Simulate first."))
        if self.is_book:
            return self.result_ids, OF_RESULTS
        return self.price_ids, OF_PRICES

    def _prepare_sheets(self):
        records, names = self._get_main_table()
        sheets = [
            (self._get_sheet_name(table["title"]), self._read_table(table))
            for table in self.figures["tables"]
        ]
        sheets.append((self.env._("Details"), self._to_rows(records, names)))
        if self.is_book:
            customers = self._to_rows(self.customer_ids, OF_CUSTOMERS)
            sheets.append((self.env._("Customers"), customers))
        notes = [[self.env._("Suppositions")], *[[n] for n in self.figures["notes"]]]
        return [*sheets, (self.env._("Suppositions"), notes)]

    def _get_sheet_name(self, title):
        """A workbook allows 31 letters, and not these."""
        return "".join(letter for letter in title if letter not in "[]:*?/\\")

    def _read_table(self, table):
        rows = [
            [row["label"], *[cell["main"] for cell in row["cells"]]]
            for row in table["rows"]
        ]
        return [table["header"], *rows]

    def _to_rows(self, records, names):
        """A header in the reader's language, then a row a record."""
        fields_read = records.fields_get(names, ["string", "type", "selection"])
        header = [fields_read[name]["string"] for name in names]
        selections = {
            name: dict(fields_read[name]["selection"])
            for name in names
            if fields_read[name]["type"] == "selection"
        }
        rows = [
            [self._to_cell(record[name], selections.get(name)) for name in names]
            for record in records
        ]
        return [header, *rows]

    def _to_cell(self, value, selection):
        if selection is not None:
            return selection.get(value, "")
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        if isinstance(value, bool):
            return "x" if value else ""
        return value

    def _download(self, extension, mimetype, content):
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.display_name}.{extension}",
                "datas": base64.b64encode(content),
                "mimetype": mimetype,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }
