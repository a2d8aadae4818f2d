from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .conversion_common import ConversionCase


@tagged("post_install", "-at_install")
class TestCo26Conversion(ConversionCase):
    """CO-26: a lead becomes a company, a contact and an opportunity, once."""

    def test_co_26_new_company_contact_and_opportunity(self):
        messages = self.lead.message_ids
        wizard = self.wizard()
        self.assertEqual(
            (wizard.crm_company_choice, wizard.action), ("create", "create")
        )
        wizard.action_apply()
        lead = self.lead.with_user(self.salesperson)
        self.assertEqual(lead.type, "opportunity")
        contact, company = lead.partner_id, lead.partner_id.parent_id
        self.assertEqual(
            (company.name, company.is_company), ("Moulin de Vinouze", True)
        )
        self.assertEqual(company.company_registry, "55210055400013")
        self.assertFalse(company.email or company.function)
        self.assertEqual(
            (contact.name, contact.email, contact.function),
            ("Zoé Cœur", "zoe@vinouze.example", "DSI"),
        )
        self.assertEqual(contact.crm_job_function_id, self.function)
        for made in (contact, company):
            self.assertEqual((made.city, made.zip), ("Rennes", "35000"))
            self.assertEqual(made.crm_tag_ids, self.tag)
            self.assertEqual(
                (made.crm_source_id, made.crm_medium_id, made.crm_campaign_id),
                (self.source, self.medium, self.campaign),
            )
        self.assertLess(set(messages.ids), set(lead.message_ids.ids), "history stays")

    def test_co_26_what_was_made_is_shown(self):
        self.wizard().action_apply()
        lead = self.lead.with_user(self.salesperson)
        conversion = lead.crm_conversion_ids
        self.assertEqual(conversion.user_id, self.salesperson)
        self.assertEqual(conversion.contact_id, lead.partner_id)
        self.assertEqual(conversion.account_id, lead.partner_id.parent_id)
        self.assertTrue(conversion.account_is_new and conversion.contact_is_new)
        self.assertEqual(conversion.source_id, self.source)
        self.assertEqual(lead.action_crm_conversion()["res_id"], conversion.id)
        self.assertIn("Moulin de Vinouze", lead.message_ids[0].body)
        self.assertIn("Backup contract", lead.partner_id.message_ids[0].body)
        counters = lead.partner_id.crm_counters
        self.assertIn("Converted leads", str(counters))

    def test_co_26_twice_makes_nothing_twice_and_says_so(self):
        wizard = self.wizard()
        wizard.action_apply()
        again = wizard.action_apply()
        self.assertEqual(again["tag"], "display_notification")
        self.assertIn(self.salesperson.name, again["params"]["message"])
        self.assertEqual(again["params"]["next"]["res_id"], self.lead.id)
        # another window, opened before by another tab or another client
        late = self.env["crm.lead2opportunity.partner"].with_user(self.salesperson)
        late.create({"lead_id": self.lead.id}).action_apply()
        self.assertEqual(len(self.partners("Moulin de Vinouze")), 1)
        self.assertEqual(len(self.partners("Zoé Cœur")), 1)
        self.assertEqual(len(self.lead.crm_conversion_ids), 1)

    def test_co_26_contact_first_opportunity_later(self):
        self.wizard(crm_opportunity=False).action_apply()
        self.assertEqual(self.lead.type, "lead")
        contact = self.lead.partner_id
        self.assertTrue(contact)
        self.wizard().action_apply()
        self.assertEqual(
            (self.lead.type, self.lead.partner_id), ("opportunity", contact)
        )
        self.assertEqual(len(self.partners("Zoé Cœur")), 1)
        self.assertTrue(self.lead.crm_conversion_ids.is_opportunity)
        self.assertTrue(self.lead.crm_conversion_ids.contact_is_new)

    def test_co_26_known_company_and_contact_are_proposed(self):
        company = self.env["res.partner"].create(
            {
                "name": "MOULIN DE VINOUZE SARL",
                "is_company": True,
                "company_registry": "552 100 554 00013",
                "zip": "35200",
            }
        )
        contact = self.env["res.partner"].create(
            {"name": "Zoé C.", "email": "Zoe@Vinouze.example", "parent_id": company.id}
        )
        wizard = self.wizard()
        self.assertEqual((wizard.crm_company_choice, wizard.action), ("exist", "exist"))
        self.assertEqual(wizard.commercial_partner_id, company)
        self.assertEqual(wizard.partner_id, contact)
        self.assertEqual(set(wizard.crm_match_ids.mapped("why")), {"siret", "mail"})
        wizard.action_apply()
        self.assertEqual(self.lead.partner_id, contact)
        self.assertFalse(self.partners("Moulin de Vinouze"))
        self.assertFalse(self.lead.crm_conversion_ids.contact_is_new)

    def test_co_26_a_new_contact_in_a_known_company(self):
        company = self.env["res.partner"].create(
            {"name": "Vinouze", "is_company": True, "zip": "44000"}
        )
        wizard = self.wizard(
            crm_company_choice="exist", commercial_partner_id=company.id
        )
        wizard.action_apply()
        self.assertEqual(self.lead.partner_id.parent_id, company)
        self.assertEqual(self.lead.partner_id.name, "Zoé Cœur")

    def test_co_26_a_known_contact_joins_the_new_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Zoé", "email": "zoe@vinouze.example"}
        )
        wizard = self.wizard()
        self.assertEqual(wizard.partner_id, contact)
        wizard.action_apply()
        self.assertEqual(contact.parent_id.name, "Moulin de Vinouze")

    def test_choose_a_proposal(self):
        self.lead.phone = "+33299000002"
        person = self.env["res.partner"].create(
            {
                "name": "Z.",
                "phone": "+33 2 99 00 00 02",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        wizard = self.wizard()
        match = wizard.crm_match_ids.filtered(lambda one: one.partner_id == person)
        self.assertEqual((match.why, wizard.action), ("phone", "create"))
        match.action_take()
        self.assertEqual((wizard.action, wizard.partner_id), ("exist", person))

    def test_somebody_entered_meanwhile_is_told(self):
        wizard = self.wizard()
        self.env["res.partner"].create({"name": "Zoé", "email": "zoe@vinouze.example"})
        with self.assertRaisesRegex(UserError, "Zoé"):
            wizard.action_apply()
        self.assertFalse(self.lead.crm_conversion_ids)

    def test_co_26_the_opportunity_enters_the_process_of_its_team(self):
        other = self.env["crm.stage"].create(
            {
                "name": "Elsewhere",
                "team_ids": [
                    Command.set(self.env["crm.team"].create({"name": "Other"}).ids)
                ],
            }
        )
        self.lead.stage_id = other
        self.wizard(team_id=self.team.id, user_id=self.salesperson.id).action_apply()
        self.assertEqual(self.lead.team_id, self.team)
        teams = self.lead.stage_id.team_ids
        self.assertTrue(not teams or self.team in teams)
        self.assertNotEqual(self.lead.stage_id, other)

    def test_a_stranger_converts_nothing(self):
        with self.assertRaises(AccessError):
            self.lead.with_user(self.stranger).action_crm_convert()
        colleague = self._new_user("colleague", "sales_team.group_sale_salesman")
        wizard = self.env["crm.lead2opportunity.partner"].with_user(colleague)
        with self.assertRaises(AccessError):
            wizard.create({"lead_id": self.lead.id}).action_apply()
        self.assertFalse(self.lead.partner_id)
        self.wizard().action_apply()
        conversion = self.lead.crm_conversion_ids
        for user in (colleague, self.stranger):
            with self.assertRaises(AccessError):
                conversion.with_user(user).read(["contact_id"])
        with self.assertRaises(AccessError):
            conversion.with_user(self.salesperson).write({"date": "2020-01-01"})

    def test_a_siret_is_checked(self):
        with self.assertRaisesRegex(ValidationError, "552100555"):
            self.lead.crm_siret = "552100555"

    def test_another_door_of_the_host_is_noted_once(self):
        partner = self.env["res.partner"].create({"name": "Door"})
        lead = self.lead.with_user(self.salesperson)
        lead.convert_opportunity(partner)
        lead.convert_opportunity(partner)
        self.assertEqual(lead.crm_conversion_ids.contact_id, partner)
