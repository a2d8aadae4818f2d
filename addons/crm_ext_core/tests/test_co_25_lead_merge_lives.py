from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .lead_merge_common import LeadMergeCase

names = st.sampled_from([False, "Zoé Lecoeur", "Yann Morvan"])
leads = st.fixed_dictionaries(
    {
        "contact_name": names,
        "partner_name": st.sampled_from([False, "Vinouze", "Cidrerie"]),
        "phone": st.sampled_from([False, "+33 2 99 00 12 34"]),
        "expected_revenue": st.sampled_from([0, 1234.56, 9000]),
        "priority": st.sampled_from(["0", "2"]),
        "date_deadline": st.sampled_from([False, "2026-12-24"]),
        "description": st.sampled_from([False, "<p>Some text</p>", "<p>Other</p>"]),
        "type": st.sampled_from(["lead", "opportunity"]),
        "probability": st.sampled_from([0.0, 33.333333333333336, 60.0]),
        "crm_no_profiling": st.booleans(),
    }
)


@tagged("post_install", "-at_install")
class TestLeadMergeLives(LeadMergeCase):
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(leads, min_size=2, max_size=4),
        st.lists(st.booleans(), min_size=4, max_size=4),
        st.lists(st.integers(0, 3), min_size=12, max_size=12),
    )
    def test_co_25_merge_then_undo_gives_back_the_same_database(
        self, values, attached, chosen
    ):
        made = self.env["crm.lead"]
        for vals, full in zip(values, attached, strict=False):
            lead = self._lead(user_id=self.salesperson.id, **vals)
            lead.tag_ids = self.shared_tag | (self.own_tag if full else lead.tag_ids)
            made += lead
            if full:
                self.attach_all(lead)
        self.env.cr.precommit.run()
        before = self.snapshot(made)
        wizard = self.preview(made, made[0])
        rows = wizard.table["rows"]
        choices = {
            row["field"]: row["cells"][number % len(row["cells"])]["lead"]
            for row, number in zip(rows, chosen, strict=False)
        }
        merge = self.merge(made[0], made[1:], choices)
        self.assertFalse(made[1:].filtered("active"))
        merge.action_undo()
        self.env.cr.precommit.run()
        self.assertEqual(before, self.snapshot(made))
        self.assertFalse(merge.newer_count)
