from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .forecast_common import DAY, ForecastCase


@freeze_time("2026-03-02 09:00:00")
@tagged("post_install", "-at_install")
class TestCo39Forecast(ForecastCase):
    """The forecast of today, weighed by three methods, opens the leads behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 09:00:00"):
            cls.history()
            cls.lead = cls.new_lead(
                stage_id=cls.proposal.id, probability=30, user_id=cls.own.id
            )
            cls.late = cls.new_lead(
                user_id=cls.other.id,
                probability=10,
                expected_revenue=500,
                date_deadline=date(2026, 1, 31),
            )
            cls.won = cls.close(
                cls.new_lead(expected_revenue=700), date(2026, 3, 1), won=True
            )
            cls.env["crm.forecast.weight"]._learn(DAY)

    def weights(self, user, kind):
        weights = self.env["crm.forecast.weight"].with_user(user)
        found = weights.search([("team_id", "=", self.team.id), ("kind", "=", kind)])
        return {
            (weight.stage_id or weight.band): (weight.won, weight.closed, weight.weight)
            for weight in found
        }

    def test_co_39_a_stage_weighs_what_was_won_of_those_that_passed_it(self):
        told = self.weights(self.own, "stage")
        # the one won on 1 March passed all stages too
        self.assertEqual(told[self.new], (11, 21, 52.38))
        self.assertEqual(told[self.proposal], (11, 13, 0))

    def test_co_39_too_few_leave_it_to_the_hosts_probability(self):
        months = self.rows(self.manager)
        # 13 proposals are fewer than 20: the salesperson's 30 %
        self.assertEqual(months["2026-04"]["stage_forecast"], 300)
        self.assertEqual(months["2026-04"]["host_forecast"], 300)

    def test_co_39_each_method_by_month_and_what_is_won_counts_fully(self):
        self.env["ir.config_parameter"].set_param("crm_ext_core.forecast_minimum", 10)
        self.env["crm.forecast.weight"]._learn(DAY)
        months = self.rows(self.manager)
        april, march = months["2026-04"], months["2026-03"]
        self.assertEqual(april["stage_forecast"], 846.2)
        self.assertEqual(april["host_forecast"], 300)
        self.assertEqual(april["revenue"], 1000)
        self.assertEqual((april["won"], april["committed"]), (0, 0))
        # overdue since January: it can only come now
        self.assertEqual(march["won"], 700)
        self.assertEqual(march["revenue"], 1200)
        self.assertEqual(march["host_forecast"], 750)
        self.assertEqual(march["stage_forecast"], 700 + 261.9)

    def test_co_39_what_the_salesperson_commits_to_is_told_apart(self):
        self.lead.with_user(self.own).crm_committed = True
        self.assertEqual(self.rows(self.own)["2026-04"]["committed"], 1000)
        self.assertEqual(self.rows(self.own)["2026-03"]["committed"], 700)

    def test_co_39_recurring_revenue_stands_apart(self):
        self.lead.recurring_revenue_monthly = 40
        april = self.rows(self.manager)["2026-04"]
        self.assertEqual(april["recurring"], 40)
        self.assertEqual(april["recurring_forecast"], 12)
        self.assertEqual(april["revenue"], 1000)

    def test_co_39_a_salesperson_reads_own_ones_a_manager_all(self):
        self.assertEqual(self.rows(self.own)["2026-03"]["revenue"], 700)
        self.assertEqual(self.rows(self.other)["2026-03"]["revenue"], 500)
        self.assertNotIn("2026-04", self.rows(self.other))
        stranger = self._new_user("test_abroad", "sales_team.group_sale_manager")
        domain = [("team_id", "=", self.team.id)]
        self.assertFalse(self.rows(stranger, domain))

    def test_co_39_each_figure_opens_the_leads_behind_it(self):
        forecast = self.env["crm.forecast"].with_user(self.own)
        rows = forecast.search([("month", "=", date(2026, 4, 1))])
        self.assertEqual(rows.lead_id, self.lead)
        action = rows.action_open_lead()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.lead", self.lead.id)
        )

    def test_co_39_the_screen_shows_this_month_and_later(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_forecast_action"
        )
        self.assertIn("search_default_coming", literal_eval(action["context"]))
        domain = ["|", ("month", "=", False), ("month", ">=", "=1d")]
        self.assertEqual(set(self.rows(self.manager, domain)), {"2026-03", "2026-04"})

    def test_co_39_a_client_of_the_api_reads_the_months(self):
        months = self.env["crm.forecast"].with_user(self.manager).get_forecast(2)
        self.assertEqual(
            [month["month"] for month in months], ["2026-03-01", "2026-04-01"]
        )
        self.assertEqual(months[0]["won"], 700)

    def test_a_score_weighs_what_was_won_of_like_scores(self):
        self.env["ir.config_parameter"].set_param("crm_ext_core.forecast_minimum", 5)
        leads = self.env["crm.lead"].with_context(active_test=False)
        closed = leads.search(
            [("team_id", "=", self.team.id), ("won_status", "!=", "pending")]
        )
        for lead in closed:
            lead.crm_score = 80 if lead.won_status == "won" else 30
        (closed.filtered(lambda lead: lead.won_status == "lost")[:3]).crm_score = 90
        self.lead.crm_score = 76
        self.env["crm.forecast.weight"]._learn(DAY)
        self.assertEqual(self.weights(self.own, "score")["3"], (11, 14, 78.57))
        april = self.rows(self.own)["2026-04"]
        self.assertEqual(april["score_forecast"], 785.7)
        # 11 of 13 by stage and 11 of 14 by score, of 11 in 21: better than each
        self.assertGreater(april["both_forecast"], 846.2)

    def test_a_target_is_shown_where_the_host_has_one(self):
        if "invoiced_target" not in self.team._fields:
            self.skipTest("the host's sales app is not installed")
        self.team.invoiced_target = 9000
        forecast = self.env["crm.forecast"].with_user(self.manager)
        told = forecast._read_group(
            [("month", "=", date(2026, 3, 1))], [], ["target:sum"]
        )
        self.assertEqual(told, [(9000,)])
        own = self.env["crm.forecast"].with_user(self.own)
        self.assertFalse(own.search_count([("kind", "=", "target")]))
