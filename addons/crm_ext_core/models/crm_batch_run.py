import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CrmBatchRun(models.Model):
    """Long work cut into units, done chunk by chunk by the lanes' crons.

    A chunk's units are claimed with SKIP LOCKED and marked done in the very transaction
    that does their work: a kill loses nothing and doubles nothing, and any number of lanes
    may serve one run. A chunk that fails is redone unit by unit; what still fails becomes
    a crm.batch.failure with the reason and a retry.
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
    failure_count = fields.Integer(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")

    @api.model
    def _selection_kind(self):
        kinds = self.env["crm.hooks"]._batch_kinds()
        return [(code, kind.label) for code, kind in kinds.items()]

    @api.depends("unit_ids.state")
    def _compute_progress(self):
        counts = {}
        for run, state, count in self.env["crm.batch.unit"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts.setdefault(run.id, {})[state] = count
        for run in self:
            states = counts.get(run.id, {})
            run.unit_count = sum(states.values())
            run.done_count = states.get("done", 0)
            run.failure_count = states.get("failed", 0)
            treated = run.done_count + run.failure_count
            run.progress = 100.0 * treated / run.unit_count if run.unit_count else 100.0

    # ------------------------------------------------------------------ actions
    def action_cancel(self):
        if self.filtered(lambda run: run.state not in ("queued", "running")):
            raise UserError(self.env._("Only a run that is not finished can be cancelled."))
        self.write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    def action_retry_failures(self):
        self.failure_ids.filtered(lambda failure: failure.state == "open").action_retry()

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
        return self.env["ir.cron"].sudo().search([
            ("model_id.model", "=", self._name),
            ("code", "=", "model._cron_run_lane()"),
        ])

    @api.model
    def _wake_lanes(self):
        for cron in self._lane_crons():
            cron._trigger()

    # ------------------------------------------------------------------ lanes
    @api.model
    def _cron_run_lane(self):
        """Serve runs, oldest first, until none is left or the cron's time is over."""
        while True:
            processed = self._process_next_chunk()
            if processed is None:
                return
            remaining = self.env["crm.batch.unit"].search_count(
                [("state", "=", "pending"), ("run_id.state", "in", ("queued", "running"))]
            )
            time_left = self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
            self._finish_complete_runs()
            if not time_left:
                return

    @api.model
    def _process_next_chunk(self):
        """Do one chunk in the current transaction.

        :return: the number of units treated, or None when there is nothing to claim
        """
        self._finish_complete_runs()
        for run in self.search([("state", "in", ("queued", "running"))], order="id"):
            units = run._claim_units()
            if units:
                run._process_units(units)
                return len(units)
        return None

    def _claim_units(self):
        """Lock the next units of the run; other lanes skip them until we commit."""
        self.ensure_one()
        chunk = self._get_kind().chunk
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_batch_unit
                    WHERE run_id = %s AND state = 'pending'
                 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                self.id,
                chunk,
            )
        )
        return self.env["crm.batch.unit"].browse(row[0] for row in rows)

    def _process_units(self, units):
        self.ensure_one()
        if self.state == "queued":
            self.write({"state": "running", "started_at": fields.Datetime.now()})
        try:
            self._process_in_savepoint(units)
        except OperationalError:
            raise  # a conflict with another transaction: the cron does the chunk anew
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
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 recorded for the user, with a retry
            self.env.invalidate_all()
            _logger.info("Batch run %s: unit %s failed", self.id, unit.id, exc_info=True)
            unit._fail(error)

    def _get_kind(self):
        return self.env["crm.hooks"]._batch_kinds()[self.kind]

    def _get_handler(self):
        """The model that does the work, as the user who asked for it, in his company."""
        env = self.env(user=self.user_id.id, su=False)
        return (
            env[self._get_kind().model]
            .with_company(self.company_id)
            .with_context(lang=self.user_id.lang, tz=self.user_id.tz)
        )

    @api.model
    def _finish_complete_runs(self):
        """Close the runs without pending units; whoever gets the row's lock does it."""
        complete = self.search([
            ("state", "in", ("queued", "running")),
            ("unit_ids", "not any", [("state", "=", "pending")]),
        ])
        for run in complete.try_lock_for_update(allow_referencing=True):
            run._finish()

    def _finish(self):
        handler = self._get_handler()
        if hasattr(handler, "_batch_done"):
            handler._batch_done(self)
        self.write({
            "state": "failed" if self.failure_count else "done",
            "ended_at": fields.Datetime.now(),
        })
