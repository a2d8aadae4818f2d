import random
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_lead_score import NOON, ScoreCase


def rule(name, points, **values):
    return (0, 0, {"name": name, "points": points, **values})


def event(name, points, **values):
    values = {"kind": "event", "event_source": "visit"} | values
    return rule(name, points, **values)


class LedgerCase(ScoreCase):
    def _log(self, lead, *days, source="visit"):
        facts = [(lead.id, NOON - timedelta(days=day), f"{day}") for day in days]
        self.env["crm.score.event"]._log(source, facts)


@tagged("post_install", "-at_install")
class TestScoreLedger(LedgerCase):
    # ------------------------------------------------------------------ versions
    def test_co_17_publishing_replaces_and_old_entries_keep_their_version(self):
        with freeze_time(NOON):
            lead = self._create_leads({"function": "director"})
        old = self.model
        with freeze_time(NOON + timedelta(days=10)):
            action = old.with_user(self.sales_manager).action_new_version()
            new = self.env["crm.score.model"].browse(action["res_id"])
            new = new.with_user(self.sales_manager)
            new.rule_ids[0].points = 25
            new.action_publish()
            self.run_batches()
        self.assertEqual((old.state, new.state), ("retired", "published"))
        self.assertEqual((new.version, new.root_id), (2, old))
        self.assertEqual(lead.crm_score, 25)
        entries = self.env["crm.score.entry"].search([("lead_id", "=", lead.id)])
        ended = entries.filtered("ended_at")
        self.assertEqual((ended.model_id, ended.points), (old, 15))
        then = lead.with_user(self.salesperson).get_crm_score_at(
            NOON + timedelta(days=5)
        )
        self.assertEqual((then["score"], then["model"]), (15, "Test model"))
        with freeze_time(NOON + timedelta(days=11)):
            now = lead.get_crm_score_at(NOON + timedelta(days=11))
        self.assertEqual((now["score"], now["model"]), (25, "Test model v2"))

    def test_co_17_what_is_published_no_longer_changes(self):
        model = self.model.with_user(self.sales_manager)
        first = model.rule_ids[0]
        for change in (
            lambda: first.write({"points": 99}),
            lambda: first.unlink(),
            lambda: model.write({"fit_cap": 5}),
            lambda: first.copy(),
            lambda: model.write({"rule_ids": [rule("More", 1)]}),
        ):
            with self.assertRaisesRegex(ValidationError, "new version"):
                change()
        with self.assertRaises(UserError):
            model.unlink()
        first.name = "Renamed is no change of points"

    def test_co_17_the_first_model_whose_criteria_fit_scores_the_lead(self):
        special = self.env["crm.score.model"].create(
            {
                "name": "Rennes",
                "sequence": 1,
                "domain": "[('city', '=', 'Rennes')]",
                "rule_ids": [rule("Rennes", 33)],
            }
        )
        special.action_publish()
        there, here = self._create_leads(
            {"function": "director", "city": "Brest"},
            {"function": "director", "city": "Rennes"},
        )
        self.assertEqual((there.crm_score, here.crm_score), (15, 33))
        self.assertEqual(here.crm_score_model_id, special)
        here.city = "Brest"
        self.assertEqual(here.crm_score, 15, "the other model takes it over")
        self.assertEqual(here.crm_score_model_id, self.model)

    # ------------------------------------------------------------------ arithmetic
    def test_co_17_fit_and_engagement_have_their_caps_and_make_a_grade(self):
        self._publish_version(
            {
                "fit_cap": 50,
                "engagement_cap": 30,
                "rule_ids": [event("Visit", 20, repeatable=True)],
            }
        )
        with freeze_time(NOON):
            lead = self._create_leads(
                {"function": "director", "expected_revenue": 20000}
            )
            self._log(lead, 1, 2, 3)
        self.assertEqual((lead.crm_score_fit, lead.crm_score_engagement), (50, 30))
        self.assertEqual((lead.crm_score, lead.crm_score_grade), (80, "A2"))
        self.assertEqual(sum(lead.crm_score_entry_ids.mapped("points")), 80)

    def test_co_17_an_old_customer_is_not_scored_as_new(self):
        self._publish_version(
            {
                "rule_ids": [
                    event("Visit", 80, fade="half_life", fade_days=30),
                    rule(
                        "Customer of ours",
                        25,
                        kind="floor",
                        domain="[('partner_name', '=', 'Loyal')]",
                    ),
                ]
            }
        )
        with freeze_time(NOON):
            loyal, new = self._create_leads({"partner_name": "Loyal"}, {})
            self._log(loyal, 120)
            self._log(new, 120)
        self.assertEqual((loyal.crm_score, new.crm_score), (25, 5))
        self.assertIn(
            "+20 Customer of ours", loyal.crm_score_entry_ids.mapped("reason")
        )

    def test_co_17_sql_and_tools_agree(self):
        draw = random.Random(17)
        rules = [
            event(
                f"Event {i}",
                draw.choice([-30, -7.5, 4.3, 10, 25]),
                event_source=draw.choice(["visit", "form", "download"]),
                repeatable=draw.random() < 0.6,
                cap=draw.choice([0, 0, 12.5, 30]),
                cap_group=draw.choice(["", "", "web"]),
                fade=draw.choice(["none", "half_life", "expiry"]),
                fade_days=draw.choice([7, 30, 45]),
                dimension=draw.choice(["fit", "engagement"]),
            )
            for i in range(12)
        ]
        floor = rule("Floor", 14, kind="floor", domain="[('city', '!=', False)]")
        self._publish_version(
            {"fit_cap": 60, "engagement_cap": 45, "rule_ids": [*rules, floor]}
        )
        with freeze_time(NOON):
            leads = self._create_leads(
                *[{"city": draw.choice(["Rennes", False])} for _i in range(40)]
            )
            for lead in leads:
                for source in ("visit", "form", "download"):
                    days = draw.sample(range(0, 100), draw.randint(0, 4))
                    self._log(lead, *days, source=source)
            whole = self.env["crm.score.entry"]
            for _way in range(2):
                for lead in leads:
                    told = lead.get_crm_score_at(NOON)
                    self.assertEqual(told["score"], lead.crm_score)
                    self.assertEqual(told["grade"], lead.crm_score_grade)
                    self.assertEqual(
                        sorted(part["points"] for part in told["contributions"]),
                        sorted(filter(None, lead.crm_score_entry_ids.mapped("points"))),
                    )
                # and the same by ranges, after what an event alone refreshes
                whole._refresh_span(leads.ids[0], leads.ids[-1])
        self.assertGreater(len(set(leads.mapped("crm_score"))), 10)

    # ------------------------------------------------------------------ past and future
    def test_co_17_the_score_of_a_past_day_is_told(self):
        self._add_event_rule(fade="half_life", fade_days=10, points=40)
        with freeze_time(NOON - timedelta(days=20)):
            lead = self._create_leads({"function": "director"})
            self.env["crm.score.event"]._log(
                "visit", [(lead.id, NOON - timedelta(days=20), "1")]
            )
        with freeze_time(NOON - timedelta(days=5)):
            lead.function = "trainee"
        lead = lead.with_user(self.salesperson)
        with freeze_time(NOON):
            scores = [
                lead.get_crm_score_at(NOON - timedelta(days=day))["score"]
                for day in (21, 20, 10, 0)
            ]
        self.assertEqual(scores, [0, 55, 35, 10])
        with self.assertRaises(AccessError):
            lead.with_user(self.stranger).get_crm_score_at(NOON)

    def test_co_17_the_page_tells_the_curve_and_what_would_raise_the_score(self):
        self._add_event_rule(fade="half_life", fade_days=10, points=20, name="Visit")
        with freeze_time(NOON):
            lead = self._create_leads({"function": "director"})
            panel = lead.with_user(self.salesperson).crm_score_panel
        self.assertEqual(
            [(raised["rule"], raised["gain"]) for raised in panel["raises"]],
            [("Big project", 40), ("Visit", 20)],
        )
        self.assertEqual([row[1] for row in panel["curve"]][-1], 15)
        self.assertTrue(panel["curve"][-1][2], "what lies ahead is marked")
        self.assertIn("crm_score_panel", lead.get_view(view_type="form")["arch"])
