from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegmentSteps(SegmentCase):
    """CO-20: union, intersection and exclusion, counted step by step."""

    def test_co_20_a_count_per_step(self):
        with self._form() as form:
            form.name = "Steps"
            form.res_model = "all"
            with form.criterion_ids.new() as line:
                line.code = "town"
                line.value = {"text": "Segville"}
            with form.step_ids.new() as step:
                step.operation = "exclusion"
                with step.criterion_ids.new() as line:
                    line.code = "turnover"
                    line.value = {"keys": ["0"]}
        segment = form.record
        step = segment.step_ids
        self.assertEqual(segment.start_count, 7)
        # the shop, its person and that person's lead are out
        self.assertEqual((step.record_count, segment.record_count), (4, 4))
        with self._form(segment) as form, form.step_ids.new() as step:
            step.operation = "intersection"
            with step.criterion_ids.new() as line:
                line.code = "department"
                line.value = {"keys": ["35"]}
        self.assertEqual(segment.step_ids.mapped("record_count"), [4, 3])
        self.assertEqual(segment._get_records("crm.lead"), self.lead)

    def test_co_20_segments_of_segments(self):
        rich = self._segment(("turnover", {"keys": ["5"]}), name="Rich")
        belgium = {"ids": self.env.ref("base.be").ids}
        segment = self._segment(
            name="Rich and Belgian",
            step_ids=[
                (0, 0, {"operation": "union", "other_id": rich.id}),
                (0, 0, self._step("union", ("country", belgium))),
            ],
        )
        people = self._held(segment)[0]
        self.assertLessEqual(self.firm | self.anne | self.abroad, people)
        self.assertFalse(people & self.shop)

    def test_a_segment_is_not_made_of_itself(self):
        one = self._segment(name="One")
        two = self._segment(name="Two", step_ids=[(0, 0, {"other_id": one.id})])
        with self.assertRaises(ValidationError):
            one.step_ids = [(0, 0, {"other_id": two.id})]

    def test_a_step_says_what_it_does(self):
        with self.assertRaises(ValidationError):
            self._segment(step_ids=[(0, 0, {"operation": "union"})])

    def test_co_20_why_a_record_is_in_or_out(self):
        segment = self._segment(
            ("turnover", {"keys": ["5"]}), ("interest", {"ids": self.interest.ids})
        )
        answer = segment.explain("res.partner", self.firm.id)
        self.assertFalse(answer["inside"])
        rows = {row["label"]: (row["holds"], row["value"]) for row in answer["rows"]}
        self.assertEqual(rows["Turnover"], (True, "€5 to 10 M"))
        self.assertEqual(rows["Interests"], (False, "—"))
        self.assertTrue(segment.explain("res.partner", self.anne.id)["inside"])
        wizard = (
            self.env["crm.segment.explain"]
            .with_user(self.marketing)
            .create({"segment_id": segment.id, "record": f"res.partner,{self.firm.id}"})
        )
        self.assertIn("€5 to 10 M", wizard.explanation)

    def test_a_salesperson_is_not_told_about_leads_of_others(self):
        self.lead.user_id = self.sales_manager
        segment = self._segment()
        own = segment.with_user(self.salesperson)
        self.assertEqual((segment.lead_count, own.lead_count), (2, 1))
        self.assertEqual(own._get_records("crm.lead"), self.cold)
        with self.assertRaises(AccessError):
            own.explain("crm.lead", self.lead.id)
