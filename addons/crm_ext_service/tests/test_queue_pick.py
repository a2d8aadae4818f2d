from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestQueuePick(CrmServiceCase):
    def test_se_10_one_wins_and_the_other_is_told_who(self):
        case = self._new_case()
        following = self._new_case(name="Second one")
        mine = self.item_of(case, self.agent_a)
        theirs = self.item_of(case, self.agent_b)
        action = mine.action_pick()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.case", case.id))
        with self.assertRaisesRegex(UserError, "Already picked by Alice Agent") as told:
            theirs.action_pick()
        self.assertIn(following.number, str(told.exception), "the next one is offered")
        self.assertEqual(case.user_id, self.agent_a)
        self.assertEqual(case.stage_kind, "progress")
        waiting = theirs.search(
            [("queue_id", "=", self.team.queue_id.id), ("state", "=", "waiting")]
        )
        self.assertEqual(waiting.mapped("res_id"), following.ids)

    @users("test_agent_b")
    def test_se_10_pick_from_the_case_itself(self):
        case = self._new_case().with_env(self.env)
        self.assertEqual(case.crm_queue_id, self.team.queue_id)
        case.action_pick()
        self.assertFalse(case.crm_queue_id)
        self.assertEqual(case.user_id, self.agent_b)

    @users("test_agent_b")
    def test_pick_next_takes_the_most_urgent_then_the_oldest(self):
        first = self._new_case(name="Old")
        self._new_case(name="Recent")
        urgent = self._new_case(name="Urgent", priority="3")
        queue = self.team.queue_id.with_env(self.env)
        picked = [queue.action_pick_next()["res_id"] for _turn in range(2)]
        self.assertEqual(picked, [urgent.id, first.id])
        self.assertEqual((queue.waiting_count, queue.mine_count), (1, 2))

    @users("test_agent_b")
    def test_pick_next_of_an_empty_queue_says_so(self):
        with self.assertRaisesRegex(UserError, "Nothing is waiting"):
            self.team.queue_id.with_env(self.env).action_pick_next()

    @users("test_agent_a")
    def test_release_puts_it_back(self):
        case = self._new_case().with_env(self.env)
        case.action_pick()
        case.action_release()
        self.assertFalse(case.user_id)
        self.assertEqual(case.crm_queue_id, self.team.queue_id)

    def test_only_the_holder_gives_back(self):
        case = self._new_case()
        self.item_of(case, self.agent_a).action_pick()
        with self.assertRaisesRegex(UserError, "Already picked by Alice"):
            self.item_of(case, self.agent_b).action_release()
        self.item_of(case, self.manager).action_release()
        self.assertFalse(case.user_id)

    def test_chain_keeps_each_hand_over_with_its_time(self):
        start = fields.Datetime.to_datetime("2026-03-16 08:00:00")
        with freeze_time(start):
            case = self._new_case()
        with freeze_time(start + timedelta(hours=2)):
            self.item_of(case, self.agent_a).action_pick()
        with freeze_time(start + timedelta(hours=3)):
            case.action_send_to_queue(self.other_team.queue_id.id)
        with freeze_time(start + timedelta(hours=7)):
            self.item_of(case, self.outsider).action_pick()
        with freeze_time(start + timedelta(hours=7.5)):
            case.with_user(self.outsider).action_close()
        hops = self.item_of(case, self.manager).hop_ids
        self.assertEqual(hops.mapped("hours"), [2, 1, 4, 0.5])
        nobody = self.env["res.users"]
        self.assertEqual(
            [(hop.queue_id, hop.user_id) for hop in hops],
            [
                (self.team.queue_id, nobody),
                (self.team.queue_id, self.agent_a),
                (self.other_team.queue_id, nobody),
                (self.other_team.queue_id, self.outsider),
            ],
        )
        self.assertEqual(self.item_of(case, self.manager).state, "done")

    def test_assigning_by_hand_takes_it_out_of_the_queue(self):
        case = self._new_case()
        case.with_user(self.manager).user_id = self.agent_b
        item = self.item_of(case, self.agent_a)
        self.assertEqual((item.state, item.user_id), ("picked", self.agent_b))
        self.assertEqual(len(item.sudo().hop_ids), 2)

    def test_reopened_case_goes_back_to_who_handled_it(self):
        case = self._new_case()
        case.action_pick()
        case.action_close()
        case.action_reopen()
        item = self.item_of(case, self.agent_a)
        self.assertEqual((item.state, item.user_id), ("picked", self.agent_a))
        untouched = self._new_case()
        untouched.action_close()
        untouched.action_reopen()
        self.assertEqual(untouched.crm_queue_id, self.team.queue_id)

    def test_item_shows_what_the_case_says(self):
        case = self._new_case()
        case.write({"name": "Server on fire", "priority": "3"})
        item = self.item_of(case, self.agent_b)
        self.assertIn("Server on fire", item.name)
        self.assertEqual((item.priority, item.partner_id), ("3", self.contact))

    def test_users_cannot_write_items_themselves(self):
        item = self.item_of(self._new_case(), self.manager)
        with self.assertRaises(AccessError):
            item.write({"state": "picked", "user_id": self.manager.id})

    def test_outsider_cannot_pick(self):
        item = self.item_of(self._new_case(), self.agent_a)
        with self.assertRaises(AccessError):
            item.with_user(self.outsider).action_pick()

    @mute_logger("odoo.sql_db")
    def test_database_allows_one_open_hop(self):
        item = self.item_of(self._new_case(), self.agent_a).sudo()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            item._open_hops()

    @mute_logger("odoo.sql_db")
    def test_database_allows_no_holder_of_a_waiting_item(self):
        item = self.item_of(self._new_case(), self.agent_a).sudo()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            item.write({"user_id": self.agent_a.id})
            item.flush_recordset()

    def test_audit_finds_an_item_that_is_nowhere(self):
        item = self.item_of(self._new_case(), self.agent_a).sudo()
        audit = self.env["crm.queue.hop"]._audit_open_hops
        self.assertEqual(audit().broken, 0)
        item.hop_ids.left_at = fields.Datetime.now()
        self.assertEqual(audit().res_ids, tuple(item.ids))

    def test_wizard_sends_with_a_note_for_colleagues(self):
        case = self._new_case()
        wizard = (
            self.env["crm.queue.send"]
            .with_user(self.agent_a)
            .with_context(**case.action_open_queue_wizard()["context"])
            .create({"queue_id": self.other_team.queue_id.id, "note": "Needs a visit"})
        )
        wizard.action_send()
        self.assertEqual(case.crm_queue_id, self.other_team.queue_id)
        self.assertTrue(case.message_ids[0].subtype_id.internal)
        self.assertIn("Needs a visit", case.message_ids[0].body)
