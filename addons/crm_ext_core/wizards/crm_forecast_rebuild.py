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
        """Start the run that takes the snapshots of the months that have none."""
        self.ensure_one()
        snapshots = self.env["crm.forecast.snapshot"]
        snapshots._check_may_take()
        run = snapshots._enqueue_past(self.months)
        if not run:
            raise UserError(
                self.env._("Nothing to make: each of these months has a forecast.")
            )
        return run.get_formview_action()
