from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_lead_score import ScoreCase


@tagged("post_install", "-at_install")
class TestScoreBatch(ScoreCase):
    def test_publishing_scores_the_whole_base_in_the_background(self):
        self.model.action_retire()
        self.run_batches()
        leads = self._create_leads(
            {"function": "director"}, {"expected_revenue": 10000}, {}
        )
        self.assertEqual(leads.mapped("crm_score"), [0, 0, 0])
        draft = self._draft_version().with_user(self.sales_manager)
        action = draft.action_publish()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((run.kind, run.state), ("score", "queued"))
        self.run_batches()
        self.assertEqual(run.state, "done")
        self.assertEqual(leads.mapped("crm_score"), [15, 40, 0])

    def test_a_second_scoring_writes_no_lead_and_doubles_no_entry(self):
        leads = self._create_leads({"function": "director"}, {})
        before = leads.mapped("crm_score_date")
        self.model.action_recompute()
        self.run_batches()
        self.assertEqual(leads.mapped("crm_score_date"), before)
        self.assertEqual(len(leads.crm_score_entry_ids), 1)

    def test_lost_leads_keep_a_score(self):
        lead = self._create_leads({"function": "director"})
        lead.action_set_lost()
        self.model.action_recompute()
        self.run_batches()
        self.assertEqual(lead.crm_score, 15)

    def test_the_nightly_cron_ships_switched_off_and_scores_when_called(self):
        cron = self.env.ref("crm_ext_core.ir_cron_score")
        self.assertFalse(cron.active)
        lead = self._create_leads({"function": "director"})
        self.env.cr.execute(
            "UPDATE crm_lead SET crm_score = 1 WHERE id = %s", [lead.id]
        )
        lead.invalidate_recordset()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.run_batches()
        self.assertEqual(lead.crm_score, 15)

    def test_only_a_manager_scores_the_base(self):
        with self.assertRaises(AccessError):
            self.model.with_user(self.salesperson).action_recompute()
        with self.assertRaises(AccessError):
            self.model.with_user(self.salesperson).action_publish()
