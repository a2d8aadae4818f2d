import logging
import random

from odoo import api, fields, models
from odoo.tools import SQL

from ..conflicts import CONFLICTS, MAX_CONFLICTS, wait_after
from .crm_batch_run import OPEN_STATES

_logger = logging.getLogger(__name__)


class CrmBatchRun(models.Model):
    """How the lanes' crons carry runs out, chunk by chunk.

    A chunk's units are claimed with SKIP LOCKED and marked done in the very transaction
    that does their work: a kill loses nothing and doubles nothing, and any number of
    lanes may serve one run. A chunk that fails is redone unit by unit; what still fails
    becomes a crm.batch.failure with the reason and a retry. A conflict with another
    transaction is no failure: the lane rolls its chunk back and takes it again.
    """

    _inherit = "crm.batch.run"

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
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                conflicts += 1
                _logger.info("Batch lane: conflict %s, %r", conflicts, conflict)
                if conflicts >= MAX_CONFLICTS:
                    # the rest is for the next call
                    self._wake_lanes()
                    return
                wait_after(conflicts)
                continue
            conflicts = 0
            if processed is None:
                return
            if not time_left:
                # the last chunk may be done, but its run is not closed yet
                self._wake_lanes()
                return

    @api.model
    def _count_pending(self):
        return self.env["crm.batch.unit"].search_count(
            [("state", "=", "pending"), ("run_id", "in", self._open_runs().ids)]
        )

    @api.model
    def _process_next_chunk(self):
        """Do one chunk in the current transaction, and close the runs that are
        complete.

        :return: the number of units treated, or None when there is nothing to claim
        """
        for run in self._open_runs():
            units = run._claim_units()
            if units:
                run._process_units(units)
                self._forget_chunk()
                return len(units)
            run._finish_if_complete()
        return None

    @api.model
    def _forget_chunk(self):
        """A lane's tenth chunk costs what its first one did.

        Each environment of a chunk holds its user, which holds the environment: it
        would stay in the transaction's list, which the ORM walks at every turn.
        """
        self.env.flush_all()
        self.env.transaction.reset()

    @api.model
    def _open_runs(self):
        """The runs with work to do whose kind is still installed, in random order: each
        gets its share of the lanes, whatever its size, and lanes meet less often."""
        kinds = self.env["crm.hooks"]._batch_kinds()
        runs = self.search([("state", "in", OPEN_STATES), ("kind", "in", list(kinds))])
        return self.browse(random.sample(runs.ids, len(runs)))

    def _run_now(self):
        """Do all of a small run in the caller's transaction: what fails is set apart
        with its retry all the same."""
        # sudo: the queue's tables belong to the mechanism; the work is done as its user
        run = self.sudo()
        while units := run._claim_units():
            run._process_units(units)
        run._finish_if_complete()

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
        except CONFLICTS:
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
        except CONFLICTS:
            raise
        except Exception as error:  # noqa: BLE001 recorded for the user, with a retry
            _logger.info(
                "Batch run %s: unit %s failed", self.id, unit.id, exc_info=True
            )
            unit._fail(error)

    def _get_kind(self):
        return self.env["crm.hooks"]._batch_kinds()[self.kind]

    def _get_handler(self):
        """The model that does the work, as the user who asked for it, in his
        company."""
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
        self.write(
            {
                "state": "failed" if failed else "done",
                "ended_at": fields.Datetime.now(),
            }
        )

    def _call_batch_done(self):
        """Let the kind conclude; if it cannot, that is a failure with a retry like
        others."""
        try:
            with self.env.cr.savepoint():
                handler = self._get_handler()
                if hasattr(handler, "_batch_done"):
                    handler._batch_done(self)
        except CONFLICTS:
            raise
        except Exception as error:  # noqa: BLE001 recorded for the user, with a retry
            _logger.info("Batch run %s: its end failed", self.id, exc_info=True)
            self.env["crm.batch.failure"]._record(self, error)
