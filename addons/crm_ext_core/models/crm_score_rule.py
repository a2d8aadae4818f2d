from datetime import datetime, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import scoring

# what decides points: a published rule keeps it
FROZEN = {"model_id", "kind", "event_source", "repeatable", "points", "cap_group"} | {
    "cap", "fade", "fade_days", "domain", "criterion", "dimension", "active",
}  # fmt: skip


class CrmScoreRule(models.Model):
    """Points for what a lead is (a domain), for what happened to it (an event), or a
    floor below which what was gained does not fade."""

    _name = "crm.score.rule"
    _description = "Score rule"
    _inherit = ["crm.lead.rule.mixin"]
    _order = "model_id, sequence, id"

    _cached_fields = frozenset(
        {"active", "model_id", "kind", "domain", "criterion", "points", "dimension"}
        | {"event_source", "repeatable", "cap_group", "cap", "fade", "fade_days"}
    )

    model_id = fields.Many2one(
        "crm.score.model", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="model_id.company_id")
    state = fields.Selection(related="model_id.state")
    kind = fields.Selection(
        [
            ("attribute", "What the lead is"),
            ("event", "What happened"),
            ("floor", "Never below"),
        ],
        default="attribute",
        required=True,
        help="Never below: for the leads of these criteria (an old customer...), "
        "points that fade leave at least so many.",
    )
    dimension = fields.Selection(
        [(scoring.FIT, "Fit"), (scoring.ENGAGEMENT, "Engagement")],
        string="Counts for",
        compute="_compute_dimension",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    criterion = fields.Selection(
        selection="_selection_criterion", string="Ready-made criterion"
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
    _floor_gives = models.Constraint(
        "CHECK(kind <> 'floor' OR points > 0)",
        "A floor is a number of points above zero.",
    )

    @api.model
    def _selection_event_source(self):
        sources = self.env["crm.hooks"]._score_event_sources()
        return [(code, source.label) for code, source in sources.items()]

    @api.model
    def _selection_criterion(self):
        criteria = self.env["crm.hooks"]._score_criteria()
        return [(code, criterion.label) for code, criterion in criteria.items()]

    @api.depends("kind")
    def _compute_dimension(self):
        for rule in self:
            fit = rule.kind == "attribute"
            rule.dimension = scoring.FIT if fit else scoring.ENGAGEMENT

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.model_id._check_draft()
        return rules

    def write(self, vals):
        if vals.keys() & FROZEN:
            self.model_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self.model_id._check_draft()

    # ------------------------------------------------------------------ bridge
    def _lead_domain(self):
        domain = super()._lead_domain()
        criterion = self.env["crm.hooks"]._score_criteria().get(self.criterion or "")
        if criterion:
            domain &= Domain(list(criterion.domain))
        return domain

    def _to_rule(self):
        return scoring.Rule(
            key=self.id,
            points=Decimal(str(self.points)),
            group=self.cap_group or "",
            cap=Decimal(str(self.cap)) if self.cap else None,
            half_life_days=self.fade_days if self.fade == "half_life" else 0,
            expiry_days=self.fade_days if self.fade == "expiry" else 0,
            dimension=self.dimension,
            floor=self.kind == "floor",
        )

    def _oldest_event(self, now):
        """Events before this moment no longer count."""
        if self.fade == "expiry":
            return now - timedelta(days=self.fade_days)
        return datetime.min
