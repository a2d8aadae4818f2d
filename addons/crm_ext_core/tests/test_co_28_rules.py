from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelRules(FunnelCase):
    """A salesperson moves his cards; the manager's rules do the rest."""

    def test_co_28_a_manager_chooses_the_fields_a_salesperson_reads_the_rule(self):
        fields_of = self.env["ir.model.fields"].with_user(self.sales_manager)
        found = fields_of.name_search("Expected Revenue", [("model", "=", "crm.lead")])
        rule = self._rule("require", required_field_ids=[(6, 0, [found[0][0]])])
        self.assertTrue(rule.copy().required_field_ids.mapped("display_name"))
        view = self.env.ref("crm_ext_core.crm_funnel_rule_view_form")
        rule = rule.with_user(self.salesperson)
        shown = rule.get_view(view.id, "form")["models"]["crm.funnel.rule"]
        values = rule.web_read({name: {} for name in shown})
        self.assertEqual(values[0]["name"], rule.name)

    def test_co_28_a_card_does_not_leave_without_the_fields_asked_for(self):
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        self._rule("require", self.qualified, required_field_ids=revenue.ids)
        card = self._card(stage_id=self.qualified.id)
        with self.assertRaisesRegex(
            UserError, "Fill Expected Revenue before the card leaves Qualified"
        ):
            card.stage_id = self.to_pay
        card.invalidate_recordset()
        card.stage_id = self.new
        self.assertEqual(card.stage_id, self.new, "it may always go back")
        card.stage_id = self.qualified
        card.write({"stage_id": self.to_pay.id, "expected_revenue": 5000})
        self.assertEqual(card.stage_id, self.to_pay, "filled in the same breath")

    def test_co_28_the_cards_at_fault_are_named(self):
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        self._rule("require", self.qualified, required_field_ids=revenue.ids)
        cards = self._cards(8, stage_id=self.qualified.id)
        cards[0].expected_revenue = 10
        with self.assertRaisesRegex(UserError, r"Refonte du site.*\(\+ 2\)"):
            cards.write({"stage_id": self.to_pay.id})

    def test_co_28_entering_plans_tags_writes_and_gives(self):
        segment = self.env["crm.segment"].create(
            {"name": "Audience", "kind": "static", "res_model": "crm.lead"}
        )
        self._rule(
            actions=[
                self._call(days=2),
                self._tag(),
                self._mail(),
                ("segment", {"segment_id": segment.id}),
                ("assign", {"user_id": self.colleague.id}),
            ]
        )
        card = self._card()
        card.stage_id = self.qualified
        seen = card.sudo()
        self.assertEqual(seen.activity_ids.user_id, self.salesperson)
        self.assertEqual(seen.tag_ids.name, "To bill")
        self.assertEqual(seen.user_id, self.colleague)
        self.assertEqual(segment.member_ids.res_id, card.id)
        mail = self.env["mail.mail"].search([("res_id", "=", card.id)])
        self.assertEqual(
            (mail.state, mail.subject), ("outgoing", "Votre projet Refonte du site")
        )
        firing = seen.crm_funnel_firing_ids
        self.assertEqual((firing.state, firing.user_id), ("done", self.salesperson))
        self.assertEqual(len(firing.effect_ids), 5)
        for words in ("Call", "To bill", "contact@kermadec.example", "Audience"):
            self.assertIn(words, firing.effects)
        self.assertEqual(seen.crm_funnel_firing_count, 1)

    def test_co_28_rules_act_in_their_order_on_leaving_then_entering(self):
        self._rule("enter", self.qualified, [self._tag("third")], sequence=9)
        self._rule("enter", self.qualified, [self._tag("second")], sequence=3)
        self._rule("leave", self.new, [self._tag("first")])
        card = self._card()
        card.stage_id = self.qualified
        firings = card.crm_funnel_firing_ids.sorted("id")
        self.assertEqual(
            firings.effect_ids.sorted("id").mapped("done"),
            ["Tags: first", "Tags: second", "Tags: third"],
        )
        self.assertEqual(firings[0].passage_id.stage_id, self.new)

    def test_co_28_a_plan_is_started(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Welcome",
                "res_model": "crm.lead",
                "template_ids": [
                    (0, 0, {"summary": "Send the contract", "delay_count": 1}),
                    (0, 0, {"summary": "Call back", "delay_count": 3}),
                ],
            }
        )
        self._rule(actions=[("plan", {"plan_id": plan.id})])
        card = self._card()
        card.stage_id = self.qualified
        self.assertEqual(
            set(card.sudo().activity_ids.mapped("summary")),
            {"Send the contract", "Call back"},
        )

    def test_co_28_only_the_cards_of_its_team_company_and_domain(self):
        other = self.env["crm.team"].create({"name": "Other"})
        rule = self._rule(actions=[self._tag()], team_id=other.id)
        first, second, third = self._cards(3)
        first.stage_id = self.qualified
        self.assertFalse(first.crm_funnel_firing_ids)
        rule.write({"team_id": False, "domain": "[('expected_revenue', '>', 1000)]"})
        second.stage_id = self.qualified
        self.assertFalse(second.crm_funnel_firing_ids)
        third.write({"stage_id": self.qualified.id, "expected_revenue": 2000})
        self.assertTrue(third.crm_funnel_firing_ids)
        rule.active = False
        first.stage_id = self.new
        first.write({"stage_id": self.qualified.id, "expected_revenue": 2000})
        self.assertFalse(first.crm_funnel_firing_ids)

    def test_co_28_a_rule_of_one_company_leaves_the_cards_of_another(self):
        ours = self.env.company
        theirs = self.env["res.company"].create({"name": "Other"})
        self.salesperson.company_ids |= theirs
        rule = self._rule(actions=[self._tag()], company_id=ours.id)
        foreign = self._card(company_id=theirs.id)
        own, shared = self._card(company_id=ours.id), self._card(company_id=False)
        self.assertEqual(foreign.company_id, theirs)
        (foreign | own | shared).write({"stage_id": self.qualified.id})
        self.assertFalse(foreign.crm_funnel_firing_ids)
        self.assertFalse(foreign.tag_ids)
        self.assertEqual(own.crm_funnel_firing_ids.rule_id, rule)
        self.assertEqual(own.tag_ids.name, "To bill")
        self.assertEqual(shared.company_id, self.env["res.company"])
        self.assertEqual(shared.crm_funnel_firing_ids.rule_id, rule)
        self.assertIn("company", rule._why_not(foreign))

    def test_co_28_a_card_is_given_to_people_of_its_company_only(self):
        theirs = self.env["res.company"].create({"name": "Other"})
        self.salesperson.company_ids |= theirs
        self.team.member_ids = self.colleague
        self._rule(actions=[("assign", {"user_id": self.colleague.id})])
        foreign, own = self._card(company_id=theirs.id), self._card()
        (foreign | own).write({"stage_id": self.qualified.id})
        foreign, own = foreign.sudo(), own.sudo()
        self.assertEqual(foreign.user_id, self.salesperson)
        self.assertEqual(foreign.company_id, theirs)
        self.assertEqual(foreign.crm_funnel_firing_ids.state, "failed")
        self.assertIn("Other", foreign.crm_funnel_firing_ids.reason)
        self.assertEqual(own.user_id, self.colleague)

    def test_co_28_a_rule_fires_once_a_stay_and_the_database_sees_to_it(self):
        rule = self._rule(actions=[self._tag()])
        card = self._card()
        card.stage_id = self.qualified
        firing = card.sudo().crm_funnel_firing_ids
        self.assertFalse(firing._claim(rule.sudo(), card.sudo()))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            firing.copy({"state": "done"})
        card.stage_id = self.new
        card.stage_id = self.qualified
        self.assertEqual(len(card.crm_funnel_firing_ids), 2, "a new stay")

    def test_co_28_a_chain_moves_on_and_a_loop_is_stopped(self):
        self._rule("enter", self.qualified, [self._move_to(self.to_pay)], sequence=1)
        back = self._rule("enter", self.to_pay, [self._move_to(self.qualified)])
        late = self._rule("enter", self.qualified, [self._tag()], sequence=2)
        card = self._card()
        card.stage_id = self.qualified
        self.assertEqual(card.stage_id, self.to_pay)
        stopped = card.crm_funnel_firing_ids.filtered(lambda one: one.rule_id == back)
        self.assertEqual(stopped.state, "stopped")
        self.assertIn("been there already in this chain", stopped.reason)
        self.assertNotIn(late, card.crm_funnel_firing_ids.rule_id, "it has moved on")

    def test_co_28_what_fails_never_loses_the_move_and_is_tried_again(self):
        self._rule(actions=[self._tag(), self._mail()])
        self.customer.email = False
        card, other = self._card(), self._card()
        other.partner_id = self.env["res.partner"].create(
            {"name": "Armor", "email": "armor@armor.example"}
        )
        (card | other).write({"stage_id": self.qualified.id})
        self.assertEqual(card.stage_id, self.qualified)
        self.assertEqual(other.crm_funnel_firing_ids.state, "done")
        firing = card.crm_funnel_firing_ids
        self.assertEqual(firing.state, "failed")
        self.assertIn("no e-mail address", firing.reason)
        self.assertFalse(card.tag_ids, "all of it or nothing")
        self.customer.email = "contact@kermadec.example"
        firing.action_retry()
        self.assertEqual((firing.state, firing.reason), ("done", False))
        self.assertEqual(card.tag_ids.name, "To bill")
        with self.assertRaises(UserError):
            firing.action_retry()

    def test_co_28_an_automatic_move_keeps_to_the_fields_asked_for(self):
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        self._rule("require", self.qualified, required_field_ids=revenue.ids)
        self._rule(actions=[self._move_to(self.to_pay)])
        card = self._card()
        card.stage_id = self.qualified
        self.assertEqual(card.stage_id, self.qualified)
        self.assertEqual(card.crm_funnel_firing_ids.state, "failed")
        self.assertIn("Fill Expected Revenue", card.crm_funnel_firing_ids.reason)

    def test_co_28_a_salesperson_reads_rules_and_his_own_firings_only(self):
        rule = self._rule(actions=[self._tag()])
        card = self._card()
        card.stage_id = self.qualified
        self.assertEqual(rule.with_user(self.salesperson).name, rule.name)
        with self.assertRaises(AccessError):
            rule.with_user(self.salesperson).name = "Mine"
        firing = card.crm_funnel_firing_ids.with_user(self.colleague)
        with self.assertRaises(AccessError):
            firing.read(["reason"])
        with self.assertRaises(AccessError):
            firing.action_undo()

    def test_co_28_half_filled_rules_are_refused_kindly(self):
        with self.assertRaisesRegex(ValidationError, "choose the fields"):
            self._rule("require")
        with self.assertRaisesRegex(ValidationError, "choose E-mail template"):
            self._rule(actions=[("mail", {})])
        with self.assertRaisesRegex(ValidationError, "choose another stage"):
            self._rule(actions=[self._move_to(self.qualified)])

    def test_co_28_a_thousand_cards_cost_as_many_queries_per_rule_as_a_hundred(self):
        plain = [self._count_queries(self._cards(number)) for number in (100, 1000)]
        self._rule(actions=[self._call(), self._tag(), self._move_to(self.to_pay)])
        ruled = [self._count_queries(self._cards(number)) for number in (100, 1000)]
        few, many = (cost - floor for cost, floor in zip(ruled, plain, strict=True))
        # the host writes rows by the hundred: batches grow, not queries a card
        self.assertLess(many, 3 * few)
        self.assertLess(many, 1000 / 2)
