from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.hooks import FunnelAction
from .funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelUndo(FunnelCase):
    def _fire(self, *actions, **values):
        self._rule(actions=list(actions), **values)
        card = self._card()
        card.stage_id = self.qualified
        # a card given away is not read by who had it
        return card, card.sudo().crm_funnel_firing_ids.with_user(self.salesperson)

    def test_co_28_activity_tag_segment_person_are_taken_back(self):
        segment = self.env["crm.segment"].create(
            {"name": "Audience", "kind": "static", "res_model": "crm.lead"}
        )
        card, firing = self._fire(
            self._call(),
            self._tag(),
            ("segment", {"segment_id": segment.id}),
            ("assign", {"user_id": self.sales_manager.id}),
        )
        firing.with_user(self.sales_manager).action_undo()
        card = card.sudo()
        self.assertEqual(card.user_id, self.salesperson)
        self.assertFalse(card.activity_ids)
        self.assertFalse(card.tag_ids)
        self.assertTrue(segment.member_ids.left_at)
        firing = firing.sudo()
        self.assertEqual(
            (firing.state, firing.closed_by_id), ("undone", self.sales_manager)
        )
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            firing.action_undo()

    def test_co_28_who_was_given_the_card_since_keeps_it(self):
        card, firing = self._fire(("assign", {"user_id": self.sales_manager.id}))
        card.sudo().user_id = self.colleague
        with self.assertRaisesRegex(UserError, "given to somebody else since"):
            firing.with_user(self.colleague).action_undo()
        self.assertEqual(card.sudo().user_id, self.colleague)

    def test_co_28_a_move_is_taken_back_without_setting_off_rules(self):
        self._rule("enter", self.to_pay, [self._tag()])
        card, firings = self._fire(self._move_to(self.to_pay))
        firing = firings.filtered(lambda one: one.stage_id == self.qualified)
        firing.action_undo()
        self.assertEqual(card.stage_id, self.qualified)
        self.assertEqual(len(card.crm_funnel_firing_ids), 2)

    def test_co_28_a_card_moved_since_stays_where_it_is(self):
        card, firing = self._fire(self._move_to(self.to_pay))
        card.stage_id = self.new
        with self.assertRaisesRegex(UserError, "has been moved since"):
            firing.action_undo()
        self.assertEqual(card.stage_id, self.new)

    def test_co_28_a_mail_that_waits_is_dropped_one_that_left_is_refused_kindly(self):
        card, firing = self._fire(self._mail())
        mails = self.env["mail.mail"].search([("res_id", "=", card.id)])
        firing.action_undo()
        self.assertFalse(mails.exists())
        card.stage_id = self.new
        card.stage_id = self.qualified
        again = card.crm_funnel_firing_ids - firing
        self.env["mail.mail"].search([("res_id", "=", card.id)]).state = "sent"
        with self.assertRaisesRegex(UserError, "it cannot be called back"):
            again.action_undo()
        self.assertEqual(again.state, "done")

    def test_co_28_what_can_be_undone_is_and_the_rest_is_said(self):
        card, firing = self._fire(self._tag(), self._mail())
        self.env["mail.mail"].search([("res_id", "=", card.id)]).state = "sent"
        firing.action_undo()
        self.assertFalse(card.tag_ids)
        self.assertEqual(firing.state, "done")
        self.assertIn("cannot be called back", firing.reason)
        self.assertEqual(firing.effect_ids.mapped("undone"), [True, False])

    def test_co_28_tags_it_had_before_stay(self):
        kind, given = self._tag()
        self._rule(actions=[(kind, given)])
        card = self._card(tag_ids=given["tag_ids"])
        card.stage_id = self.qualified
        card.crm_funnel_firing_ids.action_undo()
        self.assertEqual(card.tag_ids.name, "To bill")

    def test_funnel_action_hook(self):
        self._plug_in(
            "_funnel_actions", {"ring": FunnelAction("Ring", lasting="it has rung")}
        )

        def ring(action, firings):
            return [action._effect(firing, "Rang the bell") for firing in firings]

        self._give_method("crm.funnel.action", "_run_ring", ring)
        _card, firing = self._fire(("ring", {}))
        self.assertEqual(firing.effects, "Rang the bell")
        with self.assertRaisesRegex(UserError, "it has rung"):
            firing.action_undo()
