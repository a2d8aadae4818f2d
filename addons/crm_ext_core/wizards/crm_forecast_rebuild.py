from odoo import fields, models
from odoo.exceptions import UserError


class CrmForecastRebuild(models.TransientModel):
    """Makes a first history of forecasts from what the leads' histories kept."""

    _name = "crm.forecast.rebuild"
    _description = "Forecasts of past months"

    months = fields.Integer(string="Months to look back", default=12, required=True)

    _months_bounds = models.Constraint(
        "CHECK (months BETWEEN 1 AND 36)", "Months: choose a number from 1 to 36."
    )

    def action_rebuild(self):
        """Take the snapshots of the months that have none."""
        self.ensure_one()
        snapshots = self.env["crm.forecast.snapshot"]
        snapshots._check_may_take()
        if not snapshots._rebuild(self.months):
            raise UserError(
                self.env._(
                    "No forecast could be made again: each of these months has one "
                    "already, or too few opportunities had been closed by then to "
                    "learn from (set-up: closed opportunities needed)."
                )
            )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_forecast_snapshot_action"
        )
