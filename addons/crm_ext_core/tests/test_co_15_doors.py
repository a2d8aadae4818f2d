from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import CrmExtCase

LANDING = "https://www.ano-test.example/?utm_source=Salon+Rennes&utm_campaign=Rentree"
SENDER = "Zoé Cœur <zoe@moulin.example>"
MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{number}@client.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

We need twenty backups.
"""


class DoorsCase(CrmExtCase):
    """A team with its address and its rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._new_user("test_seller", "sales_team.group_sale_salesman")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Sales of the doors",
                "company_id": cls.env.company.id,
                "alias_name": "doors-test",
                "use_opportunities": True,
            }
        )
        cls.env["crm.team.member"].create(
            [
                {"crm_team_id": cls.team.id, "user_id": user.id}
                for user in (cls.salesperson, cls.colleague)
            ]
        )

    def leads(self, mail="zoe@moulin.example"):
        return self.env["crm.lead"].search([("email_normalized", "=", mail)])

    def events(self, lead):
        events = self.env["crm.score.event"].search([("lead_id", "=", lead.id)])
        return events.mapped("source")


@tagged("post_install", "-at_install")
class TestCo15Mail(DoorsCase, MailCommon):
    """A mail to the team's address enters by the door of all leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # whoever is given a lead follows it, as in life
        cls.env = cls.env["base"].with_context(tracking_disable=False).env
        cls.team.alias_domain_id = cls.mail_alias_domain

    def receive(
        self, number=1, sender="Zoé Cœur <zoe@moulin.example>", subject="Offer"
    ):
        """What the mail server hands over."""
        text = MAIL.format(
            sender=sender, to=self.team.alias_email, subject=subject, number=number
        )
        with self.mock_mail_gateway():  # sudo: the gateway has all rights
            res_id = self.env["mail.thread"].sudo().message_process(False, text)
        return self.env["crm.lead"].with_user(self.salesperson).browse(res_id)

    def test_co_15_a_mail_makes_one_lead_with_source_and_medium(self):
        lead = self.receive()
        self.assertEqual((lead.name, lead.team_id), ("Offer", self.team))
        self.assertEqual(lead.source_id.name, self.team.alias_email)
        self.assertEqual(lead.medium_id, self.env.ref("utm.utm_medium_email"))
        self.assertTrue(lead.crm_waiting_since)
        self.assertEqual(self.events(lead), ["request"])

    def test_a_second_mail_is_a_message_on_the_open_lead(self):
        lead = self.receive()
        lead.sudo().user_id = self.salesperson
        again = self.receive(2, sender="ZOE@moulin.example", subject="Any news?")
        self.assertEqual(again, lead)
        self.assertEqual(self.leads(), lead)
        message = lead.message_ids[0]
        self.assertEqual(message.subject, "Any news?")
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        # whoever handles the lead is told
        self.assertIn(self.salesperson.partner_id, message.notified_partner_ids)
        self.assertEqual(self.events(lead), ["request"] * 2)

    def test_the_team_decides_on_the_rule_and_the_source(self):
        source = self.env["utm.source"].create({"name": "Helpline"})
        self.team.write({"crm_duplicate_rule": "new", "crm_source_id": source.id})
        leads = self.receive() | self.receive(2)
        self.assertEqual(len(leads), 2)
        self.assertEqual(leads.source_id, source)

    def test_a_won_lead_is_closed_and_another_company_is_not_looked_at(self):
        lead = self.receive()
        lead.sudo().action_set_won()
        self.assertNotEqual(self.receive(2), lead)
        other = self.env["res.company"].create({"name": "Another firm"})
        elsewhere = self.env["crm.lead"].create(
            {"name": "X", "email_from": "ali@client.example", "company_id": other.id}
        )
        self.assertNotEqual(self.receive(3, sender="ali@client.example"), elsewhere)

    def test_forwarded_mails_and_those_of_robots_are_many_persons(self):
        robot = "Website <no-reply@shop.example>"
        senders = [self.colleague.email] * 2 + [robot] * 2
        leads = [self.receive(*one) for one in enumerate(senders)]
        self.assertEqual(len({lead.id for lead in leads}), 4)

    def test_a_lead_of_the_known_contact_is_joined_whatever_its_address(self):
        contact = self.env["res.partner"].create(
            {"name": "Zoé", "email": "zoe@moulin.example"}
        )
        lead = self.env["crm.lead"].create({"name": "X", "partner_id": contact.id})
        lead.email_from = False
        self.assertEqual(self.receive(), lead)


@tagged("post_install", "-at_install")
class TestCo15Api(DoorsCase):
    """Another program hands in a call or a chat, as an ordinary salesperson."""

    def call(self, key=None, user=None, **values):
        leads = self.env["crm.lead"].with_user(user or self.salesperson)
        values = {
            "contact_name": "Zoé Cœur",
            "email_from": "Zoe@Moulin.example",
            "team_id": self.team.id,
        } | values
        return leads.crm_receive(values, key)

    def test_co_15_the_api_makes_one_lead_with_its_sources(self):
        answer = self.call(utm_medium="Phone", landing_page=LANDING)
        lead = self.leads()
        self.assertEqual(
            answer,
            {
                "status": "created",
                "lead_id": lead.id,
                "handler": self.salesperson.name,
            },
        )
        self.assertEqual(
            (lead.source_id.name, lead.medium_id.name, lead.campaign_id.title),
            ("Salon Rennes", "Phone", "Rentree"),
        )
        self.assertEqual(lead.crm_landing_page, LANDING)
        self.assertEqual(lead.name, "Zoé Cœur")
        self.assertTrue(lead.crm_waiting_since)
        self.assertEqual(self.events(lead), ["request"])

    def test_the_same_key_makes_no_second_lead_even_where_the_rule_says_new(self):
        self.team.crm_duplicate_rule = "new"
        first, again = self.call("call-1"), self.call("call-1")
        self.assertEqual((first["status"], again["status"]), ("created", "known"))
        self.assertEqual(first["lead_id"], again["lead_id"])
        self.call("call-2")
        self.assertEqual(len(self.leads()), 2)

    def test_a_known_person_is_told_on_the_open_lead_of_a_colleague(self):
        self.call()
        lead = self.leads()
        lead.user_id = self.colleague
        answer = self.call(description="<p>Call me <b>back</b></p>")
        self.assertEqual(
            answer,
            {"status": "joined", "lead_id": False, "handler": self.colleague.name},
        )
        self.assertEqual(self.leads(), lead)
        note = lead.message_ids[0]
        self.assertIn("Call me *back*", note.body)
        self.assertEqual(note.author_id, self.salesperson.partner_id)
        self.assertEqual(note.notified_partner_ids, self.colleague.partner_id)

    def test_a_phone_number_alone_names_the_person(self):
        self.call(email_from=False, phone="02 99 00 00 41")
        answer = self.call(email_from=False, phone="+33 2 99 00 00 41")
        self.assertEqual(answer["status"], "joined")

    def test_two_addresses_are_two_persons_whatever_number_they_share(self):
        for mail in ("a@moulin.example", "b@moulin.example"):
            answer = self.call(phone="+33299000044", email_from=mail)
            self.assertEqual(answer["status"], "created", mail)

    def test_the_known_contact_is_linked_by_address_or_by_its_own_number(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": "Zoé", "email": "zoe@moulin.example"},
                {"name": "Ali", "phone": "+33299000042"},
            ]
        )
        contacts[0].phone = "+33299000045"
        self.call(phone="+33299000046")
        self.assertEqual(self.leads().partner_id, contacts[0])
        # what was heard changes nothing of the contact
        self.assertEqual(contacts[0].phone, "+33299000045")
        answer = self.call(email_from=False, phone="02 99 00 00 42")
        lead = self.env["crm.lead"].browse(answer["lead_id"])
        self.assertEqual(lead.partner_id, contacts[1])

    def test_who_makes_no_leads_hands_in_none(self):
        with self.assertRaises(AccessError):
            self.call(user=self.stranger)

    def test_faults_are_named(self):
        with self.assertRaisesRegex(UserError, "colour"):
            self.call(colour="red")
        other = self.env["res.company"].create({"name": "Another firm"})
        with self.assertRaisesRegex(UserError, "Company"):
            self.call(company_id=other.id)
        with self.assertRaisesRegex(UserError, "subject"):
            self.call(contact_name=" ".strip(), email_from=False)


@tagged("post_install", "-at_install")
class TestCo15PhoneForm(DoorsCase):
    """A form may ask for a phone number and nothing else."""

    def test_a_phone_only_form_makes_one_lead_of_one_person(self):
        form = self.env["crm.capture.form"].create(
            {
                "name": "Call me",
                "team_id": self.team.id,
                "user_id": self.salesperson.id,
                "field_ids": [
                    Command.create({"target": "contact_name"}),
                    Command.create({"target": "phone", "required": True}),
                ],
            }
        )
        contact = self.env["res.partner"].create(
            {"name": "Zoé", "phone": "02 99 00 00 43"}
        )
        visitor = form.with_user(self.env.ref("base.public_user"))
        for key, phone in (("a", "02 99 00 00 43"), ("b", "+33 2 99 00 00 43")):
            visitor.receive(key, {"contact_name": "Zoé", "phone": phone}, {})
        lead = self.env["crm.lead"].search([("crm_capture_form_id", "=", form.id)])
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.partner_id, contact)
        posts = lead.crm_capture_post_ids.with_user(self.salesperson)
        self.assertEqual(sorted(posts.mapped("state")), ["done", "joined"])
