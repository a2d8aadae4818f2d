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


@tagged("post_install", "-at_install")
class TestScoreLedger(ScoreCase):
    def _log(self, lead, *days, source="visit"):
        facts = [(lead.id, NOON - timedelta(days=day), f"{day}") for day in days]
        self.env["crm.score.event"]._log(source, facts)

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

    # ------------------------------------------------------------------ who is scored
    def test_co_17_a_person_who_objects_to_profiling_is_not_scored(self):
        self._add_event_rule()
        person = self.env["res.partner"].create(
            {"name": "P", "email": "p@objects.example", "function": "director"}
        )
        lead = self._create_leads({"partner_id": person.id})
        self._log(lead, 1)
        self.assertEqual(lead.crm_score, 25)
        person.with_user(self.sales_manager).crm_no_profiling = True
        self.assertTrue(lead.crm_no_profiling)
        self.assertFalse(lead.crm_score)
        self.assertFalse(lead.crm_score_entry_ids)
        self.assertFalse(lead.crm_score_model_id)
        self._log(lead, 0)
        events = self.env["crm.score.event"].search([("lead_id", "=", lead.id)])
        self.assertEqual(len(events), 1, "nothing more is recorded")
        again = self._create_leads(
            {"email_from": "P <p@objects.example>", "function": "director"}
        )
        self.assertTrue(again.crm_no_profiling, "known by the address")
        self.assertFalse(again.crm_score)
        person.crm_no_profiling = False
        self.assertEqual(lead.crm_score, 25)

    def test_co_17_the_account_adds_up_all_its_leads_and_contacts(self):
        self._publish_version(
            {"engagement_cap": 30, "rule_ids": [event("V", 20, repeatable=False)]}
        )
        company = self.env["res.partner"].create({"name": "C", "is_company": True})
        people = self.env["res.partner"].create(
            [{"name": f"P{i}", "parent_id": company.id} for i in range(2)]
        )
        one, two = self._create_leads(
            {"partner_id": people[0].id, "function": "director"},
            {"partner_id": people[1].id, "expected_revenue": 20000},
        )
        self._log(one, 1)
        self._log(two, 1)
        account = self.env["crm.score.account"].with_user(self.salesperson)
        account = account.search([("partner_id", "=", company.id)])
        self.assertEqual((account.fit, account.engagement), (40, 30))
        self.assertEqual((account.score, account.contact_count), (70, 2))
        seen = people[0].with_user(self.salesperson)
        self.assertEqual(seen.crm_account_score, 70)
        (one | two).active = False
        self.run_batches()
        self.model.action_recompute()
        self.run_batches()
        self.assertFalse(account.exists())

    # ------------------------------------------------------------------ what moves it
    def test_co_17_a_change_of_the_contact_moves_its_leads(self):
        self._publish_version(
            {
                "rule_ids": [
                    rule("Lawyers", 12, domain="[('partner_id.ref', '=', 'L')]"),
                    rule(
                        "Group",
                        8,
                        domain="[('partner_id.parent_id.ref', '=', 'G')]",
                    ),
                ]
            }
        )
        company = self.env["res.partner"].create({"name": "C", "is_company": True})
        person = self.env["res.partner"].create({"name": "P", "parent_id": company.id})
        lead = self._create_leads({"partner_id": person.id})
        person.with_user(self.sales_manager).ref = "L"
        self.assertEqual(lead.crm_score, 12)
        company.with_user(self.sales_manager).ref = "G"
        self.assertEqual(lead.crm_score, 20)
        person.ref = "X"
        self.assertEqual(lead.crm_score, 8)

    def test_co_17_a_meeting_held_and_a_call_made_give_points(self):
        self._publish_version(
            {
                "rule_ids": [
                    event("Met", 30, event_source="meeting"),
                    event("Called", 5, event_source="call"),
                ]
            }
        )
        lead = self._create_leads({"user_id": self.salesperson.id})
        call = lead.activity_schedule("mail.mail_activity_data_call")
        call.with_user(self.salesperson).action_done()
        self.assertEqual(lead.crm_score, 5)
        meetings = self.env["calendar.event"].create(
            [
                {
                    "name": name,
                    "opportunity_id": lead.id,
                    "start": f"2026-06-{day} 10:00:00",
                    "stop": f"2026-06-{day} 11:00:00",
                }
                for name, day in (("Held", 10), ("To come", 20))
            ]
        )
        with freeze_time(NOON):
            self.model.action_recompute()
            self.run_batches()
        self.assertEqual(lead.crm_score, 35)
        found = self.env["crm.score.event"].search(
            [("lead_id", "=", lead.id), ("source", "=", "meeting")]
        )
        self.assertEqual(found.ref, str(meetings[0].id))

    def test_co_17_an_event_costs_the_same_for_a_lead_with_many(self):
        self._add_event_rule(repeatable=True)
        few, many = self._create_leads({}, {})
        self._log(many, *range(50))
        counts = []
        for lead in (few, many):
            self._log(lead, 60)
            before = self.env.cr.sql_log_count
            self._log(lead, 61)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 6)
