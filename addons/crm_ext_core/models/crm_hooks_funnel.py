from odoo import api, models

from ..tools.hooks import BatchKind, FunnelAction, FunnelEvent


class CrmHooks(models.AbstractModel):
    """The places where addons plug into the funnel, and what it plugs into long
    work."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "stage_past": BatchKind(
                label=self.env._("Stage times of the past"),
                model="crm.stage.passage",
                chunk=1,
            ),
            "forecast_past": BatchKind(
                label=self.env._("Forecasts of past months"),
                model="crm.forecast.snapshot",
                chunk=1,
            ),
        }

    @api.model
    def _funnel_events(self) -> dict[str, FunnelEvent]:
        """What may happen to a card: all that may give points, and what addons add."""
        return {
            key: FunnelEvent(source.label, source.model)
            for key, source in self._score_event_sources().items()
        }

    @api.model
    def _funnel_actions(self) -> dict[str, FunnelAction]:
        """What a funnel rule may do."""
        env = self.env
        return {
            "activity": FunnelAction(env._("Plan an activity")),
            "plan": FunnelAction(env._("Start an activity plan")),
            "mail": FunnelAction(
                env._("Send an e-mail"),
                lasting=env._("the e-mail has left, it cannot be called back"),
            ),
            "tag": FunnelAction(env._("Put tags")),
            "assign": FunnelAction(env._("Give to a salesperson")),
            "segment": FunnelAction(env._("Add to a segment (audience)")),
            "move": FunnelAction(env._("Move to another stage")),
        }
