from odoo.tests import tagged

from .test_score_ledger import LedgerCase, event, rule


@tagged("post_install", "-at_install")
class TestScoreWho(LedgerCase):
    """Who is scored, and what moves a score."""

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
