from odoo.tests import Form, tagged

from .duplicates_common import DuplicatesCase

SECRETS = ("Zoé", "Lecoeur", "Vinouze", "vinouze", "0012", "/odoo/", "Audit")


@tagged("post_install", "-at_install")
class TestKnown(DuplicatesCase):
    def note(self, user, model="crm.lead", **values):
        return self.env[model].with_user(user).new(values).crm_known_note or ""

    def test_co_25_the_form_warns_with_the_owner_and_shows_nothing_else(self):
        self.assertFalse(self.zoe.with_user(self.salesperson)._filtered_access("read"))
        with Form(self.env["crm.lead"].with_user(self.salesperson)) as form:
            form.name = "Wants an audit"
            self.assertFalse(form.crm_known_note)
            form.email_from = "ZOE.Lecoeur@vinouze.example"
            note = str(form.crm_known_note)
            self.assertIn("Already handled by Hélène Handler", note)
            for secret in (*SECRETS, str(self.zoe.id), self.handler.login):
                self.assertNotIn(secret, note)

    def test_co_25_the_card_added_in_the_pipeline_warns_too(self):
        leads = self.env["crm.lead"].with_user(self.salesperson)
        view = "crm.quick_create_opportunity_form"
        with Form(leads.with_context(default_type="opportunity"), view) as form:
            form.name = "Wants an audit"
            self.assertFalse(form.crm_known_note)
            form.email_from = "zoe.lecoeur@vinouze.example"
            note = str(form.crm_known_note)
            self.assertIn("Already handled by Hélène Handler", note)
            for secret in SECRETS:
                self.assertNotIn(secret, note)

    def test_co_25_by_name_phone_company_and_siret(self):
        firm = self.env["res.partner"].create(
            {
                "name": "Sablière de l'Oust",
                "is_company": True,
                "company_registry": "356 000 000 00048",
                "user_id": self.handler.id,
            }
        )
        self.assertTrue(firm)
        for values in (
            {"contact_name": "LECOEUR Zoe", "phone": "02 99 00 12 34"},
            {"partner_name": "VINOUZE"},
            {"partner_name": "Sabliere de l Oust SAS"},
        ):
            with self.subTest(values):
                self.assertIn("Hélène", self.note(self.salesperson, **values))
        contact = {
            "name": "Another name",
            "is_company": True,
            "company_registry": "35600000000048",
        }
        self.assertIn("Hélène", self.note(self.salesperson, "res.partner", **contact))
        contact = {"name": "Zoe Lecoeur", "phone": "02 99 00 12 34"}
        self.assertIn("Hélène", self.note(self.salesperson, "res.partner", **contact))

    def test_co_25_a_name_that_resembles_by_trigrams(self):
        self._lead(
            user_id=self.handler.id, partner_name="Manufacture bretonne du Granit"
        )
        near = {"partner_name": "Manufacture bretone de Granits"}
        self.assertIn("Hélène", self.note(self.salesperson, **near))

    def test_co_25_nobody_is_named_for_strangers_and_free_mail(self):
        self._lead(user_id=self.handler.id, email_from="helene.client@orange.fr")
        for values in (
            {"email_from": "other@orange.fr"},
            {"contact_name": "Zoé Martin", "email_from": "zoe@elsewhere.example"},
            {},
        ):
            with self.subTest(values):
                self.assertFalse(self.note(self.salesperson, **values))

    def test_co_25_a_link_for_who_may_read_the_record(self):
        mail = {"email_from": self.zoe.email_from}
        note = self.note(self.sales_manager, **mail)
        self.assertIn(f"/odoo/crm.lead/{self.zoe.id}", note)
        self.assertIn("Hélène", note)
        own = self.note(self.handler, **mail)
        self.assertIn("You already handle it", own)
        self.zoe.user_id = False
        self.assertIn("nobody is in charge", self.note(self.salesperson, **mail))

    def test_co_25_other_companies_stay_other_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.handler.company_ids += elsewhere
        self.zoe.team_id = False
        self.zoe.company_id = elsewhere
        mail = {"email_from": self.zoe.email_from}
        self.assertFalse(self.note(self.salesperson, **mail))
        self.salesperson.company_ids += elsewhere
        self.assertIn("Hélène", self.note(self.salesperson, **mail))

    def test_co_25_a_shared_contact_names_nobody_of_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.handler.company_ids += elsewhere
        contact = self.env["res.partner"].create(
            {"name": "Yann Morvan", "email": "yann@morvan.example"}
        )
        self.env["crm.lead"].create(
            {
                "name": "Theirs",
                "partner_id": contact.id,
                "team_id": False,
                "company_id": elsewhere.id,
                "user_id": self.handler.id,
            }
        )
        mail = {"email_from": contact.email}
        note = self.note(self.salesperson, **mail)
        self.assertIn("nobody is in charge", note)
        self.assertNotIn("Hélène", note)
        self.salesperson.company_ids += elsewhere
        self.assertIn("Hélène", self.note(self.salesperson, **mail))

    def test_co_25_a_lead_of_a_known_contact_repeats_nothing(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Yann Morvan",
                "email": "yann@morvan.example",
                "user_id": self.handler.id,
            }
        )
        self.assertFalse(self.note(self.salesperson, partner_id=contact.id))
        self.assertIn(
            "Hélène", self.note(self.salesperson, email_from="yann@morvan.example")
        )

    def test_co_25_what_comes_in_by_import_or_api_gets_a_note(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .create(
                {"name": "By API", "email_from": self.zoe.email_from, "user_id": False}
            )
        )
        self.env.cr.precommit.run()
        notes = "".join(lead.message_ids.mapped("body"))
        self.assertIn("already handled by Hélène Handler", notes)
        for secret in SECRETS:
            self.assertNotIn(secret, notes)

    def test_co_25_a_won_or_archived_lead_warns_no_longer(self):
        self.zoe.active = False
        mail = {"email_from": self.zoe.email_from}
        self.assertFalse(self.note(self.salesperson, **mail))
        self.zoe.active = True
        self.assertTrue(self.note(self.salesperson, **mail))
