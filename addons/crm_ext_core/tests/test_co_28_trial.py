from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelTrial(FunnelCase):
    """Dry runs on a real card, by its salesperson or by the manager of the rules."""

    def _try(self, card, user=None, **values):
        trials = self.env["crm.funnel.trial"].with_user(user or self.salesperson)
        trial = trials.create({"lead_id": card.id} | values)
        trial.action_try()
        return trial

    def _outcomes(self, trial):
        return [(line.rule_id.name, line.outcome) for line in trial.line_ids]

    def _counts(self):
        return [
            self.env[model].search_count([])
            for model in (
                "crm.funnel.firing",
                "crm.funnel.effect",
                "crm.stage.passage",
                "mail.activity",
                "mail.mail",
                "mail.message",
            )
        ]

    def test_co_28_a_dry_run_shows_all_and_leaves_nothing(self):
        self._rule(
            actions=[
                self._call(),
                self._tag(),
                self._mail(),
                self._move_to(self.to_pay),
            ],
            name="Start",
        )
        self._rule("enter", self.to_pay, [self._tag("Paid?")], name="End")
        self._rule(
            actions=[self._tag("Never")],
            name="Rich",
            domain="[('expected_revenue', '>', 9999)]",
            sequence=1,
        )
        card = self._card()
        self.env.flush_all()
        before = self._counts()
        trial = self._try(card, stage_id=self.qualified.id)
        self.assertEqual(
            self._outcomes(trial),
            [("Rich", "skips"), ("Start", "fires"), ("End", "fires")],
        )
        why, start, _end = trial.line_ids.mapped("words")
        self.assertIn("Expected Revenue > 9999", why)
        for words in ("Call", "To bill", "Votre projet", "Moved to To pay"):
            self.assertIn(words, start)
        self.assertEqual(trial.end_stage_id, self.to_pay)
        self.assertEqual(self._counts(), before)
        self.assertEqual((card.stage_id, card.tag_ids.ids), (self.new, []))

    def _call_outside(self):
        """The host's own rule: who enters the stage is told to another program."""
        lead_model = self.env["ir.model"]._get_id("crm.lead")
        stage = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tell",
                "model_id": lead_model,
                "state": "webhook",
                "webhook_url": "https://erp.example/hook",
            }
        )
        automation = self.env["base.automation"].create(
            {
                "name": "Tell",
                "model_id": lead_model,
                "trigger": "on_write",
                "trigger_field_ids": stage.ids,
                "action_server_ids": action.ids,
            }
        )
        self.addCleanup(automation._unregister_hook)

    def _asked(self):
        """What waits for the end of the transaction."""
        cr = self.env.cr
        queues = (cr.precommit, cr.postcommit, cr.postrollback)
        return [(len(queue), dict(queue.data)) for queue in queues]

    def test_co_28_a_dry_run_calls_nobody_outside(self):
        self._call_outside()
        self._rule(actions=[self._call(), self._move_to(self.to_pay)])
        card = self._card(tracked=True)
        self.flush_tracking()
        self.env["bus.bus"]._sendone("crm_test", "said", {"before": True})
        before = self._asked()
        trial = self._try(card, stage_id=self.qualified.id)
        self.assertEqual(trial.end_stage_id, self.to_pay)
        self.assertEqual(self._asked(), before)
        card.stage_id = self.qualified
        self.env.flush_all()
        self.assertGreater(len(self.env.cr.postcommit), before[1][0])

    def test_co_28_a_dry_run_tells_that_the_move_would_be_refused(self):
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        self._rule("require", self.new, required_field_ids=revenue.ids, name="Fields")
        self._rule(actions=[self._tag()])
        card = self._card()
        trial = self._try(card, stage_id=self.qualified.id)
        self.assertEqual(self._outcomes(trial), [("Fields", "refuses")])
        self.assertIn("Fill Expected Revenue", trial.line_ids.words)
        self.assertEqual(trial.end_stage_id, self.new)
        card.expected_revenue = 5
        trial.action_try()
        self.assertEqual(trial.line_ids.mapped("outcome"), ["fires", "fires"])

    def test_co_28_a_rule_is_tried_before_it_is_switched_on(self):
        rule = self._rule("stale", self.to_pay, [self._call()], active=False)
        card = self._card()
        trial = self._try(card, user=self.sales_manager, rule_id=rule.id)
        self.assertEqual(trial.line_ids.outcome, "fires")
        self.assertFalse(rule.active)
        self.assertFalse(card.crm_funnel_firing_ids)

    def test_co_28_events_failures_and_loops_are_foretold(self):
        self._rule("event", self.new, [self._mail()], event="form", name="Answer")
        self._rule("enter", self.qualified, [self._move_to(self.to_pay)], name="On")
        self._rule("enter", self.to_pay, [self._move_to(self.qualified)], name="Back")
        self.customer.email = False
        card = self._card()
        trial = self._try(card, moment="event", event="form")
        self.assertEqual(self._outcomes(trial), [("Answer", "fails")])
        trial = self._try(card, stage_id=self.qualified.id)
        self.assertEqual(self._outcomes(trial), [("On", "fires"), ("Back", "stops")])

    def test_co_28_a_dry_run_asks_for_what_it_needs_and_for_rights(self):
        card = self._card()
        with self.assertRaisesRegex(UserError, "Choose the stage"):
            self._try(card)
        with self.assertRaises(AccessError):
            self._try(card, user=self.colleague, stage_id=self.qualified.id)
