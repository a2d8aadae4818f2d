from datetime import datetime, timedelta
from decimal import Decimal

from odoo import api, fields, models

from ..tools import scoring


class CrmScoreRule(models.Model):
    """Points for what a lead is (a domain) or for what happened to it (an event)."""

    _name = "crm.score.rule"
    _description = "Score rule"
    _inherit = ["crm.lead.rule.mixin"]
    _order = "model_id, sequence, id"

    _cached_fields = frozenset({"active", "model_id", "kind", "domain"})

    model_id = fields.Many2one(
        "crm.score.model", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="model_id.company_id")
    kind = fields.Selection(
        [("attribute", "What the lead is"), ("event", "What happened")],
        default="attribute",
        required=True,
    )
    event_source = fields.Selection(selection="_selection_event_source", string="Event")
    repeatable = fields.Boolean(
        string="Counts each time",
        help="Otherwise only the latest event of a lead gives the points.",
    )
    points = fields.Float(digits=(6, 1), required=True, default=10)

    cap_group = fields.Char(help="Rules of one group share one cap.")
    cap = fields.Float(
        digits=(6, 1),
        help="The most that the group (or this rule alone) may give; 0: no limit.",
    )
    fade = fields.Selection(
        [("none", "Never"), ("half_life", "Halves every"), ("expiry", "Ends after")],
        string="Fades",
        default="none",
        required=True,
    )
    fade_days = fields.Integer(string="Days")

    _points_not_zero = models.Constraint(
        "CHECK(points <> 0)", "A rule gives or takes points."
    )
    _fade_days = models.Constraint(
        "CHECK(fade = 'none' OR fade_days > 0)",
        "Say after how many days the points fade.",
    )
    _cap_not_negative = models.Constraint(
        "CHECK(cap >= 0)", "A cap is a positive number."
    )
    _event_has_source = models.Constraint(
        "CHECK(kind <> 'event' OR event_source IS NOT NULL)", "Choose the event."
    )

    @api.model
    def _selection_event_source(self):
        sources = self.env["crm.hooks"]._score_event_sources()
        return [(code, source.label) for code, source in sources.items()]

    # ------------------------------------------------------------------ bridge
    def _to_rule(self):
        return scoring.Rule(
            key=self.id,
            points=Decimal(str(self.points)),
            group=self.cap_group or "",
            cap=Decimal(str(self.cap)) if self.cap else None,
            half_life_days=self.fade_days if self.fade == "half_life" else 0,
            expiry_days=self.fade_days if self.fade == "expiry" else 0,
        )

    def _oldest_event(self, now):
        """Events before this moment no longer count."""
        if self.fade == "expiry":
            return now - timedelta(days=self.fade_days)
        return datetime.min
