from odoo import api, fields, models
from odoo.tools import split_every

from odoo.addons.crm_ext_core.models.crm_batch_run import OPEN_STATES

PART = 250  # subscriptions a unit


class CrmPriceSimulation(models.TransientModel):
    """A large book as a run: forecast part by part, with its progress, then summed."""

    _inherit = "crm.price.simulation"

    run_id = fields.Many2one("crm.batch.run", readonly=True, ondelete="set null")
    is_running = fields.Boolean(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")

    @api.depends("run_id.state", "run_id.unit_ids.state")
    def _compute_progress(self):
        for simulation in self:
            # sudo: how far it is concerns whoever started it
            run = simulation.sudo().run_id
            simulation.is_running = run.state in OPEN_STATES
            simulation.progress = run.progress if run else 0.0

    def action_refresh(self):
        """Look again how far the run is."""
        return True

    def _clear(self):
        open_run = self.run_id.filtered(lambda run: run.state in OPEN_STATES)
        open_run.action_cancel()
        self.write({"run_id": False, "is_done": False})
        return super()._clear()

    def _enqueue_book(self, subscriptions):
        self.run_id = self.env["crm.batch.run"]._enqueue(
            "price_simulation",
            [
                {"res_id": self.id, "payload": {"ids": list(ids)}}
                for ids in split_every(PART, subscriptions.ids)
            ],
            name=self.display_name,
        )

    @api.model
    def _batch_process(self, run, units):
        """Forecast some subscriptions (kind "price_simulation")."""
        for unit in units:
            simulation = self.browse(unit.res_id).exists()
            found = self.env["crm.subscription"].browse(unit.payload["ids"]).exists()
            if simulation.run_id == run:
                simulation._forecast_book(found)

    @api.model
    def _batch_done(self, run):
        self.search([("run_id", "=", run.id)])._conclude_book()

    @api.model
    def _batch_unit_label(self, unit):
        return self.browse(unit.res_id).exists().display_name or "-"
