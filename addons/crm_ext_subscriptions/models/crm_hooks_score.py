from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import ScoreCriterion, ScoreEventSource


class CrmHooks(models.AbstractModel):
    """What quotations and subscriptions tell scoring."""

    _inherit = "crm.hooks"

    @api.model
    def _score_event_sources(self):
        return super()._score_event_sources() | {
            "quotation_seen": ScoreEventSource(
                self.env._("Quotation seen by the customer")
            ),
            "quotation_signed": ScoreEventSource(self.env._("Quotation signed online")),
        }

    @api.model
    def _score_criteria(self):
        return super()._score_criteria() | {
            "ordered": ScoreCriterion(
                self.env._("An order was confirmed for this contact"),
                (("partner_id.sale_order_ids", "any", [("state", "=", "sale")]),),
            ),
        }
