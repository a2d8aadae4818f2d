from odoo import api, models

from ..tools.hooks import ScoreEventSource
from .crm_questionnaire import EVENT


class CrmHooks(models.AbstractModel):
    """What questionnaires tell scoring and the funnel, where there are any."""

    _inherit = "crm.hooks"

    @api.model
    def _score_event_sources(self):
        sources = super()._score_event_sources()
        if "survey.user_input" in self.env:
            sources[EVENT] = ScoreEventSource(self.env._("Questionnaire answered"))
        return sources
