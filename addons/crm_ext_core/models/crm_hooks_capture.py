from odoo import api, models

from ..tools.hooks import ScoreEventSource


class CrmHooks(models.AbstractModel):
    """What capture tells scoring."""

    _inherit = "crm.hooks"

    @api.model
    def _score_event_sources(self):
        return super()._score_event_sources() | {
            "form": ScoreEventSource(label=self.env._("Form posted")),
            "request": ScoreEventSource(
                label=self.env._("Wrote to us (mail, portal, API)")
            ),
            "visit": ScoreEventSource(label=self.env._("Came back to the website")),
            "download": ScoreEventSource(label=self.env._("Document downloaded")),
        }

    @api.model
    def _capture_opt_in(self, post):
        """Somebody ticked the newsletter's box of a form, and confirmed if the form
        asks for it; an addon that knows mailing lists subscribes the address.

        :param post: one crm.capture.post, whose lead is made
        """
