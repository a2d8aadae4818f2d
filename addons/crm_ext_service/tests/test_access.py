from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged, users

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestAccess(CrmServiceCase):
    def visible(self, model, records):
        return self.env[model].search([("id", "in", records.ids)])

    @users("test_outsider")
    def test_agent_of_another_team_sees_nothing(self):
        case = self._new_case(self.agent_a)
        entry = self._log(case, 1)
        item = self.item_of(case, self.agent_a)
        self.assertFalse(self.visible("crm.case", case))
        self.assertFalse(self.visible("crm.work.entry", entry))
        self.assertFalse(self.visible("crm.queue.item", item))
        self.assertFalse(self.visible("crm.queue.hop", item.hop_ids))
        with self.assertRaises(AccessError):
            case.with_env(self.env).read(["name"])
        with self.assertRaises(AccessError):
            case.with_env(self.env).action_close()

    @users("test_outsider")
    def test_agent_sees_what_waits_in_his_queue(self):
        case = self._new_case(self.agent_a)
        case.action_send_to_queue(self.other_team.queue_id.id)
        self.assertTrue(self.visible("crm.case", case))
        case.with_env(self.env).action_pick()
        self.assertEqual(case.user_id, self.outsider)

    @users("test_outsider")
    def test_agent_may_open_a_case_for_another_team(self):
        case = self._new_case(self.outsider)
        self.assertEqual(case.crm_queue_id, self.team.queue_id)
        self.assertTrue(self.visible("crm.case", case))

    @users("test_agent_a")
    def test_agent_writes_only_his_own_time(self):
        case = self._new_case(self.agent_b)
        entry = self._log(case, 1)
        with self.assertRaises(AccessError):
            entry.with_env(self.env).write({"hours": 2})
        with self.assertRaises(AccessError):
            self._log(case.with_env(self.env), 1, user_id=self.agent_b.id)

    @users("test_service_manager")
    def test_manager_sees_all(self):
        case = self._new_case(self.outsider, team_id=self.other_team.id)
        self.assertTrue(self.visible("crm.case", case))
        self.assertTrue(self.item_of(case, self.manager))

    @users("test_stranger")
    def test_employee_without_role_sees_no_case(self):
        case = self._new_case(self.agent_a)
        with self.assertRaises(AccessError):
            self.visible("crm.case", case)
        self.assertFalse(self.item_of(case, self.env.user))

    @users("test_agent_a")
    def test_agent_reads_hour_books_but_does_not_sell_them(self):
        book = self._new_book(5)
        self.assertTrue(self.visible("crm.hour.book", book))
        with self.assertRaises(AccessError):
            self.env["crm.hour.book"].create(
                {"partner_id": self.customer.id, "hours_bought": 5}
            )
        with self.assertRaises(AccessError):
            book.with_env(self.env).action_expire()

    def test_companies_are_kept_apart(self):
        other = self.env["res.company"].create({"name": "Other firm"})
        self.manager.company_ids = [Command.link(other.id)]
        manager = self.env["crm.case"].with_user(self.manager).with_company(other).env
        queue = manager["crm.queue"].create({"name": "Elsewhere"})
        team = manager["crm.case.team"].create(
            {
                "name": "Elsewhere",
                "queue_id": queue.id,
                "member_ids": [Command.set(self.agent_a.ids)],
            }
        )
        case = manager["crm.case"].create({"name": "Theirs", "team_id": team.id})
        self.assertEqual(case.company_id, other)
        agent = self.env["crm.case"].with_user(self.agent_a)
        self.assertFalse(agent.search([("id", "=", case.id)]))
        self.assertFalse(agent.env["crm.queue"].search([("id", "=", queue.id)]))
        with self.assertRaises(AccessError):
            agent.browse(case.id).read(["name"])
        mine = self._new_case(self.agent_a)
        task = mine.activity_schedule("mail.mail_activity_data_todo", summary="Call")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            task.crm_queue_id = queue.id
        with self.assertRaisesRegex(UserError, "same company"):
            mine.action_send_to_queue(queue.id)
        # a case that waits nowhere yet
        mine.user_id = self.agent_a
        self.item_of(mine, self.agent_a).sudo().unlink()
        with self.assertRaisesRegex(UserError, "same company"):
            mine.action_send_to_queue(queue.id)

    @users("test_agent_a")
    def test_hours_of_another_company_do_not_pay(self):
        other = self.env["res.company"].sudo().create({"name": "Other firm"})
        foreign = (
            self.env["crm.hour.book"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "hours_bought": 5,
                    "company_id": other.id,
                }
            )
        )
        case = self._new_case(self.agent_a)
        self._log(case, 1)
        case.action_close()
        self.assertEqual(foreign.hours_left, 5)
