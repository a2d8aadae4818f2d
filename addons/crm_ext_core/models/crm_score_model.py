from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools import scoring

LEADS_PER_UNIT = 5000


class CrmScoreModel(models.Model):
    """A set of rules that gives points to leads; a company has one published at a time.

    A lead is scored by the published model of its company, or by the published model
    that belongs to no company.
    """

    _name = "crm.score.model"
    _description = "Score model"
    _order = "state desc, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one("res.company", index="btree_not_null")
    full_score = fields.Integer(
        default=100, required=True, help="The score that fills the gauge of a lead."
    )
    rule_ids = fields.One2many("crm.score.rule", "model_id", copy=True)
    rule_count = fields.Integer(compute="_compute_rule_count")
    lead_count = fields.Integer(string="Leads scored", compute="_compute_lead_count")

    _full_score_positive = models.Constraint(
        "CHECK(full_score > 0)", "The full score must be above zero."
    )
    _one_published = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'published' AND active",
        "A company has one published score model: take the other back to draft first.",
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

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        models_ = super().create(vals_list)
        self.env.registry.clear_cache()
        return models_

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "active", "company_id"}:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------------ actions
    def action_publish(self):
        for model in self:
            if not model.rule_ids:
                raise UserError(self.env._("A score model needs at least one rule."))
        self.flush_model(
            ["state"]
        )  # models taken back make room first: see _one_published
        self.write({"state": "published"})
        return self.action_recompute()

    def action_draft(self):
        self.write({"state": "draft"})
        self._enqueue_all()

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

    # ------------------------------------------------------------------ whole base
    @api.model
    def _cron_score_all(self):
        """Let points fade and dated criteria move: score the whole base every night."""
        if self._published_ids():
            self._enqueue_all()

    @api.model
    def _enqueue_all(self):
        # who may publish a model may not see every lead: ranges of ids reveal none
        self.env.cr.execute("SELECT min(id), max(id) FROM crm_lead")
        first, last = self.env.cr.fetchone()
        starts = range(first, last + 1, LEADS_PER_UNIT) if first else []
        units = [
            {"payload": {"first": i, "last": i + LEADS_PER_UNIT - 1}} for i in starts
        ]
        return self.env["crm.batch.run"]._enqueue(
            "score", units, name=self.env._("Scoring of all leads")
        )

    @api.model
    def _batch_process(self, run, units):
        # a score does not depend on who asked for it
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        for unit in units:
            span = [
                ("id", ">=", unit.payload["first"]),
                ("id", "<=", unit.payload["last"]),
            ]
            leads.search(span, order="id")._refresh_crm_score()

    @api.model
    def _batch_unit_label(self, unit):
        return self.env._("Leads %(first)s to %(last)s", **unit.payload)

    # ------------------------------------------------------------------ published rules
    @api.model
    @ormcache()
    def _published_ids(self):
        """Ids of the published models, own company's first; read at each lead's
        write."""
        # sudo: cached for everybody, see _published
        published = self.sudo().search([("state", "=", "published")])
        return tuple(
            published.sorted(lambda model: (not model.company_id, model.id)).ids
        )

    @api.model
    def _published(self):
        # rules are the administrator's business, their effect is everybody's
        return self.sudo().browse(self._published_ids())

    @api.model
    @ormcache()
    def _judged_fields(self):
        """The lead's fields that scoring and handing over read; empty when no model is
        published."""
        published = self._published()
        if not published:
            return frozenset()
        attributes = published.rule_ids.filtered(lambda rule: rule.kind == "attribute")
        handovers = self.env["crm.qualification.rule"]._active_rules()
        # the company chooses among models only where one is a company's own
        scope = {"company_id"} if published.company_id else set()
        return frozenset(
            scope
            | {
                condition.field_expr.partition(".")[0]
                for rules in (attributes, handovers)
                for rule in rules
                for condition in rule._lead_domain().iter_conditions()
            }
        )

    @api.model
    @ormcache()
    def _watched_fields(self):
        """The judged fields and what those depend on: a write of none of them leaves
        every score as it is."""
        leads = self.env["crm.lead"]
        todo = set(self._judged_fields())
        watched = set()
        while todo:
            name = todo.pop()
            watched.add(name)
            depends = self.pool.field_depends.get(leads._fields.get(name), ())
            todo |= {path.partition(".")[0] for path in depends} - watched
        return frozenset(watched & leads._fields.keys())

    def _scope_domain(self):
        """The leads that this published model scores."""
        if self.company_id:
            return Domain("company_id", "=", self.company_id.id)
        others = self._published().company_id.ids
        return Domain("company_id", "not in", others) if others else Domain.TRUE

    def _to_rules(self):
        """{rule id: value}, and the caps of their groups."""
        rules = {rule.id: rule._to_rule() for rule in self.rule_ids}
        return rules, scoring.caps(rules.values())
