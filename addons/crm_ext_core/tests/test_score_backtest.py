from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_lead_score import NOON, ScoreCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestScoreBacktest(ScoreCase):
    """Leads of the spring, won and lost, judged in June."""

    def _close(self, lead, won, day):
        with freeze_time(day):
            lead.action_set_won() if won else lead.action_set_lost()
            lead.date_closed = day
            self.env.flush_all()
            self.cr.precommit.run()

    def _leads(self, *vals):
        leads = self.env["crm.lead"].with_context(tracking_disable=False)
        with freeze_time(NOON - 100 * DAY):
            created = leads.create(
                [{"name": f"Past {i}", **values} for i, values in enumerate(vals)]
            )
            self.env.flush_all()
            self.cr.precommit.run()
        self.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id IN %s",
            (NOON - 100 * DAY, tuple(created.ids)),
        )
        created.invalidate_recordset()
        return created

    def _trial(self, model=None, **values):
        trial = self.env["crm.score.backtest"].with_user(self.sales_manager)
        trial = trial.create(
            {
                "model_id": (model or self.model).id,
                "date_from": "2026-01-01",
                "date_to": "2026-06-14",
                "days_before": 14,
                **values,
            }
        )
        trial.action_run()
        self.run_batches()
        self.assertEqual(trial.state, "done", trial.run_id.failure_ids.mapped("reason"))
        return trial

    def _scores(self, trial):
        cases = trial.case_ids.sudo()
        return {case.lead_id.name: case.score for case in cases}

    def test_co_17_only_what_was_known_then_counts(self):
        """A value written after the day of judgement, and an event after it, tell
        nothing; what was true then and is no more does."""
        self._add_event_rule(name="Visit", points=20)
        early, late, plain = leads = self._leads(
            {"expected_revenue": 50000}, {"expected_revenue": 0}, {}
        )
        with freeze_time(NOON - 35 * DAY):
            late.expected_revenue = 50000
            early.expected_revenue = 100
            self.env.flush_all()
            self.cr.precommit.run()
        events = self.env["crm.score.event"]
        events._log("visit", [(plain.id, NOON - 60 * DAY, "before")])
        events._log("visit", [(late.id, NOON - 31 * DAY, "after")])
        for lead, won in zip(leads, (True, False, False), strict=True):
            self._close(lead, won, NOON - 30 * DAY)
        trial = self._trial()
        self.assertEqual(self._scores(trial), {"Past 0": 40, "Past 1": 0, "Past 2": 20})
        self.assertEqual(
            set(trial.case_ids.sudo().mapped("judged_at")), {NOON - 44 * DAY}
        )

    def test_co_17_rules_on_untracked_fields_are_left_out_and_listed(self):
        self.sales_manager.lang = "en_US"  # the labels are told in his language
        won, lost = self._leads({"function": "director"}, {})
        self._close(won, True, NOON - 30 * DAY)
        self._close(lost, False, NOON - 30 * DAY)
        trial = self._trial()
        self.assertEqual(set(self._scores(trial).values()), {0})
        (left,) = trial.result["unknown"]
        self.assertEqual((left["rule"], left["assumed"]), ("Function: director", False))
        self.assertEqual(left["fields"], ["Job Position"])
        assumed = self._trial(assume_unchanged=True)
        self.assertEqual(self._scores(assumed), {"Past 0": 15, "Past 1": 0})
        self.assertTrue(assumed.result["unknown"][0]["assumed"])

    def test_co_17_draft_published_and_host_are_compared(self):
        leads = self._leads(
            *[{"expected_revenue": 20000 * (i % 3 == 0)} for i in range(30)]
        )
        for i, lead in enumerate(leads):
            self._close(lead, i % 3 == 0, NOON - (20 + i) * DAY)
        self.env["crm.lead"]._rebuild_pls_frequency_table()
        draft = self._draft_version()
        draft.rule_ids.filtered(lambda rule: rule.points == 40).points = -40
        trial = self._trial(draft, baseline_id=self.model.id)
        ways = trial.result["ways"]
        self.assertEqual(ways["tried"]["separation"]["auc"], 0)
        self.assertEqual(ways["compared"]["separation"]["auc"], 1)
        self.assertTrue(0 < ways["host"]["separation"]["auc"] <= 1)
        self.assertEqual((trial.result["won"], trial.result["lost"]), (10, 20))
        self.assertEqual(ways["compared"]["tenths"][0]["lift"], 3)
        worst = trial.worst_won_ids
        self.assertEqual(worst.mapped("score"), [-40] * 10)
        self.assertEqual(trial.worst_lost_ids.mapped("won"), [False] * 10)
        self.assertEqual(draft.state, "draft", "nothing was published")

    def test_co_17_the_threshold_fits_what_sales_can_take(self):
        revenues = [0, 0, 20000, 0, 20000, 0, 0, 20000]
        leads = self._leads(*[{"expected_revenue": worth} for worth in revenues])
        for i, lead in enumerate(leads):
            self._close(lead, bool(revenues[i]), datetime(2026, 5, 4 + i, 12))
        target = self.env["crm.qualification.rule"].create(
            {
                "name": "Call",
                "threshold": 99,
                "team_id": self.env["crm.team"].create({"name": "T"}).id,
            }
        )
        trial = self._trial(
            date_from="2026-05-04",
            date_to="2026-05-17",
            capacity=2,
            qualification_rule_id=target.id,
        )
        cut = trial.advice["cut"]
        self.assertEqual((cut["threshold"], cut["per_week"]), (40, 1.5))
        self.assertEqual((cut["won_rate"], cut["caught"]), (1, 1))
        trial.action_apply_threshold()
        self.assertEqual(target.threshold, 40)
        trial.capacity = 10
        self.assertEqual(trial.advice["cut"]["threshold"], 0, "all of them")

    def test_a_salesperson_reads_figures_and_own_leads_only(self):
        mine, other = self._leads(
            {"user_id": self.salesperson.id}, {"user_id": self.sales_manager.id}
        )
        self._close(mine, True, NOON - 30 * DAY)
        self._close(other, False, NOON - 30 * DAY)
        trial = self._trial().with_user(self.salesperson)
        self.assertEqual(trial.result["won"], 1)
        self.assertEqual(trial.worst_won_ids.lead_id, mine)
        self.assertFalse(trial.worst_lost_ids)
        with self.assertRaises(AccessError):
            trial.action_run()
        with self.assertRaises(AccessError):
            self.model.with_user(self.salesperson).action_backtest()
        form = trial.get_view(view_type="form")["arch"]
        self.assertIn("crm_backtest", form)
