from odoo import api, models

from ..tools.import_preview import pack_together
from ..tools.usage_intake import IntakeFault, read_file_event

UNIT_ROWS = 500


class CrmSubscriptionImportUsage(models.AbstractModel):
    """Files of usage: each row is an event, recorded as the API does."""

    _name = "crm.subscription.import.usage"
    _description = "Import of usage"

    @api.model
    def _check_rights(self):
        self.env["crm.usage.event"].check_access("create")

    @api.model
    def _pack(self, rows):
        """So many rows a unit; those of one key are told apart by the first one."""
        keys = [
            (row.values.get("meter"), row.values.get("key") or row.mark) for row in rows
        ]
        for ranks in pack_together(keys, UNIT_ROWS):
            yield [rows[rank] for rank in ranks]

    @api.model
    def _foresee(self, rows):
        """What would become of the rows: {number: (outcome, reason)}."""
        return self._treat(rows, "_foresee_readings")

    @api.model
    def _carry_out(self, rows):
        return self._treat(rows, "_record")

    def _treat(self, rows, method):
        fates = {
            row.number: ("rejected", self.env["crm.import.reject"]._explain(row.faults))
            for row in rows
            if row.faults
        }
        good = [row for row in rows if not row.faults]
        zones = self._get_zones(good)
        readings = [self._read(row, zones) for row in good]
        answers = getattr(self.env["crm.usage.event"], method)(readings, "file")
        for row, answer in zip(good, answers, strict=True):
            outcome = answer["status"].replace("refused", "rejected")
            fates[row.number] = (outcome, answer["message"])
        return fates

    def _get_zones(self, rows):
        """{meter code: time zone}: times in files are local to the meter."""
        codes = {row.values["meter"] for row in rows}
        meters = self.env["crm.usage.event"]._load_meters(codes)
        return {code: meters[code].zone for code in codes if code in meters}

    def _read(self, row, zones):
        values = {"key": row.mark} | row.values
        try:
            return read_file_event(values, zones.get(values["meter"]))
        except IntakeFault as fault:
            return fault
