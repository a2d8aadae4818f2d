from datetime import timedelta
from unittest import SkipTest

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestQuestionnaire(HttpCase, FunnelCase):
    """Real questionnaires, answered by visitors over HTTP.

    `make test` runs it on a database of its own with the Surveys app:
    tests/integration/test_questionnaires.py.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "survey.survey" not in cls.env:
            raise SkipTest("the host's Surveys app is not installed")
        cls.surveyor = cls._new_user(
            "test_surveyor", "base.group_user,survey.group_survey_user"
        )
        cls.needs = cls._new_survey("Vos besoins")
        cls.other = cls._new_survey("Satisfaction")

    @classmethod
    def _new_survey(cls, title, **values):
        question = {"title": "Quel projet ?", "question_type": "char_box"}
        surveys = cls.env["survey.survey"].with_user(cls.surveyor)
        return surveys.create(
            {
                "title": title,
                "questions_layout": "one_page",
                "question_and_page_ids": [Command.create(question | values)],
            }
        )

    def _answer(self, survey, answer="Un extranet", **who):
        """Answer as somebody who holds the link of an invitation."""
        given = survey.with_user(self.surveyor)._create_answer(**who)
        way = f"{survey.access_token}/{given.access_token}"
        question = survey.sudo().question_ids
        self.env.flush_all()
        for step, values in (("begin", {}), ("submit", {str(question.id): answer})):
            said = self.make_jsonrpc_request(f"/survey/{step}/{way}", values)
            self.assertNotIn("error", said[1])
        self.env.invalidate_all()
        self.assertEqual(given.state, "done")
        return given

    def _rule_on_answers(self, *actions, **values):
        return self._rule("event", self.new, actions, event="questionnaire", **values)

    def test_co_28_an_answered_questionnaire_moves_the_card(self):
        self._rule_on_answers(self._move_to(self.qualified))
        card, elsewhere = self._card(), self._card(stage_id=self.to_pay.id)
        other = self.env["res.partner"].create({"name": "Somebody else"})
        theirs = self._card(partner_id=other.id)
        self._answer(self.needs, partner=self.customer)
        self.assertEqual(card.stage_id, self.qualified)
        self.assertEqual(elsewhere.stage_id, self.to_pay)
        self.assertEqual(theirs.stage_id, self.new)
        self.assertEqual(len(card.crm_funnel_firing_ids), 1)

    def test_co_28_who_answers_is_known_by_the_address_given_in_the_answer(self):
        self._rule_on_answers(self._move_to(self.qualified))
        survey = self._new_survey("Contact", save_as_email=True, validation_email=True)
        card = self._card(partner_id=False, email_from="nolwenn@kerlouan.example")
        self._answer(survey, "Nolwenn@Kerlouan.example")
        self.assertEqual(card.stage_id, self.qualified)

    def test_co_28_a_rule_may_wait_for_one_questionnaire(self):
        key = str(self.needs.id)
        self._rule_on_answers(self._move_to(self.qualified), questionnaire=key)
        self._rule_on_answers(self._tag("Answered"))
        card = self._card()
        self._answer(self.other, partner=self.customer)
        self.assertEqual(card.stage_id, self.new)
        self.assertEqual(card.tag_ids.name, "Answered", "any questionnaire will do")
        self._answer(self.needs, partner=self.customer)
        self.assertEqual(card.stage_id, self.qualified)

    def test_co_28_trials_and_lost_cards_are_passed_over(self):
        self._rule_on_answers(self._tag())
        card, lost = self._card(), self._card()
        lost.action_set_lost()
        self._answer(self.needs, partner=self.customer, test_entry=True)
        self.assertFalse(card.crm_funnel_firing_ids)
        self._answer(self.needs, partner=self.customer)
        self.assertTrue(card.crm_funnel_firing_ids)
        self.assertFalse(lost.crm_funnel_firing_ids)

    def test_co_17_an_answer_is_an_event_of_the_score_once(self):
        card = self._card()
        given = self._answer(self.needs, partner=self.customer)
        given.sudo()._mark_done()
        events = card.sudo().crm_score_event_ids
        self.assertEqual(events.mapped("source"), ["questionnaire"])
        self.assertEqual(events.ref, f"answer-{given.id}")

    def test_co_28_the_end_of_a_live_session_ends_its_answers(self):
        self._rule_on_answers(self._tag())
        card = self._card()
        survey = self.needs.with_user(self.surveyor)
        begun = fields.Datetime.now() - timedelta(hours=1)
        survey.write({"session_state": "in_progress", "session_start_time": begun})
        survey._create_answer(partner=self.customer)
        survey.action_end_session()
        self.assertEqual(card.tag_ids.name, "To bill")

    def test_co_28_the_card_that_the_answer_itself_made_has_its_event(self):
        if "generate_lead" not in self.env["survey.question.answer"]._fields:
            self.skipTest("the host's survey_crm is not installed")
        choice = {"value": "Oui", "generate_lead": True}
        survey = self._new_survey(
            "Salon",
            question_type="simple_choice",
            suggested_answer_ids=[Command.create(choice)],
        )
        yes = survey.sudo().question_ids.suggested_answer_ids
        given = self._answer(survey, str(yes.id), partner=self.customer)
        lead = given.sudo().lead_id
        self.assertEqual(lead.crm_score_event_ids.mapped("source"), ["questionnaire"])

    def test_co_28_a_dry_run_asks_which_questionnaire(self):
        key = str(self.needs.id)
        self._rule_on_answers(self._move_to(self.qualified), questionnaire=key)
        card = self._card()
        trials = self.env["crm.funnel.trial"].with_user(self.salesperson)
        values = {"lead_id": card.id, "moment": "event", "event": "questionnaire"}
        for chosen, end in ((str(self.other.id), self.new), (key, self.qualified)):
            trial = trials.create(values | {"questionnaire": chosen})
            trial.action_try()
            self.assertEqual(trial.end_stage_id, end)
        self.assertEqual(card.stage_id, self.new)

    def test_co_28_a_rule_outlives_its_questionnaire(self):
        rule = self._rule_on_answers(self._tag(), questionnaire=str(self.needs.id))
        key = rule.questionnaire
        self.needs.sudo().unlink()
        words = dict(rule.fields_get(["questionnaire"])["questionnaire"]["selection"])
        self.assertIn("no longer", words[key])
        self.assertEqual(rule.copy().questionnaire, key)
        card = self._card()
        self._answer(self.other, partner=self.customer)
        self.assertFalse(card.crm_funnel_firing_ids)

    def test_co_28_the_hosts_methods_are_wrapped_once_and_set_free(self):
        answers = self.registry["survey.user_input"]
        hook = self.env["crm.questionnaire"]
        wrapped = vars(answers)["_mark_done"]
        hook._register_hook()
        self.assertIs(vars(answers)["_mark_done"], wrapped)
        hook._unregister_hook()
        self.addCleanup(hook._register_hook)
        self.assertNotIn("_mark_done", vars(answers))


@tagged("post_install", "-at_install")
class TestWithoutSurveys(FunnelCase):
    def test_co_28_without_the_app_nobody_is_offered_questionnaires(self):
        if "survey.survey" in self.env:
            self.skipTest("the host's Surveys app is installed")
        rules = self.env["crm.funnel.rule"].with_user(self.sales_manager)
        described = rules.fields_get(["event", "questionnaire"])
        self.assertNotIn("questionnaire", dict(described["event"]["selection"]))
        self.assertEqual(described["questionnaire"]["selection"], [])
        self.assertTrue(self._rule("event", self.new, [self._tag()], event="form"))
