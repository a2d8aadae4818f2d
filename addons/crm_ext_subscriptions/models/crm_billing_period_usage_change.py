from odoo import models

REPRICED = "repriced"


class CrmBillingPeriod(models.Model):
    """Changes that reach usage billed already: a pause, an end, another tariff entered
    late. The rows are priced anew, the minimum commitment with them, and the difference
    is an adjustment, as for recurring rows."""

    _inherit = "crm.billing.period"

    def _adjust(self, cause, due_date, chains=None, **values):
        adjustments = super()._adjust(cause, due_date, chains, **values)
        usage = self._get_repriced_rows(values.get("change_id"))
        values |= {"cause": cause, "due_date": due_date}
        for line, rows in usage.grouped("line_id").items():
            adjustments += self.create(line._prepare_repriced(rows, values))
        return adjustments

    def _get_repriced_rows(self, change_id):
        """Live rows of usage; of a change, those of the lines that it changed."""
        rows = self.filtered(
            lambda row: row.line_id.line_type == "usage" and row._is_adjustable()
        )
        if not change_id:
            return rows
        change = self.env["crm.subscription.change"].browse(change_id)
        lines = change.version_ids.line_id
        return rows.filtered(lambda row: row.line_id in lines)
