from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .forecast_common import ForecastCase


@freeze_time("2026-03-02 09:00:00")
@tagged("post_install", "-at_install")
class TestCo39Rebuild(ForecastCase):
    """A first history of forecasts is made from what the leads' histories kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("crm_ext_core.forecast_minimum", 10)
        with freeze_time("2026-03-02 09:00:00"):
            cls.history()
            tracked = cls.env["crm.lead"].with_context(tracking_disable=False)
            cls.lead = cls.new_lead(stage_id=cls.new.id).with_env(tracked.env)
            cls.since(cls.lead, date(2025, 12, 1))

    def rebuild(self, months=3):
        wizard = self.env["crm.forecast.rebuild"].with_user(self.manager)
        wizard.create({"months": months}).action_rebuild()
        self.run_batches()

    def lines(self, day):
        return self.env["crm.forecast.line"].search(
            [("date", "=", day), ("company_id", "=", self.company.id)]
        )

    def move(self, day, **values):
        """Change the lead on a day, as the web client would: tracked."""
        # what is tracked already belongs to an earlier day
        self.env.cr.flush()
        with freeze_time(f"{day} 10:00:00"):
            self.lead.with_context(tracking_disable=False).write(values)
            self.env.cr.flush()

    def test_co_39_the_past_is_told_from_what_was_tracked(self):
        self.move("2026-01-20", expected_revenue=5000)
        self.move("2026-02-10", stage_id=self.proposal.id)
        self.rebuild()
        january, february = self.lines("2026-01-01"), self.lines("2026-02-01")
        march = self.lines("2026-03-01")
        self.assertEqual(january.stage_id, self.new)
        self.assertEqual((january.revenue, february.revenue), (1000, 5000))
        self.assertEqual(february.stage_id, self.new)
        self.assertEqual(march.stage_id, self.proposal)
        # ten of twenty were won from the first stage
        self.assertEqual(january.stage_revenue, 500)

    def test_co_39_the_past_is_made_by_a_run_and_leaves_todays_weights(self):
        self.env["crm.forecast.weight"]._learn()
        before = self._read_weights()
        self.rebuild()
        run = self.env["crm.batch.run"].search([("kind", "=", "forecast_past")])
        self.assertEqual((run.state, run.unit_count), ("done", 4))
        self.assertEqual(run.user_id, self.manager)
        self.assertEqual(self._read_weights(), before)

    def _read_weights(self):
        weights = self.env["crm.forecast.weight"].search([])
        return weights.mapped(
            lambda one: (one.kind, one.stage_id, one.band, one.weight, one.date)
        )

    def test_co_39_a_month_that_nothing_was_learnt_from_says_so(self):
        self.env["ir.config_parameter"].set_param("crm_ext_core.forecast_minimum", 999)
        self.rebuild()
        run = self.env["crm.batch.run"].search([("kind", "=", "forecast_past")])
        self.assertEqual(run.state, "failed")
        self.assertIn("Too few", run.failure_ids[0].reason)
        self.assertFalse(self.lines("2026-01-01"))

    def test_co_39_what_is_not_known_is_left_out_and_said(self):
        self.rebuild()
        line = self.lines("2026-01-01")
        self.assertTrue(line.snapshot_id.rebuilt)
        self.assertFalse(line.host_weight)
        with freeze_time("2026-05-01 09:00:00"):
            told = self.env["crm.forecast.accuracy"].with_user(self.manager)
            methods = {row["method"] for row in told.get_accuracy()}
        self.assertEqual(methods, {"stage", "score", "both"})

    def test_co_39_a_lead_counts_from_its_first_day_to_its_last(self):
        self.close(self.lead, date(2026, 1, 15), won=True)
        self.rebuild()
        self.assertEqual(self.lines("2026-01-01").lead_id, self.lead)
        self.assertFalse(self.lines("2026-02-01"))

    def test_co_39_months_that_have_a_snapshot_are_left_alone(self):
        self.rebuild()
        with self.assertRaises(UserError):
            self.rebuild()

    def test_co_39_only_a_manager_makes_the_past_again(self):
        wizard = self.env["crm.forecast.rebuild"].with_user(self.own)
        with self.assertRaises(AccessError):
            wizard.create({"months": 3})
