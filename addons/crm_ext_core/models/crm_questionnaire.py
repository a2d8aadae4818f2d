from functools import wraps

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

EVENT = "questionnaire"
# the methods of the Surveys app that end answers, and the answers that they end
ENDINGS = {
    ("survey.user_input", "_mark_done"): lambda answers: answers,
    ("survey.survey", "action_end_session"): lambda surveys: surveys.user_input_ids,
}


class CrmQuestionnaire(models.AbstractModel):
    """The questionnaires of the host's Surveys app, where it is installed.

    Core does not depend on that app: once all models are loaded, the methods that end
    an answer are wrapped, as the host's automation rules wrap those of the models they
    watch (docs/decisions/0012-questionnaires.md).
    """

    _name = "crm.questionnaire"
    _description = "Questionnaires answered"

    def _register_hook(self):
        super()._register_hook()
        for (model, name), get_answers in ENDINGS.items():
            found = self.env.registry.models.get(model)
            if found and not self._is_wrapped(found, name):
                setattr(found, name, _telling(getattr(found, name), get_answers))

    def _unregister_hook(self):
        for model, name in ENDINGS:
            found = self.env.registry.models.get(model)
            if found and self._is_wrapped(found, name):
                delattr(found, name)
        return super()._unregister_hook()

    def _is_wrapped(self, model, name):
        return hasattr(vars(model).get(name), "crm_tells")

    # ------------------------------------------------------------------ answers
    @api.model
    def _tell(self, answers):
        """Let scores and rules know of the answers given in earnest.

        :param answers: survey.user_input records that have just ended
        """
        events = self.env["crm.score.event"]
        now = fields.Datetime.now()
        given = answers.filtered(lambda answer: not answer.test_entry)
        for survey, mine in given.grouped("survey_id").items():
            facts = [
                (lead.id, now, f"answer-{answer.id}")
                for answer, leads in self._find_leads(mine).items()
                for lead in leads
            ]
            events.with_context(crm_questionnaire=str(survey.id))._log(EVENT, facts)

    def _find_leads(self, answers):
        """{answer: the open leads of who gave it}, known by contact or by address."""
        addresses = {
            answer: {email_normalize(answer.email), answer.partner_id.email_normalized}
            - {False}
            for answer in answers
        }
        leads = self.env["crm.lead"].search(
            Domain("won_status", "=", "pending")
            & (
                Domain("partner_id", "in", answers.partner_id.ids)
                | Domain("email_normalized", "in", set().union(*addresses.values()))
            )
        )
        return {
            answer: leads.filtered(
                lambda lead, answer=answer: (
                    (lead.partner_id and lead.partner_id == answer.partner_id)
                    or lead.email_normalized in addresses[answer]
                )
            )
            for answer in answers
        }

    # ------------------------------------------------------------------ choices
    @api.model
    def _get_choices(self):
        """[(key, title)] of the questionnaires that there are."""
        if "survey.survey" not in self.env:
            return []
        # sudo: a rule names its questionnaire to whoever reads the rule; no more than
        # the title is read
        surveys = self.env["survey.survey"].sudo().with_context(active_test=False)
        return [(str(one.id), one.title) for one in surveys.search([])]


def _telling(method, get_answers):
    """The method, followed by the news of the answers that it ended."""

    @wraps(method)
    def ended(self, *args, **kwargs):
        # sudo: who answers is mostly a visitor, with no right on answers nor leads
        waiting = get_answers(self.sudo()).filtered(lambda one: one.state != "done")
        result = method(self, *args, **kwargs)
        self.env["crm.questionnaire"].sudo()._tell(waiting)
        return result

    ended.crm_tells = True
    return ended
