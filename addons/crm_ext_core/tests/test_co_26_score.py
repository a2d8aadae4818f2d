from odoo.tests import tagged

from .test_lead_score import ScoreCase


@tagged("post_install", "-at_install")
class TestCo26Score(ScoreCase):
    """CO-26: converting keeps the score, which the company then shows."""

    def test_co_26_score_stays_and_is_read_through_the_company(self):
        lead = self._create_leads(
            {
                "type": "lead",
                "user_id": self.salesperson.id,
                "function": "Sales director",
                "partner_name": "Forge of the score",
                "contact_name": "Ann Forge",
                "email_from": "ann@forge-score.example",
            }
        ).with_user(self.salesperson)
        before, entries = lead.crm_score, lead.crm_score_entry_ids
        self.assertTrue(before and entries)
        action = lead.action_crm_convert()
        wizard = lead.env[action["res_model"]].browse(action["res_id"])
        wizard.with_context(**action["context"]).action_apply()
        self.assertEqual((lead.type, lead.crm_score), ("opportunity", before))
        self.assertLessEqual(entries, lead.crm_score_entry_ids)
        self.assertEqual(lead.crm_conversion_ids.score, before)
        self.assertEqual(lead.partner_id.parent_id.name, "Forge of the score")
        self.assertEqual(lead.partner_id.crm_account_score, before)
