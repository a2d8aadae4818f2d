from ast import literal_eval

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestCo41Response(CrmExtCase):
    """How long a lead waits for its first answer, and who is warned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).write(
            {"crm_answer_hours": 0, "crm_answer_user_id": False}
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Sales", "user_id": cls.sales_manager.id, "crm_answer_hours": 4}
        )

    def new_lead(self, **values):
        with freeze_time("2026-03-02 09:00:00"):
            return (
                self.env["crm.lead"]
                .with_user(self.salesperson)
                .create(
                    {
                        "name": "Maintenance",
                        "email_from": "zoe@moulin.example",
                        "team_id": self.team.id,
                        "user_id": self.salesperson.id,
                    }
                    | values
                )
            )

    def unanswered(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_lead_action_unanswered"
        )
        leads = self.env["crm.lead"].with_user(self.sales_manager)
        return leads.search([*self._domain(action), ("team_id", "=", self.team.id)])

    def _domain(self, action):
        return literal_eval(action["domain"])

    def test_co_41_the_first_answer_is_measured_once(self):
        lead = self.new_lead()
        self.assertEqual(self.unanswered(), lead)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-03-02 09:00' WHERE id = %s",
            [lead.id],
        )
        lead.invalidate_recordset()
        with freeze_time("2026-03-02 11:30:00"):
            lead.message_post(
                body="We will call you.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertEqual(lead.crm_first_response_hours, 2.5)
        self.assertFalse(self.unanswered())
        with freeze_time("2026-03-03 11:30:00"):
            lead.message_post(body="Again", subtype_xmlid="mail.mt_comment")
        self.assertEqual(lead.crm_first_response_hours, 2.5)

    def test_a_note_is_no_answer(self):
        lead = self.new_lead()
        lead.message_post(body="Looks rich", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.unanswered(), lead)

    def receive(self, author, lead):
        """A mail that comes in by the gateway, in answer to one of the lead's."""
        first = lead.sudo().message_ids[:1]
        self.env["mail.thread"].with_user(
            self.env.ref("base.user_root")
        ).message_process(
            "crm.lead",
            f"From: {author.email_formatted}\n"
            "To: catchall@example.com\nSubject: Re: Maintenance\n"
            f"Message-Id: <{author.id}@own.mailbox.example>\n"
            f"In-Reply-To: {first.message_id}\n\nWe will come on Monday.\n",
        )

    def test_co_41_an_answer_from_the_own_mailbox_counts_the_customers_does_not(self):
        lead = self.new_lead()
        customer = self.env["res.partner"].create(
            {"name": "Zoé", "email": "zoe@moulin.example"}
        )
        lead.sudo().message_post(
            body="When will you come?",
            message_type="email",
            author_id=customer.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.receive(customer, lead)
        self.assertEqual(self.unanswered(), lead)
        self.salesperson.email = "salesperson@own.mailbox.example"
        self.receive(self.salesperson.partner_id, lead)
        self.assertFalse(self.unanswered())

    def test_a_call_held_is_an_answer(self):
        lead = self.new_lead()
        call = lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.salesperson.id
        )
        call.with_user(self.salesperson).action_feedback("Called")
        self.assertFalse(self.unanswered())

    def test_who_is_in_charge_is_warned_once(self):
        lead, orphan = self.new_lead(), self.new_lead(user_id=False)
        late = self.env["crm.lead"].with_user(self.sales_manager)
        for lead_ in (lead, orphan):
            self.env.cr.execute(
                "UPDATE crm_lead SET crm_waiting_since = '2026-03-02 09:00' "
                "WHERE id = %s",
                [lead_.id],
            )
        self.env.invalidate_all()
        for hour in ("12:00", "13:30", "15:00"):
            with freeze_time(f"2026-03-02 {hour}:00"), self.enter_registry_test_mode():
                self.env.ref("crm_ext_core.ir_cron_unanswered").method_direct_trigger()
        tasks = late.browse((lead + orphan).ids).activity_ids
        self.assertEqual(tasks.mapped("user_id"), self.salesperson + self.sales_manager)
        self.assertEqual(len(tasks), 2)

    def test_co_41_a_lead_of_nobody_is_warned_of_once_it_is_somebodys(self):
        self.team.user_id = False
        lead = self.new_lead(user_id=False)
        self.env.cr.execute(
            "UPDATE crm_lead SET crm_waiting_since = '2026-03-02 09:00' WHERE id = %s",
            [lead.id],
        )
        self.env.invalidate_all()
        cron = self.env.ref("crm_ext_core.ir_cron_unanswered")
        with freeze_time("2026-03-02 15:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(lead.sudo().activity_ids)
        lead.sudo().write({"user_id": self.salesperson.id, "team_id": self.team.id})
        with freeze_time("2026-03-02 16:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(lead.activity_ids.user_id, self.salesperson)

    # ------------------------------------------------------------ leads without team
    def new_post(self, company, **values):
        """What a form that names neither team nor person makes; it waits since nine."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Post",
                "email_from": "zoe@moulin.example",
                "team_id": False,
                "user_id": False,
                "company_id": company.id,
            }
            | values
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET crm_waiting_since = '2026-03-02 09:00' WHERE id = %s",
            [lead.id],
        )
        self.env.invalidate_all()
        return lead

    def set_up(self, hours, responsible):
        values = {"crm_answer_hours": hours, "crm_answer_user_id": responsible.id}
        self.env["res.config.settings"].create(values).execute()

    def warn(self, hour):
        with freeze_time(f"2026-03-02 {hour}:00"), self.enter_registry_test_mode():
            self.env.ref("crm_ext_core.ir_cron_unanswered").method_direct_trigger()
        self.env.invalidate_all()

    def test_co_41_a_lead_without_team_has_the_delay_and_responsible_of_settings(self):
        company = self.env.company
        lead, nobodys = self.new_post(company), self.new_post(self.env["res.company"])
        owned = self.new_post(company, user_id=self.salesperson.id)
        owned.team_id = False
        leads = (lead + nobodys + owned).with_user(self.sales_manager)
        self.warn("16:00")
        self.assertFalse(leads.activity_ids, "no delay is set")
        self.set_up(6, self.sales_manager)
        self.warn("14:30")
        self.assertFalse(leads.activity_ids)
        for hour in ("15:30", "16:30"):
            self.warn(hour)
        self.assertEqual(
            [one.activity_ids.user_id for one in leads],
            [self.sales_manager, self.sales_manager, self.salesperson],
        )
        self.assertEqual(len(leads.activity_ids), 3)

    def test_each_company_has_its_own(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.set_up(6, self.sales_manager)
        lead = self.new_post(elsewhere)
        self.warn("16:00")
        self.assertFalse(lead.activity_ids)
        colleague = self._new_user(
            "test_elsewhere",
            "sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        elsewhere.write({"crm_answer_hours": 6, "crm_answer_user_id": colleague.id})
        self.warn("16:15")
        theirs = lead.with_user(colleague)
        self.assertEqual(theirs.activity_ids.user_id, colleague)

    def test_the_responsible_stands_in_for_a_team_without_head(self):
        self.team.user_id = False
        self.set_up(0, self.salesperson)
        lead = self.new_post(self.env.company, team_id=self.team.id)
        self.warn("15:00")
        self.assertEqual(lead.activity_ids.user_id, self.salesperson)

    def test_a_delay_needs_a_responsible(self):
        with self.assertRaises(ValidationError):
            self.set_up(6, self.env["res.users"])
