from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_batch_run import OPEN_STATES

ROWS_AT_ONCE = 2_000  # a longer file is checked by the lanes
STATES = [
    ("draft", "File chosen"),
    ("checking", "Being checked"),
    ("checked", "Checked"),
    ("running", "Running"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
BATCH_STATES = {
    "queued": "running",
    "running": "running",
    "done": "done",
    "failed": "done",
    "cancelled": "cancelled",
}


class CrmImportMixin(models.AbstractModel):
    """A file that is checked first, nothing being created, then done by the lanes.

    A short file is checked at once. The rows of a long one are checked by the lanes:
    each unit keeps what it found in the place of its rows, so that a kill loses
    nothing, and the end of the run puts the preview together.

    Who inherits has `_check_unit(payload)`, what becomes of the rows of a unit, as
    JSON, and `_conclude_check(results)`, which puts together what the units found, in
    their order.
    """

    _name = "crm.import.mixin"
    _description = "File that is checked, then imported"

    preview = fields.Json(readonly=True)
    check_run_id = fields.Many2one(
        "crm.batch.run",
        string="Check",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    batch_run_id = fields.Many2one(
        "crm.batch.run",
        string="Batch run",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    state = fields.Selection(STATES, compute="_compute_state", store=True, index=True)
    progress = fields.Float(compute="_compute_progress", compute_sudo=True)
    check_problem = fields.Text(
        string="Why the check failed",
        compute="_compute_check_problem",
        compute_sudo=True,
    )

    @api.depends("preview", "check_run_id.state", "batch_run_id.state")
    def _compute_state(self):
        for run in self:
            idle = "checked" if run.preview else "draft"
            if run.check_run_id.state in OPEN_STATES:
                idle = "checking"
            run.state = BATCH_STATES.get(run.batch_run_id.state, idle)

    @api.depends("batch_run_id.unit_ids.state", "check_run_id.unit_ids.state")
    def _compute_progress(self):
        for run in self:
            work = run.batch_run_id or run.check_run_id
            run.progress = work.progress if work else 0.0

    @api.depends("check_run_id.failure_ids.state")
    def _compute_check_problem(self):
        for run in self:
            failures = run.check_run_id.failure_ids.filtered(
                lambda failure: failure.state == "open"
            )
            run.check_problem = failures[:1].reason

    def _check_not_started(self):
        if self.filtered("batch_run_id"):
            raise UserError(self.env._("This import has already started."))

    # ------------------------------------------------------------------ check
    def _check_by_lanes(self, payloads, rows):
        """Have the lanes check a long file, as the current user.

        :param payloads: what each unit checks, see `_check_unit`
        :return: what the caller is told meanwhile: {"rows": ..., "checking": True}
        """
        self.ensure_one()
        self._forget_check()
        run = self.env["crm.batch.run"]._enqueue(
            "import_check",
            [{"payload": payload} for payload in payloads],
            name=self.env._("Check of %(name)s", name=self.display_name),
            payload={"model": self._name, "id": self.id},
        )
        # sudo: what the import tells of itself is not the client's to write
        self.sudo().check_run_id = run
        return {"rows": rows, "checking": True}

    def _forget_check(self):
        """What was foreseen, or is being foreseen, no longer holds."""
        # sudo: as in _check_by_lanes
        own = self.sudo()
        own.check_run_id.filtered(lambda run: run.state in OPEN_STATES).action_cancel()
        own.write({"preview": False, "check_run_id": False})
