from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_ext_core.tools.hooks import ScoreEventSource

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
@freeze_time("2026-01-15")
class TestSegmentCriteria(SegmentCase):
    """CO-20: each criterion, over leads, contacts and companies at once."""

    def _check(self, code, value, people, leads):
        with self.subTest(code=code, value=value):
            held = self._held(self._segment((code, value)))
            self.assertEqual(held, (people, leads))

    def _ids(self, record):
        return {"ids": record.ids}

    def test_co_20_place(self):
        none = self.env["crm.lead"]
        self._check("department", {"keys": ["35"]}, self.firm | self.anne, self.lead)
        self._check(
            "region",
            {"keys": ["Bretagne"]},
            self.firm | self.shop | self.anne | self.yann,
            self.lead,
        )
        self._check("country", self._ids(self.env.ref("base.be")), self.abroad, none)
        self._check("zip", {"text": "75"}, self.env["res.partner"], self.cold)

    def test_co_20_company_type_activity_turnover_headcount(self):
        firm, lead = self.firm | self.anne, self.lead
        customer = self.env.ref("crm_ext_core.relation_type_customer")
        for code, value in (
            ("company_type", {"keys": ["company"]}),
            ("naf", {"text": "62"}),
            ("industry", self._ids(self.industry)),
            ("turnover", {"keys": ["2", "5"]}),
            ("headcount", {"keys": ["50"]}),
            ("relation", self._ids(customer)),
        ):
            self._check(code, value, firm, lead)

    def test_co_20_source_and_origin(self):
        both = self.anne | self.yann  # Anne's card, and Yann's lead, come from the fair
        self._check("origin", self._ids(self.fair), both, self.cold)
        self._check("source", self._ids(self.source), self.yann, self.env["crm.lead"])

    def test_co_20_interests_function_age_band(self):
        self._check("interest", self._ids(self.interest), self.anne, self.lead)
        self._check("title", {"text": "direct"}, self.anne, self.lead)
        self._check("age", {"low": 45, "high": 45}, self.anne, self.lead)
        self._check("age", {"low": 46}, self.env["res.partner"], self.env["crm.lead"])

    def test_co_20_documents_downloaded(self):
        self._check("download", self._ids(self.paper), self.anne, self.lead)
        recent = self._ids(self.paper) | {"days": 7}
        self._check("download", recent, self.env["res.partner"], self.env["crm.lead"])

    def test_co_20_score_and_date_of_the_last_action(self):
        self._check("score", {"low": 70}, self.anne, self.lead)
        self.anne.message_post(body="Called", message_type="comment")
        self.cold.message_post(body="Called", message_type="comment")
        # a criterion of contacts and of leads: each by its own last action
        self._check("last_action", {"days": 30}, self.anne, self.cold)

    def test_co_20_online_behaviour_by_score_events(self):
        source = {"page": ScoreEventSource("Page seen")}
        self._plug_in("_score_event_sources", source)
        self.env["crm.score.event"]._log("page", [(self.lead.id, "2026-01-10", "a")])
        seen = {"keys": ["page"], "days": 30}
        self._check("behaviour", seen, self.anne, self.lead)
        self._check(
            "behaviour",
            seen | {"days": 2},
            self.env["res.partner"],
            self.env["crm.lead"],
        )

    def test_co_20_and_or_not_in_one_segment(self):
        place, band = ("region", {"keys": ["Bretagne"]}), ("turnover", {"keys": ["5"]})
        people, leads = self._held(self._segment(place, (*band, True)))
        self.assertEqual((people, leads), (self.shop | self.yann, self.env["crm.lead"]))
        belgium = ("country", self._ids(self.env.ref("base.be")))
        people, leads = self._held(self._segment(band, belgium, match="any"))
        self.assertEqual(people, self.firm | self.anne | self.abroad)
        self.assertEqual(leads, self.lead)

    def test_co_20_a_criterion_without_value_is_refused(self):
        with self.assertRaises(ValidationError):
            self._segment(("turnover", {"keys": []}))

    def test_co_20_half_typed_criteria_do_not_disturb_the_count(self):
        with self._form() as form:
            form.name = "Typing"
            with form.criterion_ids.new() as line:
                line.code = "town"
                line.value = {"text": "Segville"}
            self.assertEqual((form.contact_count, form.company_count), (2, 3))
            with form.criterion_ids.new() as line:
                line.code = "turnover"
                self.assertEqual(line.spec["inputs"], ["choices"])
                line.value = {"keys": ["5"]}
            self.assertEqual((form.contact_count, form.company_count), (1, 1))
