from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged

from odoo.addons.base.models import ir_cron

from ..tools.hooks import BatchKind
from .common import CrmExtCase

REFUSED = "This contact is refused."
NO_SUMMARY = "The summary cannot be written."


@tagged("post_install", "-at_install")
class TestBatchRun(CrmExtCase):
    """The units of these runs are contacts; the work is to write their reference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Unit {number}"} for number in range(5)]
        )
        cls._plug_in(
            "_batch_kinds", {"test": BatchKind("Test work", "res.partner", chunk=2)}
        )
        cls.conflicts = 0
        cls._give_method("res.partner", "_batch_process", cls._work(cls))

    @staticmethod
    def _work(case):
        def _batch_process(partners, run, units):
            if case.conflicts:
                case.conflicts -= 1
                raise (SerializationFailure, ConcurrencyError)[case.conflicts % 2]
            for partner in partners.browse(units.mapped("res_id")):
                if partner.ref == "refuse":
                    raise UserError(REFUSED)
                if partner.ref == "crash":
                    raise ZeroDivisionError("by nobody")
                partner.sudo().ref = f"{partner.ref or ''}+{partners.env.user.login}"

        return _batch_process

    def _enqueue(self, user=None, **kwargs):
        runs = self.env["crm.batch.run"].with_user(user or self.salesperson)
        units = [{"res_id": partner.id} for partner in self.partners]
        return runs._enqueue("test", units, name="Five contacts", **kwargs)

    def _call_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_ext_core.ir_cron_batch_lane_1").method_direct_trigger()
        self.env.invalidate_all()

    def test_each_unit_is_treated_once_as_the_user_who_asked(self):
        run = self._enqueue()
        self.run_batches()
        self.assertEqual(set(self.partners.mapped("ref")), {"+test_salesperson"})
        self.assertEqual((run.state, run.progress, run.done_count), ("done", 100, 5))

    def test_a_lane_out_of_time_at_the_last_chunk_asks_for_another_call(self):
        run = self._enqueue()
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        self.patch(ir_cron, "MIN_TIME_PER_JOB", 0)
        self._call_cron()
        self.assertEqual(run.progress, 100)
        self.assertTrue(triggers.search([]), "else the run stays open for minutes")
        self._call_cron()
        self.assertEqual(run.state, "done")

    def test_a_chunk_that_fails_is_redone_unit_by_unit(self):
        self.partners[1].ref = "refuse"
        run = self._enqueue()
        self.run_batches()
        self.assertEqual(
            self.partners.mapped("ref"),
            ["+test_salesperson", "refuse"] + ["+test_salesperson"] * 3,
        )
        self.assertEqual(
            (run.state, run.done_count, run.failure_count), ("failed", 4, 1)
        )
        self.assertEqual(run.failure_ids.reason, REFUSED)
        self.assertEqual(run.failure_ids.name, str(self.partners[1].id))

    def test_an_unexpected_error_is_told_with_its_kind(self):
        self.partners[4].ref = "crash"
        run = self._enqueue()
        self.run_batches()
        self.assertIn("ZeroDivisionError", run.failure_ids.reason)
        self.assertEqual(run.done_count, 4)

    def test_whoever_started_a_run_tries_its_failures_again(self):
        self.partners[1].ref = "refuse"
        run = self._enqueue()
        self.run_batches()
        self.partners[1].ref = False
        run.failure_ids.with_user(self.salesperson).action_retry()
        self.assertEqual(run.state, "running")
        self.run_batches()
        self.assertEqual((run.state, run.failure_count, run.done_count), ("done", 0, 5))
        self.assertEqual(self.partners[1].ref, "+test_salesperson")

    def test_ignoring_the_last_failure_ends_the_run_well(self):
        self.partners[1].ref = "refuse"
        run = self._enqueue()
        self.run_batches()
        run.failure_ids.with_user(self.salesperson).action_ignore()
        self.assertEqual(run.state, "done")

    def test_progress_follows_the_chunks(self):
        run = self._enqueue()
        self.assertEqual((run.state, run.progress), ("queued", 0))
        self.env["crm.batch.run"].sudo()._process_next_chunk()
        self.assertEqual((run.state, run.progress), ("running", 40))

    def test_a_cancelled_run_stops_and_does_not_come_back(self):
        self.partners[0].ref = "refuse"
        run = self._enqueue()
        self.env["crm.batch.run"].sudo()._process_next_chunk()
        run.action_cancel()
        self.run_batches()
        self.assertEqual((run.state, run.done_count), ("cancelled", 1))
        with self.assertRaises(UserError):
            run.action_retry_failures()
        with self.assertRaises(UserError):
            run.action_cancel()

    def test_only_own_runs_are_visible_except_to_a_manager(self):
        run = self._enqueue()
        other = self._new_user("test_colleague", "sales_team.group_sale_salesman")
        self.assertTrue(run.with_user(self.salesperson).has_access("read"))
        self.assertTrue(run.with_user(self.sales_manager).has_access("read"))
        self.assertFalse(run.with_user(other).has_access("read"))
        with self.assertRaises(AccessError):
            run.with_user(other).action_cancel()
        self.partners[1].ref = "refuse"
        self.run_batches()
        with self.assertRaises(AccessError):
            run.sudo().failure_ids.with_user(other).action_retry()
        with self.assertRaises(AccessError):
            run.with_user(self.salesperson).write({"state": "done"})

    def test_nobody_makes_a_run_work_in_anothers_name(self):
        run = self._enqueue().with_user(self.sales_manager)
        for values in ({"user_id": self.env.ref("base.user_admin").id}, {"kind": "x"}):
            with self.subTest(values), self.assertRaises(AccessError):
                run.write(values)

    def test_the_cron_carries_a_run_to_its_end(self):
        self.partners[2].ref = "refuse"
        run = self._enqueue()
        self._call_cron()
        self.assertEqual(
            (run.state, run.done_count, run.failure_count), ("failed", 4, 1)
        )

    def test_a_conflict_is_retried_and_is_no_failure(self):
        run = self._enqueue()
        type(self).conflicts = 2
        self._call_cron()
        self.assertEqual((run.state, run.failure_count), ("done", 0))
        self.assertEqual(set(self.partners.mapped("ref")), {"+test_salesperson"})

    def test_a_lasting_conflict_gives_the_lane_back(self):
        run = self._enqueue()
        type(self).conflicts = 99
        self.addCleanup(setattr, type(self), "conflicts", 0)
        self._call_cron()
        self.assertEqual(
            (run.state, run.done_count, run.failure_count), ("queued", 0, 0)
        )

    def test_a_run_whose_addon_is_gone_blocks_nobody(self):
        run = self._enqueue()
        orphan = self._enqueue()
        self.env.cr.execute(
            "UPDATE crm_batch_run SET kind = 'gone' WHERE id = %s", [orphan.id]
        )
        orphan.invalidate_recordset()
        self.run_batches()
        self.assertEqual((run.state, orphan.state), ("done", "queued"))
        orphan.with_user(self.sales_manager).action_cancel()

    def test_a_big_run_does_not_starve_a_small_one(self):
        big, small = self._enqueue(), self._enqueue()
        big.sudo()._add_units([{"res_id": self.partners[0].id}] * 400)
        for _chunk in range(
            60
        ):  # of 203: the odds of never serving the other are 2^-60
            self.env["crm.batch.run"].sudo()._process_next_chunk()
        self.assertGreater(small.done_count, 0)
        self.assertGreater(big.done_count, 0)

    def test_the_end_of_a_run_that_fails_is_a_failure_with_a_retry(self):
        done = []

        def _batch_done(partners, run):
            done.append(run)
            if len(done) == 1:
                raise UserError(NO_SUMMARY)

        self._give_method("res.partner", "_batch_done", _batch_done)
        run = self._enqueue()
        self.run_batches()
        self.assertEqual(run.state, "failed")
        self.assertEqual(run.failure_ids.reason, NO_SUMMARY)
        run.action_retry_failures()
        self.run_batches()
        self.assertEqual((run.state, len(done)), ("done", 2))
