from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Datetime
from odoo.tests import tagged

from .privacy_common import MAIL, NAME, PrivacyCase


@tagged("post_install", "-at_install")
class TestPrivacyRetention(PrivacyCase):
    """Issue 5: retention by rule, prospects three years by default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env.ref("crm_ext_core.crm_privacy_rule_leads")
        cls.contacts = cls.env.ref("crm_ext_core.crm_privacy_rule_contacts")

    def rule(self, name):
        return getattr(self, name).with_user(self.officer)

    def concerned(self, name):
        """The records of our prospect that the rule concerns."""
        rule = self.rule(name)
        mine = self.lead.id if rule.res_model == "crm.lead" else self.contact.id
        found = rule._find_concerned()
        shown = rule.action_preview()["domain"][0][2]
        self.assertEqual(found, shown)
        return mine in found

    def test_three_years_are_the_default_and_shipped(self):
        self.assertEqual((self.leads.months, self.contacts.months), (36, 36))
        self.assertIn("CNIL", self.leads.legal_note)
        self.assertFalse(self.env.ref("crm_ext_core.ir_cron_privacy").active)

    def test_a_recent_prospect_is_not_concerned(self):
        self.assertFalse(self.concerned("leads"))
        self.assertFalse(self.concerned("contacts"))

    def test_after_three_years_of_silence(self):
        self.age(48)
        self.assertTrue(self.concerned("leads"))
        self.assertTrue(self.concerned("contacts"))

    def test_a_company_leaves_the_contacts_of_anothers_leads(self):
        self.age(48)
        company = self.env.company
        self.contacts.company_id = company
        self.assertTrue(self.concerned("contacts"))
        other = self.env["res.company"].create({"name": "Vannes"})
        self.lead.write({"team_id": False, "user_id": False, "company_id": other.id})
        self.age(0)
        self.assertFalse(self.concerned("contacts"))
        self.contacts.company_id = False
        self.assertTrue(self.concerned("contacts"))

    def test_each_kind_of_news_keeps_a_person(self):
        self.age(48)
        now = Datetime.now()
        for news in (
            lambda: self.lead.message_post(body="Hi", message_type="comment"),
            lambda: self.env["crm.score.event"]._log(
                "visit", [(self.lead.id, now, "x")]
            ),
            lambda: self.lead.activity_schedule("mail.mail_activity_data_call"),
            lambda: self.post.write({"date": now}),
            lambda: self.env["crm.lead"].create(
                {"name": "Again", "email_from": MAIL.upper()}
            ),
        ):
            with self.env.cr.savepoint() as point:
                news()
                self.assertFalse(self.concerned("leads"))
                self.assertFalse(self.concerned("contacts"))
                point.rollback()
                self.env.invalidate_all()

    def test_who_posted_and_has_not_confirmed_yet_is_kept(self):
        """A post that waits for its click is no lead's yet."""
        self.age(48)
        self.form.double_opt_in = True
        self.form.receive(
            "22222222-2222-2222-2222-222222222222",
            {"contact_name": NAME, "email_from": MAIL, "consent": True},
            {"address": "192.0.2.7"},
        )
        self.assertFalse(self.concerned("leads"))
        self.assertFalse(self.concerned("contacts"))

    def test_customers_are_never_touched(self):
        self.age(48)
        self.lead.action_set_won()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_lead SET date_closed = '2000-01-01' WHERE id = %s",
            [self.lead.id],
        )
        self.assertFalse(self.concerned("leads"))
        self.assertFalse(self.concerned("contacts"))

    def test_users_are_never_touched(self):
        self.age(600)
        found = self.rule("contacts")._find_concerned()
        users = self.env["res.users"].with_context(active_test=False)
        internal = users.search([("share", "=", False)]).partner_id
        self.assertFalse(set(internal.ids) & set(found))

    def test_the_run_anonymises_and_twice_does_nothing_more(self):
        self.age(48)
        only = f"[('email_normalized', '=', '{MAIL}')]"
        self.contacts.write({"domain": only})
        rule = self.rule("contacts")
        rule.action_run()
        self.run_batches()
        self.env.invalidate_all()
        self.assertEqual(self.find_texts(NAME, "Testard"), [])
        self.assertEqual(rule.done_count, 1)
        self.assertTrue(self.lead.crm_forgotten_date)
        self.assertFalse(rule.action_run())

    def test_who_comes_back_before_the_run_is_kept(self):
        self.age(48)
        rule = self.rule("leads")
        rule.action_run()
        self.lead.message_post(body="Back", message_type="comment")
        self.run_batches()
        self.assertTrue(self.lead.contact_name)

    def test_archive_instead(self):
        self.age(48)
        self.leads.write(
            {"action": "archive", "domain": f"[('id', '=', {self.lead.id})]"}
        )
        self.rule("leads").action_run()
        self.run_batches()
        self.lead.invalidate_recordset()
        self.assertFalse(self.lead.active)
        self.assertTrue(self.lead.contact_name)

    def test_the_rule_of_another_company_runs_in_its_own(self):
        here = self.officer.company_id
        there = self.env["res.company"].create({"name": "Vannes"})
        self.officer.company_ids += there
        self.lead.write({"team_id": False, "user_id": False, "company_id": there.id})
        self.leads.write(
            {"company_id": there.id, "domain": f"[('id', '=', {self.lead.id})]"}
        )
        self.age(48)
        rule = self.rule("leads").with_context(allowed_company_ids=(here + there).ids)
        rule.action_run()
        self.run_batches()
        self.assertEqual(rule.run_ids.mapped("state"), ["done"])
        self.assertEqual(rule.run_ids.company_id, there)
        self.lead.invalidate_recordset()
        self.assertFalse(self.lead.contact_name)

    def test_the_night_starts_each_rule_once(self):
        self.age(48)
        self.env["crm.privacy.rule"]._cron_apply()
        self.env["crm.privacy.rule"]._cron_apply()
        self.assertEqual(len(self.leads.run_ids), 1)

    def test_the_queries_do_not_grow_with_the_persons(self):
        self.age(48)
        counts = []
        for number in (1, 40):
            leads = self.env["crm.lead"].create(
                [
                    {"name": f"L{n}", "contact_name": f"Old {n}",
                     "email_from": f"old{n}@o{number}.example"}
                    for n in range(number)
                ]
            )  # fmt: skip
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            eraser = self.env["crm.privacy.eraser"]
            eraser._forget(eraser._to_person(self.env["res.partner"], leads))
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] * 1.6, counts)

    def test_who_may_write_rules(self):
        for user in (self.salesperson, self.sales_manager):
            with self.assertRaises(AccessError):
                self.leads.with_user(user).write({"months": 1})
            with self.assertRaises(AccessError):
                self.leads.with_user(user).action_run()
        with self.assertRaises(ValidationError):
            self.rule("leads").domain = "[('no_field', '=', 1)]"
