from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import (
    AuditCheck,
    PartnerCounter,
    ScoreEventSource,
    SegmentCriterion,
)


class CrmHooks(models.AbstractModel):
    _inherit = "crm.hooks"

    @api.model
    def _segment_criteria(self):
        counted = ("is_cleared", "=", False), ("kind", "=", "return")
        hard = [("bounce_class", "=", "hard"), *counted]
        soft = [("bounce_class", "=", "soft"), ("date", ">=", "today -30d"), *counted]
        return super()._segment_criteria() | {
            "contact_bounced_hard": SegmentCriterion(
                label=self.env._("Contact: mail came back, address does not exist"),
                model="res.partner",
                domain=(("crm_bounce_ids", "any", hard),),
            ),
            "contact_bounced_soft": SegmentCriterion(
                label=self.env._("Contact: mail came back soft in the last 30 days"),
                model="res.partner",
                domain=(("crm_bounce_ids", "any", soft),),
            ),
            "contact_excluded": SegmentCriterion(
                label=self.env._("Contact: address on the exclusion list"),
                model="res.partner",
                domain=(("is_blacklisted", "=", True),),
            ),
            "lead_excluded": SegmentCriterion(
                label=self.env._("Lead: address on the exclusion list"),
                model="crm.lead",
                domain=(("is_blacklisted", "=", True),),
            ),
        }

    @api.model
    def _score_event_sources(self):
        return super()._score_event_sources() | {
            "mailing_opened": ScoreEventSource(
                self.env._("Mailing opened by a person")
            ),
            "mailing_clicked": ScoreEventSource(
                self.env._("Link of a mailing clicked by a person")
            ),
        }

    @api.model
    def _partner_counters(self):
        return super()._partner_counters() | {
            "bounces": PartnerCounter(
                label=self.env._("Returned mails"),
                icon="fa-undo",
                model="crm.bounce",
                domain=(("kind", "=", "return"),),
                action="crm_ext_campaigns.crm_bounce_action",
            ),
        }

    @api.model
    def _audit_checks(self):
        return super()._audit_checks() | {
            "hard_bounces_excluded": AuditCheck(
                label=self.env._("Every address that came back hard is excluded"),
                model="crm.bounce",
                method="_audit_hard_excluded",
            ),
        }
