from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools.hooks import ScoreEventSource
from .common import CrmExtCase

NOON = datetime(2026, 6, 15, 12, 0)


class ScoreCase(CrmExtCase):
    """A published model of its own: the rules shipped are a matter of taste."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.score.model"].search([("state", "=", "published")]).action_retire()
        cls.env["crm.qualification.rule"].search([("active", "=", True)]).active = False
        cls.model = cls.env["crm.score.model"].create(
            {
                "name": "Test model",
                "rule_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Function: director",
                            "points": 15,
                            "domain": "[('function', 'ilike', 'director')]",
                        },
                    ),
                    (
                        0,
                        0,
                        {
                            "name": "Big project",
                            "points": 40,
                            "domain": "[('expected_revenue', '>=', 10000)]",
                        },
                    ),
                ],
            }
        )
        cls._plug_in(
            "_score_event_sources", {"visit": ScoreEventSource("Page visited")}
        )
        cls.model.action_publish()
        cls.run_batches(cls)

    def _add_event_rule(self, **values):
        """A new version with one more rule, published."""
        rule = {
            "name": "Visit",
            "kind": "event",
            "event_source": "visit",
            "points": 10,
            **values,
        }
        return self._publish_version({"rule_ids": [(0, 0, rule)]}).rule_ids[-1]

    def _draft_version(self):
        action = self.model.action_new_version()
        return self.env["crm.score.model"].browse(action["res_id"])

    def _publish_version(self, values):
        draft = self._draft_version()
        draft.write(values)
        draft.action_publish()
        self.model = draft
        return draft

    def _create_leads(self, *vals, user=None):
        leads = self.env["crm.lead"].with_user(user or self.salesperson)
        return leads.create(
            [{"name": f"Lead {i}", **values} for i, values in enumerate(vals)]
        )


@tagged("post_install", "-at_install")
class TestLeadScore(ScoreCase):
    def test_co_17_the_score_and_each_contribution_are_read_on_the_lead(self):
        with freeze_time(NOON):
            lead = self._create_leads(
                {"function": "Sales director", "expected_revenue": 20000}
            )
        self.assertEqual(lead.crm_score, 55)
        self.assertEqual(
            lead.crm_score_entry_ids.mapped("reason"),
            ["+40 Big project", "+15 Function: director"],
        )
        self.assertEqual(lead.crm_score_entry_ids[0].date, NOON)
        arch = lead.get_view(view_type="form")["arch"]
        self.assertIn("crm_score_entry_ids", arch)
        self.assertIn('widget="gauge"', arch)

    def test_co_17_leads_are_sorted_by_score(self):
        low, high, none = self._create_leads(
            {"function": "director"}, {"expected_revenue": 10000}, {}
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_lead_action_score"
        )
        view = self.env["crm.lead"].get_view(action["views"][0][0], "list")["arch"]
        self.assertIn('default_order="crm_score desc, id desc"', view)
        found = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .search(
                [("id", "in", (low | high | none).ids)], order="crm_score desc, id desc"
            )
        )
        self.assertEqual(found, high | low | none)

    def test_co_17_a_change_of_the_lead_moves_its_score_at_once(self):
        with freeze_time(NOON):
            lead = self._create_leads({"function": "director"})
        with freeze_time(NOON + timedelta(days=3)):
            lead.function = "trainee"
        self.assertEqual(lead.crm_score, 0)
        self.assertFalse(lead.crm_score_entry_ids)
        ended = self.env["crm.score.entry"].search([("lead_id", "=", lead.id)])
        self.assertEqual((ended.points, ended.ended_at), (15, NOON + timedelta(days=3)))

    def test_co_17_a_contact_chosen_later_counts(self):
        partner = self.env["res.partner"].create({"name": "P", "function": "Director"})
        lead = self._create_leads({})
        lead.partner_id = partner
        self.assertEqual(lead.crm_score, 15)

    def test_co_17_an_event_gives_points_once(self):
        self._add_event_rule()
        lead = self._create_leads({})
        events = self.env["crm.score.event"]
        for _twice in range(2):
            events._log("visit", [(lead.id, NOON, "page-1")])
        events._log("visit", [(lead.id, NOON, "page-2")])
        self.assertEqual(lead.crm_score, 10)

    def test_co_17_a_repeatable_event_counts_each_time_up_to_its_cap(self):
        self._add_event_rule(repeatable=True, cap=25)
        lead = self._create_leads({})
        self.env["crm.score.event"]._log(
            "visit", [(lead.id, NOON - timedelta(days=i), str(i)) for i in range(3)]
        )
        self.assertEqual(lead.crm_score, 25)
        self.assertEqual(sorted(lead.crm_score_entry_ids.mapped("points")), [5, 10, 10])

    def test_co_17_points_fade_and_say_when(self):
        self._add_event_rule(fade="half_life", fade_days=30)
        with freeze_time(NOON):
            lead = self._create_leads({})
            self.env["crm.score.event"]._log("visit", [(lead.id, NOON, "1")])
        entry = lead.crm_score_entry_ids
        self.assertEqual(
            (entry.points, entry.fades_at), (10, NOON + timedelta(days=30))
        )
        with freeze_time(NOON + timedelta(days=30)):
            lead._refresh_crm_score()
        self.assertEqual((lead.crm_score, entry.points), (5, 5))

    def test_co_17_an_expired_event_leaves_the_score_and_stays_in_the_ledger(self):
        self._add_event_rule(fade="expiry", fade_days=7)
        with freeze_time(NOON):
            lead = self._create_leads({})
            self.env["crm.score.event"]._log("visit", [(lead.id, NOON, "1")])
            self.assertEqual(lead.crm_score, 10)
        with freeze_time(NOON + timedelta(days=7)):
            lead._refresh_crm_score()
        self.assertEqual(lead.crm_score, 0)
        self.assertTrue(
            self.env["crm.score.entry"].search([("lead_id", "=", lead.id)]).ended_at
        )

    def test_a_company_with_its_own_model_leaves_the_shared_one(self):
        company = self.env["res.company"].create({"name": "Second"})
        own = self.env["crm.score.model"].create(
            {
                "name": "Own",
                "company_id": company.id,
                "rule_ids": [(0, 0, {"name": "All", "points": 7})],
            }
        )
        own.action_publish()
        admin = self.env["crm.lead"]
        shared = admin.create(
            {"name": "A", "function": "director", "company_id": False}
        )
        theirs = admin.create(
            {"name": "B", "function": "director", "company_id": company.id}
        )
        self.assertEqual((shared.crm_score, theirs.crm_score), (15, 7))

    def test_scoring_costs_the_same_for_one_lead_and_for_many(self):
        self._create_leads({"function": "director"})  # warms the caches
        one = self._queries({"function": "director"})
        many = self._queries(*[{"function": "director"}] * 20)
        plain = self._score_queries(1)
        self.assertEqual(self._score_queries(30), plain)
        self.assertGreaterEqual(many, one)

    def _queries(self, *vals):
        before = self.env.cr.sql_log_count
        self._create_leads(*vals)
        return self.env.cr.sql_log_count - before

    def _score_queries(self, count):
        leads = self._create_leads(*[{"function": "director"}] * count)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        leads._refresh_crm_score()
        return self.env.cr.sql_log_count - before

    def test_without_a_published_model_nothing_is_asked(self):
        self.model.action_retire()
        lead = self._create_leads({})
        lead.write({"function": "director"})  # warms the caches
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.env["crm.score.model"]._watched_fields()
            self.env["crm.score.model"]._published_ids()
        self.assertEqual(lead.crm_score, 0)

    def test_handing_a_lead_to_somebody_does_not_score_it_anew(self):
        lead = self._create_leads({"function": "director"}, user=self.sales_manager)
        score = lead.crm_score
        self.env["crm.score.entry"].search([("lead_id", "=", lead.id)]).unlink()
        lead.write({"user_id": self.salesperson.id, "function": "director"})
        self.assertFalse(lead.crm_score_entry_ids, "nothing was computed")
        self.assertEqual(lead.crm_score, score)
        lead.write({"function": "intern"})
        self.assertEqual(lead.crm_score, 0)

    def test_scores_do_not_touch_the_hosts_probability(self):
        lead = self._create_leads({})
        before = (lead.probability, lead.automated_probability)
        self.env["crm.score.event"]._log("visit", [(lead.id, NOON, "1")])
        self.assertEqual((lead.probability, lead.automated_probability), before)

    def test_a_merge_keeps_the_events(self):
        self._add_event_rule(repeatable=True)
        kept, gone = self._create_leads({}, {}, user=self.sales_manager)
        self.env["crm.score.event"]._log(
            "visit", [(kept.id, NOON, "1"), (gone.id, NOON, "2")]
        )
        merged = (kept | gone).with_user(self.sales_manager).merge_opportunity()
        self.assertEqual(merged.crm_score, 20)

    def test_the_ledger_follows_the_rights_on_the_lead(self):
        mine = self._create_leads(
            {"function": "director", "user_id": self.sales_manager.id},
            user=self.sales_manager,
        )
        entries = mine.crm_score_entry_ids
        self.assertTrue(entries.with_user(self.sales_manager).has_access("read"))
        self.assertFalse(entries.with_user(self.salesperson).has_access("read"))
        with self.assertRaises(AccessError):
            entries.with_user(self.sales_manager).write({"points": 1})

    def test_a_rule_that_cannot_be_read_is_refused(self):
        rule = self._draft_version().rule_ids[0].with_user(self.sales_manager)
        for domain in ("[('no_such_field', '=', 1)]", "[(", "no domain"):
            with (
                self.subTest(domain),
                self.assertRaisesRegex(ValidationError, "cannot be read"),
            ):
                rule.domain = domain

    def test_the_api_tells_the_score_with_its_reasons(self):
        with freeze_time(NOON):
            lead = self._create_leads({"function": "director"})
        told = lead.with_user(self.salesperson).get_crm_score()
        self.assertEqual((told["score"], told["full_score"]), (15, 100))
        self.assertEqual(
            told["contributions"],
            [
                {
                    "points": 15,
                    "reason": "+15 Function: director",
                    "since": "2026-06-15 12:00:00",
                    "fades_at": False,
                }
            ],
        )
        with self.assertRaises(AccessError):
            lead.with_user(self.stranger).get_crm_score()
