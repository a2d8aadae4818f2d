from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmForecastSnapshot(models.Model):
    """Snapshots of past months, made afterwards by a batch run, month by month."""

    _inherit = "crm.forecast.snapshot"

    @api.model
    def _enqueue_past(self, months):
        """A run that makes the snapshots that past months lack; none, no run."""
        units = [
            {"payload": {"day": fields.Date.to_string(day)}}
            for day in self._find_lacking(months)
        ]
        runs = self.env["crm.batch.run"]
        if not units:
            return runs
        name = self.env._("Forecasts of past months")
        return runs._enqueue("forecast_past", units, name=name)

    @api.model
    def _find_lacking(self, months):
        """The first days of the past months without a snapshot, the oldest first."""
        today = fields.Date.context_today(self)
        first = today.replace(day=1)
        days = [first - relativedelta(months=back) for back in range(months, -1, -1)]
        known = self.search([("date", ">=", days[0])]).mapped("date")
        has = {date.replace(day=1) for date in known}
        return [day for day in days if day not in has and day < today]

    @api.model
    def _batch_process(self, _run, units):
        for unit in units:
            day = fields.Date.to_date(unit.payload["day"])
            if not self._rebuild([day]):
                raise UserError(
                    self.env._(
                        "Too few opportunities had been closed by then to learn from "
                        "(set-up: closed opportunities needed)."
                    )
                )

    @api.model
    def _batch_unit_label(self, unit):
        return unit.payload["day"]

    @api.model
    def _rebuild(self, days):
        """Take the snapshots of these days, each with what had been learnt by then; the
        weights in use are those of today again afterwards."""
        weights = self.env["crm.forecast.weight"]
        taken = self.browse()
        for day in days:
            weights._learn(day)
            taken += self._take(day, rebuilt=True)
        weights._learn(fields.Date.context_today(self))
        return taken

    @api.model
    def _rebuild_past(self, months):
        """At once, without a run: for demonstration data."""
        return self._rebuild(self._find_lacking(months))
