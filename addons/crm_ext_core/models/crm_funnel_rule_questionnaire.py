from odoo import api, fields, models

from .crm_questionnaire import EVENT


class CrmFunnelRule(models.Model):
    """A rule on answers may wait for one questionnaire.

    The choice is a plain key, not a link: the Surveys app may not be there.
    `crm_questionnaire` in the context is the key of the one answered.
    """

    _inherit = "crm.funnel.rule"

    questionnaire = fields.Selection(
        selection="_selection_questionnaire", help="Empty: any questionnaire."
    )

    @api.model
    def _selection_questionnaire(self):
        choices = self.env["crm.questionnaire"]._get_choices()
        # sudo: the same choices for everybody
        rules = self.sudo().with_context(active_test=False)
        used = rules._read_group([("questionnaire", "!=", False)], ["questionnaire"])
        gone = {key for (key,) in used} - {key for key, _title in choices}
        words = self.env._("A questionnaire that is no longer there")
        return choices + [(key, words) for key in sorted(gone)]

    @api.model
    def _rules_of(self, stage_id, moment, event=False):
        rules = super()._rules_of(stage_id, moment, event)
        if event != EVENT:
            return rules
        answered = self.env.context.get("crm_questionnaire")
        return rules.filtered(lambda rule: rule.questionnaire in (False, answered))
