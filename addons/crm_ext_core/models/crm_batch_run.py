import logging
import random
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.hooks import AuditFinding

_logger = logging.getLogger(__name__)

OPEN_STATES = ("queued", "running")
MAX_CONFLICTS = 5  # in a row; then the lane leaves the rest to its next call


class CrmBatchRun(models.Model):
    """Long work cut into units, done chunk by chunk by the lanes' crons.

    A chunk's units are claimed with SKIP LOCKED and marked done in the very transaction
    that does their work: a kill loses nothing and doubles nothing, and any number of lanes
    may serve one run. A chunk that fails is redone unit by unit; what still fails becomes
    a crm.batch.failure with the reason and a retry. A conflict with another transaction
    is no failure: the lane rolls its chunk back and takes it again.
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
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
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
            raise UserError(self.env._("Only a run that is not finished can be cancelled."))
        # whoever may see a run started it or is a manager: he may stop it, not edit it
        self.sudo().write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    def action_retry_failures(self):
        self.failure_ids.filtered(lambda failure: failure.state == "open").action_retry()

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
        run = self.sudo().create({
            "name": name,
            "kind": kind,
            "payload": payload,
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
        })
        run._add_units(units)
        self._wake_lanes()
        return run.sudo(False)

    def _add_units(self, units):
        self.env["crm.batch.unit"].create([
            {"run_id": self.id, "res_id": unit.get("res_id", 0), "payload": unit.get("payload")}
            for unit in units
        ])

    @api.model
    def _lane_crons(self):
        """The lanes, archived ones too: each is a scheduled action that serves runs."""
        # every user may queue work, few may read scheduled actions
        return self.env["ir.cron"].sudo().with_context(active_test=False).search([
            ("model_id.model", "=", self._name),
            ("code", "=", "model._cron_run_lane()"),
        ], order="id")

    @api.model
    def _wake_lanes(self):
        for cron in self._lane_crons().filtered("active"):
            cron._trigger()

    # ------------------------------------------------------------------ lanes
    @api.model
    def _cron_run_lane(self):
        """Serve the open runs until none has work left or the cron's time is over."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._count_pending())
        conflicts = 0
        while True:
            try:
                processed = self._process_next_chunk()
                time_left = cron._commit_progress(
                    processed or 0, remaining=0 if processed is None else None
                )
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as conflict:
                self.env.cr.rollback()
                conflicts += 1
                _logger.info("Batch lane: conflict %s, %s", conflicts, conflict.pgcode)
                if conflicts >= MAX_CONFLICTS:
                    self._wake_lanes()
                    return
                time.sleep(random.uniform(0, 0.1 * 2**conflicts))
                continue
            conflicts = 0
            if processed is None or not time_left:
                return

    @api.model
    def _count_pending(self):
        return self.env["crm.batch.unit"].search_count(
            [("state", "=", "pending"), ("run_id", "in", self._open_runs().ids)]
        )

    @api.model
    def _process_next_chunk(self):
        """Do one chunk in the current transaction, and close the runs that are complete.

        :return: the number of units treated, or None when there is nothing to claim
        """
        for run in self._open_runs():
            units = run._claim_units()
            if units:
                run._process_units(units)
                return len(units)
            run._finish_if_complete()
        return None

    @api.model
    def _open_runs(self):
        """The runs with work to do whose kind is still installed, in random order: each
        gets its share of the lanes, whatever its size, and lanes meet less often."""
        kinds = self.env["crm.hooks"]._batch_kinds()
        runs = self.search([("state", "in", OPEN_STATES), ("kind", "in", list(kinds))])
        return self.browse(random.sample(runs.ids, len(runs)))

    def _claim_units(self):
        """Lock the next units of the run; other lanes skip them until we commit."""
        self.ensure_one()
        self.env["crm.batch.unit"].flush_model(["run_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_batch_unit
                    WHERE run_id = %s AND state = 'pending'
                 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                self.id,
                self._get_kind().chunk,
            )
        )
        return self.env["crm.batch.unit"].browse(row[0] for row in rows)

    def _process_units(self, units):
        self.ensure_one()
        if self.state == "queued":
            self.write({"state": "running", "started_at": fields.Datetime.now()})
        try:
            self._process_in_savepoint(units)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # our snapshot is out of date: the lane rolls back and starts anew
        except Exception:  # noqa: BLE001 whatever it is, it must not stop the others
            _logger.info("Batch run %s: a chunk failed, going on unit by unit", self.id)
            for unit in units:
                self._process_alone(unit)

    def _process_in_savepoint(self, units):
        with self.env.cr.savepoint():
            self._get_handler()._batch_process(self, units)
            units.write({"state": "done"})
            self.env.flush_all()

    def _process_alone(self, unit):
        try:
            self._process_in_savepoint(unit)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 recorded for the user, with a retry
            _logger.info("Batch run %s: unit %s failed", self.id, unit.id, exc_info=True)
            unit._fail(error)

    def _get_kind(self):
        return self.env["crm.hooks"]._batch_kinds()[self.kind]

    def _get_handler(self):
        """The model that does the work, as the user who asked for it, in his company."""
        context = {
            "lang": self.user_id.lang,
            "tz": self.user_id.tz,
            "allowed_company_ids": self.company_id.ids,
        }
        env = self.env(user=self.user_id.id, su=False, context=context)
        return env[self._get_kind().model]

    # ------------------------------------------------------------------ end of a run
    def _finish_if_complete(self):
        """Close the run unless units are pending (another lane may hold them); whoever
        gets the row's lock does it."""
        self.ensure_one()
        units = self.env["crm.batch.unit"]
        pending = [("run_id", "=", self.id), ("state", "=", "pending")]
        if not units.search_count(pending, limit=1):
            self.try_lock_for_update(allow_referencing=True)._finish()

    def _finish(self):
        if not self:
            return
        self._call_batch_done()
        failed = self.env["crm.batch.failure"].search_count(
            [("run_id", "=", self.id), ("state", "=", "open")], limit=1
        )
        self.write({
            "state": "failed" if failed else "done",
            "ended_at": fields.Datetime.now(),
        })

    def _call_batch_done(self):
        """Let the kind conclude; if it cannot, that is a failure with a retry like others."""
        try:
            with self.env.cr.savepoint():
                handler = self._get_handler()
                if hasattr(handler, "_batch_done"):
                    handler._batch_done(self)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 recorded for the user, with a retry
            _logger.info("Batch run %s: its end failed", self.id, exc_info=True)
            self.env["crm.batch.failure"]._record(self, error)

    # ------------------------------------------------------------------ self-audit
    @api.model
    def _audit_finished_runs(self):
        """Finished runs that have units nobody treated."""
        broken = self.search([
            ("state", "in", ("done", "failed")),
            ("unit_ids", "any", [("state", "=", "pending")]),
        ])
        return AuditFinding(len(broken), res_model=self._name, res_ids=tuple(broken.ids))
