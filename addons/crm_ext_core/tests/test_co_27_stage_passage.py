from datetime import datetime

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .funnel_common import FunnelCase

MONDAY, THURSDAY = datetime(2026, 6, 15, 9), datetime(2026, 6, 18, 21)


@tagged("post_install", "-at_install")
class TestStagePassage(FunnelCase):
    def test_co_27_each_stay_in_a_stage_is_timed(self):
        with freeze_time(MONDAY):
            card = self._card(stage_id=self.new.id)
        with freeze_time(THURSDAY):
            card.stage_id = self.qualified
        second, first = card.crm_passage_ids
        self.assertEqual(
            (first.stage_id, first.next_stage_id, first.entered_at, first.left_at),
            (self.new, self.qualified, MONDAY, THURSDAY),
        )
        self.assertEqual(first.days, 3.5)
        self.assertEqual((second.stage_id, second.left_at), (self.qualified, False))
        self.assertEqual(second.user_id, self.salesperson)

    def test_co_27_lost_and_restored_cards_leave_and_come_back(self):
        card = self._card()
        card.action_set_lost()
        self.assertTrue(card.crm_passage_ids.left_at)
        self.assertFalse(card.crm_passage_ids.next_stage_id)
        card.action_unarchive()
        self.assertEqual(len(card.crm_passage_ids), 2)
        self.assertFalse(card.crm_passage_ids[0].left_at)

    def test_co_27_a_lead_enters_its_stage_when_it_becomes_an_opportunity(self):
        lead = self._card(type="lead")
        self.assertFalse(lead.crm_passage_ids)
        lead.convert_opportunity(lead.partner_id)
        self.assertEqual(len(lead.crm_passage_ids), 1)

    def test_co_27_the_database_refuses_two_open_stays(self):
        stay = self._card().crm_passage_ids.sudo()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            stay.copy()

    def test_co_27_a_colleagues_stage_times_are_his(self):
        card = self._card()
        stay = card.crm_passage_ids
        with self.assertRaises(AccessError):
            stay.with_user(self.colleague).days  # noqa: B018 reading is the act

    def test_co_27_moving_a_thousand_cards_costs_as_many_queries_as_ten(self):
        few, many = self._cards(10), self._cards(1000)
        self.assertLess(self._count_queries(many), 3 * self._count_queries(few))
        self.assertEqual(len(many.crm_passage_ids), 2000)

    def test_co_27_the_past_is_read_from_the_history(self):
        with freeze_time(MONDAY):
            card = self._card(stage_id=self.new.id, tracked=True)
            self.flush_tracking()
        self.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", (MONDAY, card.id)
        )
        card.stage_id = self.qualified
        self.flush_tracking()
        self.cr.execute(
            """UPDATE mail_tracking_value SET create_date = %s
                WHERE mail_message_id IN (SELECT id FROM mail_message
                       WHERE model = 'crm.lead' AND res_id = %s)""",
            (THURSDAY, card.id),
        )
        card.crm_passage_ids.sudo().unlink()
        passages = self.env["crm.stage.passage"]
        with self.assertRaises(AccessError):
            passages.with_user(self.salesperson).action_read_past()
        passages.with_user(self.sales_manager).action_read_past()
        self.run_batches()
        second, first = card.crm_passage_ids
        self.assertEqual((first.stage_id, first.days), (self.new, 3.5))
        self.assertEqual((second.stage_id, second.left_at), (self.qualified, False))
        passages.with_user(self.sales_manager).action_read_past()
        self.run_batches()
        card.invalidate_recordset()
        self.assertEqual(card.crm_passage_ids, second | first, "read once only")
