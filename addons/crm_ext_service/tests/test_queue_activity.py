from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged, users

from odoo.addons.mail.tests.common import MailCommon

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestQueueActivity(CrmServiceCase, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_queue = cls.env["crm.queue"].create(
            {
                "name": "Sales",
                "member_ids": [Command.set((cls.salesperson + cls.sales_manager).ids)],
            }
        )

    def drop(self, **values):
        """Schedule a task on the customer for the sales queue."""
        return self.customer.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Offer a bigger contract",
            crm_queue_id=self.sales_queue.id,
            **values,
        )

    @users("test_agent_a")
    def test_se_09_task_dropped_in_the_sales_queue_without_mail(self):
        with self.mock_mail_gateway():
            activity = self.drop()
        self.assertEqual(self._mails, [])
        self.assertFalse(activity.user_id)
        self.assertEqual(activity.crm_queue_id, self.sales_queue)
        item = self.item_of(activity, self.salesperson)
        self.assertEqual(item.state, "waiting")
        self.assertIn("Offer a bigger contract", item.name)
        self.assertIn("Moulin Test", item.name)
        self.assertEqual(item.partner_id, self.customer)

    @users("test_agent_a")
    def test_se_10_salesperson_picks_the_task(self):
        activity = self.drop()
        self.item_of(activity, self.salesperson).action_pick()
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertFalse(activity.crm_queue_id)
        with self.assertRaisesRegex(UserError, "Already picked by test_salesperson"):
            self.item_of(activity, self.sales_manager).action_pick()

    @users("test_agent_a")
    def test_done_task_leaves_the_queue(self):
        activity = self.drop()
        item = self.item_of(activity, self.salesperson)
        activity.with_user(self.salesperson).action_done()
        self.assertEqual(item.state, "done")

    @users("test_agent_a")
    def test_deleted_task_leaves_nothing_behind(self):
        activity = self.drop()
        item = self.item_of(activity, self.salesperson)
        activity.unlink()
        self.assertFalse(item.exists())

    @users("test_agent_a")
    def test_se_09_schedule_dialog_offers_the_queue(self):
        wizard = (
            self.env["mail.activity.schedule"]
            .with_context(active_model="res.partner", active_ids=self.customer.ids)
            .create({"summary": "Call", "crm_queue_id": self.sales_queue.id})
        )
        wizard.action_schedule_activities()
        activity = self.customer.activity_ids
        self.assertEqual(activity.crm_queue_id, self.sales_queue)
        self.assertFalse(activity.user_id)

    @users("test_agent_a")
    def test_ordinary_activities_are_in_no_queue(self):
        activity = self.customer.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent_a.id
        )
        self.assertFalse(self.item_of(activity, self.manager))
