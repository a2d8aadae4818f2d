from odoo import api, models

from ..tools.hooks import AuditCheck, BatchKind, ContextSection, PartnerCounter, PortalCard
from ..tools.hooks import ScoreEventSource, SegmentCriterion


class CrmHooks(models.AbstractModel):
    """The places where other addons plug into core.

    An addon writes `_inherit = "crm.hooks"`, calls super() and adds its own entries; core
    never names an addon above it. Keys are stable technical names.
    """

    _name = "crm.hooks"
    _description = "Hooks of the CRM extension"

    @api.model
    def _batch_kinds(self) -> dict[str, BatchKind]:
        return {}

    @api.model
    def _score_event_sources(self) -> dict[str, ScoreEventSource]:
        return {}

    @api.model
    def _segment_criteria(self) -> dict[str, SegmentCriterion]:
        return {}

    @api.model
    def _partner_counters(self) -> dict[str, PartnerCounter]:
        return {}

    @api.model
    def _customer_context(self, partner) -> list[ContextSection]:
        return []

    @api.model
    def _portal_cards(self) -> dict[str, PortalCard]:
        return {}

    @api.model
    def _audit_checks(self) -> dict[str, AuditCheck]:
        return {}
