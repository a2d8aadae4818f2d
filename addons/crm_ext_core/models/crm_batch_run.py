from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hooks import AuditFinding

OPEN_STATES = ("queued", "running")


class CrmBatchRun(models.Model):
    """Long work cut into units, done chunk by chunk (crm_batch_run_lane.py).

    Whoever starts a run sees its progress and may cancel it or try its failures again;
    only the mechanism writes it.
    """

    _name = "crm.batch.run"
    _description = "Batch run"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    kind = fields.Selection(selection="_selection_kind", required=True, readonly=True)
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Done with failures"),
            ("cancelled", "Cancelled"),
        ],
        default="queued",
        required=True,
        readonly=True,
        index=True,
    )
    payload = fields.Json(readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, default=lambda self: self.env.user
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)

    unit_ids = fields.One2many("crm.batch.unit", "run_id", readonly=True)
    failure_ids = fields.One2many("crm.batch.failure", "run_id", readonly=True)
    unit_count = fields.Integer(compute="_compute_progress")
    done_count = fields.Integer(string="Units done", compute="_compute_progress")
    failure_count = fields.Integer(string="Failures", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")

    @api.model
    def _selection_kind(self):
        kinds = self.env["crm.hooks"]._batch_kinds()
        return [(code, kind.label) for code, kind in kinds.items()]

    @api.depends("unit_ids.state", "failure_ids.state")
    def _compute_progress(self):
        units = self._count_by_state("crm.batch.unit")
        failures = self._count_by_state("crm.batch.failure")
        for run in self:
            states = units.get(run.id, {})
            run.unit_count = sum(states.values())
            run.done_count = states.get("done", 0)
            run.failure_count = failures.get(run.id, {}).get("open", 0)
            treated = run.unit_count - states.get("pending", 0)
            run.progress = 100.0 * treated / run.unit_count if run.unit_count else 100.0

    def _count_by_state(self, model):
        """{run id: {state: number of rows}} of the runs' units or failures."""
        counts = {}
        for run, state, count in self.env[model]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts.setdefault(run.id, {})[state] = count
        return counts

    # ------------------------------------------------------------------ actions
    def action_cancel(self):
        self.check_access("read")
        if self.filtered(lambda run: run.state not in OPEN_STATES):
            raise UserError(
                self.env._("Only a run that is not finished can be cancelled.")
            )
        # whoever may see a run started it or is a manager: he may stop it, not edit it
        self.sudo().write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    def action_retry_failures(self):
        self.failure_ids.filtered(
            lambda failure: failure.state == "open"
        ).action_retry()

    def _reopen(self):
        """Put runs whose units wait again back to work."""
        if self.filtered(lambda run: run.state == "cancelled"):
            raise UserError(self.env._("This run was cancelled: start a new one."))
        self.write({"state": "running", "ended_at": False})
        self._wake_lanes()

    # ------------------------------------------------------------------ enqueue
    @api.model
    def _enqueue(self, kind, units, *, name, payload=None):
        """Create a run and wake the lanes; the work is done as the current user.

        :param str kind: a key of crm.hooks._batch_kinds()
        :param list units: dicts with res_id (int) and / or payload (JSON value)
        :return: the run
        """
        # the queue's tables belong to the mechanism: users read their runs, core writes
        run = self.sudo().create(
            {
                "name": name,
                "kind": kind,
                "payload": payload,
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
            }
        )
        run._add_units(units)
        self._wake_lanes()
        return run.sudo(False)

    def _add_units(self, units):
        self.env["crm.batch.unit"].create(
            [
                {
                    "run_id": self.id,
                    "res_id": unit.get("res_id", 0),
                    "payload": unit.get("payload"),
                }
                for unit in units
            ]
        )

    @api.model
    def _lane_crons(self):
        """The lanes, archived ones too: each is a scheduled action that serves runs."""
        # every user may queue work, few may read scheduled actions
        return (
            self.env["ir.cron"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("model_id.model", "=", self._name),
                    ("code", "=", "model._cron_run_lane()"),
                ],
                order="id",
            )
        )

    @api.model
    def _wake_lanes(self):
        for cron in self._lane_crons().filtered("active"):
            cron._trigger()

    # ------------------------------------------------------------------ self-audit
    @api.model
    def _audit_finished_runs(self):
        """Finished runs that have units nobody treated."""
        broken = self.search(
            [
                ("state", "in", ("done", "failed")),
                ("unit_ids", "any", [("state", "=", "pending")]),
            ]
        )
        return AuditFinding(
            len(broken), res_model=self._name, res_ids=tuple(broken.ids)
        )
