from odoo.tests import tagged

from .test_score_ledger import LedgerCase, event, rule


@tagged("post_install", "-at_install")
class TestCo17Touched(LedgerCase):
    """What is written in SQL, or leaves a company, moves scores as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "Good"})
        cls.function = cls.env.ref("crm_ext_core.job_function_cfo")

    def publish(self, *rules):
        self._publish_version({"rule_ids": [(5,), *rules]})

    def tag_rule(self, tag=None):
        """A rule that tags leads and contacts of Zz, by their segment."""
        manager = self.env(user=self.sales_manager)
        segment = manager["crm.segment"].create(
            {
                "name": "Zz",
                "res_model": "all",
                "criterion_ids": [(0, 0, {"code": "town", "value": {"text": "Zz"}})],
            }
        )
        return manager["crm.tag.rule"].create(
            {
                "name": "Rule",
                "tag_id": (tag or self.tag).id,
                "segment_id": segment.id,
            }
        )

    # ------------------------------------------------------------------ tags
    def test_co_17_a_tag_put_by_rule_moves_the_score(self):
        self.publish(rule("Tagged", 20, domain=f"[('tag_ids', 'in', {self.tag.ids})]"))
        there, elsewhere = self._create_leads({"city": "Zz"}, {"city": "Brest"})
        tagging = self.tag_rule()
        tagging.action_apply()
        self.run_batches()
        self.assertEqual((there.crm_score, elsewhere.crm_score), (20, 0))
        there.with_user(self.sales_manager).city = "Brest"
        tagging._apply()
        self.assertFalse(there.tag_ids)
        self.assertEqual(there.crm_score, 0)
        there.city = "Zz"
        tagging._apply()
        self.assertEqual(there.crm_score, 20)
        tagging.active = False
        self.assertEqual(there.crm_score, 0, "the rule let go of it")

    def test_co_17_a_tag_of_the_contact_moves_its_leads(self):
        self.publish(
            rule(
                "Tagged",
                20,
                domain=f"[('partner_id.crm_tag_ids', 'in', {self.tag.ids})]",
            )
        )
        person = self.env["res.partner"].create({"name": "P", "city": "Zz"})
        lead = self._create_leads({"partner_id": person.id})
        self.tag_rule()._apply()
        self.assertEqual(lead.crm_score, 20)

    def test_co_17_a_merged_tag_moves_the_score(self):
        other = self.env["crm.tag"].create({"name": "Goood"})
        self.publish(rule("Tagged", 20, domain=f"[('tag_ids', 'in', {self.tag.ids})]"))
        lead = self._create_leads({"tag_ids": other.ids})
        self.assertEqual(lead.crm_score, 0)
        other.with_user(self.sales_manager)._crm_merge(self.tag)
        self.assertEqual(lead.crm_score, 20)

    def test_tags_that_no_rule_reads_cost_no_scoring(self):
        lead = self._create_leads({"city": "Zz", "function": "director"})
        self.env.cr.execute(
            "UPDATE crm_lead SET crm_score = 1 WHERE id = %s", [lead.id]
        )
        lead.invalidate_recordset()
        self.tag_rule()._apply()
        self.assertEqual(lead.tag_ids, self.tag)
        self.assertEqual(lead.crm_score, 1)

    # ------------------------------------------------------------------ functions
    def test_co_17_a_function_learnt_for_all_moves_the_score(self):
        functions = f"'in', {self.function.ids})]"
        self.publish(
            rule("Own", 10, domain=f"[('crm_job_function_id', {functions}"),
            rule("Of", 5, domain=f"[('partner_id.crm_job_function_id', {functions}"),
        )
        person = self.env["res.partner"].create(
            {"name": "P", "function": "Argentier suprême"}
        )
        own, of_contact = self._create_leads(
            {"function": "Argentier suprême"}, {"partner_id": person.id}
        )
        of_contact.function = False
        self.assertEqual((own.crm_score, of_contact.crm_score), (0, 0))
        queue = self.env["crm.job.title"].with_user(self.sales_manager)
        queue.action_open_queue()
        line = queue.search([("name", "=", "Argentier suprême")])
        line.function_id = self.function
        line.action_map()
        self.assertEqual((own.crm_score, of_contact.crm_score), (10, 5))

    # ------------------------------------------------------------------ accounts
    def account(self, company):
        account = self.env["crm.score.account"].with_user(self.salesperson)
        return account.search([("partner_id", "=", company.id)])

    def companies(self):
        return self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Old", "New")]
        )

    def test_co_17_the_company_left_loses_the_lead(self):
        self.publish(event("V", 20))
        old, new = self.companies()
        stays, goes = self._create_leads({"partner_id": old.id}, {"partner_id": old.id})
        self._log(stays, 1)
        self._log(goes, 1)
        self.assertEqual(
            (self.account(old).score, self.account(old).lead_count), (40, 2)
        )
        goes = goes.with_user(self.salesperson)
        goes.partner_id = new
        self.assertEqual(
            (self.account(old).score, self.account(old).lead_count), (20, 1)
        )
        self.assertEqual(self.account(new).score, 20)
        goes.partner_id = False
        self.assertFalse(self.account(new))
        stays.with_user(self.sales_manager).unlink()
        self.assertFalse(self.account(old))

    def test_co_17_a_contact_that_changes_company_takes_its_leads_along(self):
        self.publish(rule("Director", 15, domain="[('function', '=', 'director')]"))
        old, new = self.companies()
        person = self.env["res.partner"].create({"name": "P", "parent_id": old.id})
        lead = self._create_leads({"partner_id": person.id, "function": "director"})
        self.assertEqual(self.account(old).score, 15)
        person.with_user(self.sales_manager).parent_id = new
        self.assertFalse(self.account(old))
        self.assertEqual(self.account(new).score, 15)
        lead.with_user(self.sales_manager).active = False
        self.assertFalse(self.account(new))

    def test_co_17_the_whole_base_run_removes_accounts_without_leads(self):
        self.publish(rule("Director", 15, domain="[('function', '=', 'director')]"))
        old, _new = self.companies()
        lead = self._create_leads({"partner_id": old.id, "function": "director"})
        self.env.flush_all()
        # as a merge of contacts by SQL would
        self.env.cr.execute(
            "UPDATE crm_lead SET partner_id = NULL WHERE id = %s", [lead.id]
        )
        self.env.invalidate_all()
        self.assertTrue(self.account(old))
        self.model.with_user(self.sales_manager).action_recompute()
        self.run_batches()
        self.assertFalse(self.account(old))
