from odoo import api, models

from ..tools.hooks import (
    AuditCheck,
    BatchKind,
    ContextSection,
    PartnerCounter,
    PortalCard,
    ScoreCriterion,
    ScoreEventSource,
    SegmentCriterion,
)


class CrmHooks(models.AbstractModel):
    """The places where other addons plug into core.

    An addon writes `_inherit = "crm.hooks"`, calls super() and adds its own entries;
    core never names an addon above it. Keys are stable technical names, labels are
    translated with `self.env._`. docs/architecture.md names the test of each hook.
    """

    _name = "crm.hooks"
    _description = "Hooks of the CRM extension"

    @api.model
    def _batch_kinds(self) -> dict[str, BatchKind]:
        """Kinds of long work, for crm.batch.run._enqueue()."""
        return {
            "score": BatchKind(
                label=self.env._("Scoring of leads"), model="crm.score.model", chunk=1
            ),
            "score_trial": BatchKind(
                label=self.env._("Trial of a score model"),
                model="crm.score.backtest",
                chunk=1,
            ),
        }

    @api.model
    def _score_event_sources(self) -> dict[str, ScoreEventSource]:
        """Kinds of events that a score rule may reward."""
        return {
            "meeting": ScoreEventSource(
                self.env._("Meeting held"), model="calendar.event"
            ),
            "call": ScoreEventSource(self.env._("Call answered")),
        }

    @api.model
    def _score_criteria(self) -> dict[str, ScoreCriterion]:
        """Ready-made criteria of score rules, in words."""
        env = self.env
        return {
            "mail_correct": ScoreCriterion(
                env._("A correct e-mail address"), (("email_state", "=", "correct"),)
            ),
            "phone_correct": ScoreCriterion(
                env._("A correct phone number"), (("phone_state", "=", "correct"),)
            ),
            "customer": ScoreCriterion(
                env._("An opportunity of the same contact was won"),
                (
                    (
                        "partner_id.opportunity_ids",
                        "any",
                        [("won_status", "=", "won")],
                    ),
                ),
            ),
        }

    @api.model
    def _segment_criteria(self) -> dict[str, SegmentCriterion]:
        """Ready-made criteria of segments."""
        env = self.env
        return {
            "lead_hot": SegmentCriterion(
                label=env._("Lead: score of 70 or more"),
                model="crm.lead",
                domain=(("crm_score", ">=", 70),),
            ),
            "lead_unassigned": SegmentCriterion(
                label=env._("Lead: without salesperson"),
                model="crm.lead",
                domain=(("user_id", "=", False),),
            ),
            "lead_quiet_30": SegmentCriterion(
                label=env._("Lead: untouched for 30 days"),
                model="crm.lead",
                domain=(("write_date", "<", "today -30d"),),
            ),
            "contact_company": SegmentCriterion(
                label=env._("Contact: company"),
                model="res.partner",
                domain=(("is_company", "=", True),),
            ),
            "contact_reachable": SegmentCriterion(
                label=env._("Contact: has an e-mail address"),
                model="res.partner",
                domain=(("email", "!=", False),),
            ),
            "contact_has_lead": SegmentCriterion(
                label=env._("Contact: has an open lead"),
                model="res.partner",
                domain=(("opportunity_ids", "any", [("won_status", "=", "pending")]),),
            ),
        }

    @api.model
    def _partner_counters(self) -> dict[str, PartnerCounter]:
        """Smart buttons of the contact form."""
        return {}

    @api.model
    def _customer_context(self, partner) -> list[ContextSection]:
        """Sections of the panel that sums up a customer on the contact and lead forms.

        :param partner: one res.partner; called with the rights of the reader
        """
        return []

    @api.model
    def _portal_cards(self) -> dict[str, PortalCard]:
        """Cards of the portal's home page."""
        return {}

    @api.model
    def _count_portal_cards(self, counters):
        """{counter: number of records} for the cards the page asks about, in the
        customer's own rights."""
        return {
            card.counter: self.env[card.model].search_count(list(card.domain))
            for card in self._portal_cards().values()
            if card.counter in counters and card.model in self.env
        }

    @api.model
    def _audit_checks(self) -> dict[str, AuditCheck]:
        """Invariants checked every night."""
        return {
            "score_ledger": AuditCheck(
                label=self.env._(
                    "The score of each lead is the sum of its contributions"
                ),
                model="crm.score.entry",
                method="_audit_scores",
            ),
            "batch_units": AuditCheck(
                label=self.env._("No finished run leaves units undone"),
                model="crm.batch.run",
                method="_audit_finished_runs",
            ),
        }
