from odoo import api, models

from ..tools.hooks import ScoreEventSource


class CrmHooks(models.AbstractModel):
    """What capture tells scoring."""

    _inherit = "crm.hooks"

    @api.model
    def _score_event_sources(self):
        return super()._score_event_sources() | {
            "form": ScoreEventSource(label=self.env._("Form posted")),
            "visit": ScoreEventSource(label=self.env._("Came back to the website")),
            "download": ScoreEventSource(label=self.env._("Document downloaded")),
        }
