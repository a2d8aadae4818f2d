from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestPlanner(FunnelCase):
    """Who plans, for whom; who is late, and who is told."""

    def _plan(self, card, user, days=-2, **values):
        scheduler = self.env["mail.activity.schedule"].with_user(self.salesperson)
        context = {"active_model": "crm.lead", "active_ids": card.ids}
        wizard = scheduler.with_context(**context).create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_user_id": user.id,
                "date_deadline": fields.Date.today() + timedelta(days=days),
                "summary": "Call back",
            }
            | values
        )
        return wizard._action_schedule_activities()

    def test_co_29_calls_and_tasks_for_oneself_and_another_overdue_by_person(self):
        card = self._card()
        self._plan(card, self.salesperson)
        self._plan(card, self.sales_manager)
        self._plan(card, self.sales_manager, days=3)
        action = self.env.ref("crm_ext_core.crm_planner_overdue_action")
        self.assertIn("search_default_group_by_user_id", action.context)
        overdue = dict(
            self.env["mail.activity"]
            .with_user(self.sales_manager)
            ._read_group(
                [("date_deadline", "<", "today"), ("res_id", "=", card.id)],
                ["user_id"],
                ["__count"],
            )
        )
        self.assertEqual(overdue, {self.salesperson: 1, self.sales_manager: 1})
        mine = [("create_uid", "=", self.salesperson.id), ("user_id", "!=", False)]
        asked = self.env["mail.activity"].with_user(self.salesperson).search(mine)
        self.assertEqual(len(asked), 3)

    def test_co_29_a_stranger_sees_no_activity_of_cards_he_may_not_read(self):
        card = self._card()
        activity = self._plan(card, self.salesperson)
        found = self.env["mail.activity"].with_user(self.colleague)
        self.assertFalse(found.search([("id", "=", activity.id)]))

    def test_co_29_a_lawyer_reviews_the_contract_given_with_the_task(self):
        lawyer = self.stranger
        paper = (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create({"name": "contrat.pdf", "raw": b"%PDF-1.4 contrat"})
        )
        review = self.env.ref("crm_ext_core.mail_activity_type_review")
        task = self._plan(
            self._card(),
            lawyer,
            activity_type_id=review.id,
            crm_paper_ids=[(6, 0, paper.ids)],
        ).with_user(lawyer)
        self.assertEqual(task.user_id, lawyer)
        self.assertEqual(task.attachment_ids.raw, b"%PDF-1.4 contrat")
        self.env.invalidate_all()
        other = self._new_user("test_other", "base.group_user")
        with self.assertRaises(AccessError):
            task.attachment_ids.with_user(other).raw  # noqa: B018 reading is the act
        with Form(task, "mail.mail_activity_view_form_without_record_access") as form:
            self.assertEqual(len(form.attachment_ids), 1)

    def test_co_29_the_overdue_reminder_in_two_languages_once_a_day(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.salesperson.lang, self.sales_manager.lang = "fr_FR", "en_US"
        self.team.write(
            {
                "user_id": self.sales_manager.id,
                "member_ids": [(4, self.salesperson.id)],
            }
        )
        card = self._card()
        self._plan(card, self.salesperson)
        self._plan(card, self.salesperson, days=2)
        self._remind()
        self._remind()
        mails = self._find_mails(self.salesperson)
        self.assertEqual(len(mails), 1)
        self.assertIn("Refonte du site", mails.body_html)
        due = fields.Date.today() - timedelta(days=2)
        self.assertIn(due.strftime("%d/%m/%Y"), mails.body_html)
        team = self._find_mails(self.sales_manager)
        self.assertIn("Overdue in your team", team.body_html)
        self.assertIn("test_salesperson", team.body_html)
        self.assertFalse(self._find_mails(self.stranger))
        self.salesperson.crm_overdue_date = date(2020, 1, 1)
        self._remind()
        self.assertEqual(len(self._find_mails(self.salesperson)), 2, "the next day")

    def _remind(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("crm_ext_core.ir_cron_overdue").method_direct_trigger()
        self.env.invalidate_all()

    def _find_mails(self, user):
        return self.env["mail.mail"].search([("email_to", "ilike", user.email)])
