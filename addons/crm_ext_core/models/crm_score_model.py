from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools import scoring

GRADE_STEPS = ("fit_a", "fit_b", "fit_c")
ENGAGEMENT_STEPS = ("engagement_1", "engagement_2", "engagement_3")
DIMENSIONS = {scoring.FIT: 0, scoring.ENGAGEMENT: 1}
# what decides points: fixed once published, so that old entries can be replayed
FROZEN = {"company_id", "domain", "fit_cap", "engagement_cap", "rule_ids"}


class CrmScoreModel(models.Model):
    """One version of the rules that give points to leads.

    A draft is edited and tried out; once published it no longer changes, and a new
    version replaces it. What an old version gave stays in the ledger under its name. A
    lead is scored by the first published model whose company and criteria fit.
    """

    _name = "crm.score.model"
    _description = "Score model"
    _inherit = ["crm.lead.rule.mixin"]
    _order = "sequence, root_id, version desc, id"

    _cached_fields = frozenset(
        {"state", "active", "company_id", "domain", "sequence"}
        | {"fit_cap", "engagement_cap", *GRADE_STEPS, *ENGAGEMENT_STEPS}
    )

    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    root_id = fields.Many2one(
        "crm.score.model",
        string="First version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    retired_at = fields.Datetime(string="Retired on", readonly=True, copy=False)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    full_score = fields.Integer(
        default=100, required=True, help="The score that fills the gauge of a lead."
    )
    fit_cap = fields.Integer(
        string="Most for fit", help="What a lead is may not give more; 0: no limit."
    )
    engagement_cap = fields.Integer(
        string="Most for engagement",
        help="What happened may not give more; 0: no limit.",
    )
    fit_a = fields.Integer("A from", default=50, required=True)
    fit_b = fields.Integer("B from", default=30, required=True)
    fit_c = fields.Integer("C from", default=10, required=True)
    engagement_1 = fields.Integer("1 from", default=40, required=True)
    engagement_2 = fields.Integer("2 from", default=20, required=True)
    engagement_3 = fields.Integer("3 from", default=5, required=True)
    rule_ids = fields.One2many("crm.score.rule", "model_id", copy=True)
    rule_count = fields.Integer(compute="_compute_rule_count")
    lead_count = fields.Integer(string="Leads scored", compute="_compute_lead_count")

    _full_score_positive = models.Constraint(
        "CHECK(full_score > 0)", "The full score must be above zero."
    )
    _caps_not_negative = models.Constraint(
        "CHECK(fit_cap >= 0 AND engagement_cap >= 0)", "A cap is a positive number."
    )
    _grades_fall = models.Constraint(
        "CHECK(fit_a >= fit_b AND fit_b >= fit_c AND engagement_1 >= engagement_2"
        " AND engagement_2 >= engagement_3)",
        "A better grade asks for at least as many points.",
    )
    _one_published = models.UniqueIndex(
        "(COALESCE(root_id, id)) WHERE state = 'published'",
        "A score model has one published version: retire the other first.",
    )

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        for model in self:
            model.rule_count = len(model.rule_ids)

    def _compute_lead_count(self):
        counts = dict(
            self.env["crm.score.entry"]._read_group(
                [("model_id", "in", self.ids), ("ended_at", "=", False)],
                ["model_id"],
                ["lead_id:count_distinct"],
            )
        )
        for model in self:
            model.lead_count = counts.get(model, 0)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for model in self:
            number = f" v{model.version}" if model.version > 1 else ""
            model.display_name = f"{model.name or ''}{number}"

    # ------------------------------------------------------------------ CRUD
    def write(self, vals):
        if vals.keys() & FROZEN and "state" not in vals:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if self.filtered(lambda model: model.state != "draft"):
            raise UserError(
                self.env._("A version that scored leads is kept: retire it instead.")
            )

    def _check_draft(self):
        """What is published no longer changes: its entries say what it gave."""
        for model in self.filtered(lambda model: model.state != "draft"):
            raise ValidationError(
                self.env._(
                    "The score model %(model)s is published: make a new version of it "
                    "and change that one.",
                    model=model.display_name,
                )
            )

    # ------------------------------------------------------------------ versions
    def action_publish(self):
        """Replace the published version; the whole base is scored in the background."""
        for model in self:
            if not model.rule_ids:
                raise UserError(self.env._("A score model needs at least one rule."))
        self.filtered(lambda model: model.state == "draft")._publish()
        return self.action_recompute()

    def _publish(self):
        now = fields.Datetime.now()
        self._other_versions().write({"state": "retired", "retired_at": now})
        # the versions replaced make room first: see _one_published
        self.flush_model(["state"])
        self.write({"state": "published", "published_at": now, "retired_at": False})

    def _other_versions(self):
        """The published versions that these replace."""
        roots = (self.root_id | self).ids
        return self.search(
            [
                ("state", "=", "published"),
                ("id", "not in", self.ids),
                "|",
                ("id", "in", roots),
                ("root_id", "in", roots),
            ]
        )

    def action_retire(self):
        """Score with it no more; what it gave stays in the ledger."""
        self.filtered(lambda model: model.state == "published").write(
            {"state": "retired", "retired_at": fields.Datetime.now()}
        )
        self._enqueue_all()
        return True

    def action_new_version(self):
        """A draft that starts as a copy, to be tried out and then published."""
        self.ensure_one()
        root = self.root_id or self
        known = self.search(["|", ("id", "=", root.id), ("root_id", "=", root.id)])
        draft = self.copy(
            {
                "name": self.name,
                "root_id": root.id,
                "version": max(known.mapped("version")) + 1,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def action_recompute(self):
        """Score the whole base in the background and show the run."""
        self.check_access("write")
        run = self._enqueue_all()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.batch.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    def action_open_leads(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.lead",
            "view_mode": "list,kanban,form",
            "views": [
                (self.env.ref("crm_ext_core.crm_lead_view_list_score").id, "list"),
                (False, "kanban"),
                (False, "form"),
            ],
            "domain": [("crm_score_entry_ids.model_id", "=", self.id)],
        }

    # ------------------------------------------------------------------ bridge
    def _to_rules(self):
        """{rule id: value}, and the limits of groups and dimensions."""
        rules = {rule.id: rule._to_rule() for rule in self.rule_ids}
        dimensions = {}
        for model in self:
            if model.fit_cap:
                dimensions[scoring.FIT] = Decimal(model.fit_cap)
            if model.engagement_cap:
                dimensions[scoring.ENGAGEMENT] = Decimal(model.engagement_cap)
        return rules, scoring.Limits(scoring.caps(rules.values()), dimensions)

    def _to_columns(self):
        """{rule: what SQL needs to know of it}, in tenths of a point (COLUMNS)."""
        rules, limits = self._to_rules()
        pools = {}
        found = {}
        for rule in self.rule_ids:
            value = rules[rule.id]
            pool = scoring.pool(value)
            found[rule] = SQL(
                "%s, %s, %s::integer, %s, %s, %s, %s::integer, %s",
                _tenths(value.points),
                pools.setdefault(pool, len(pools) + 1),
                _tenths(limits.groups.get(pool)),
                value.half_life_days,
                value.expiry_days,
                DIMENSIONS[value.dimension],
                _tenths(limits.dimensions.get(value.dimension)),
                value.floor,
            )
        return found

    def _to_grades(self):
        return scoring.Grades(
            tuple(self[name] for name in GRADE_STEPS),
            tuple(self[name] for name in ENGAGEMENT_STEPS),
        )


def _tenths(points):
    return None if points is None else int(points * 10)
