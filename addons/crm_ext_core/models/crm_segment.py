from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_criterion_mixin import BRIDGES

PEOPLE, LEADS = "res.partner", "crm.lead"


class CrmSegment(models.Model):
    """A named set of leads, contacts and companies.

    Dynamic: whoever meets the criteria, after the steps. Static: chosen by hand.
    Frozen: as it was at a date. What it holds is a domain (`_get_domain`), so a reader
    finds and counts only what he may read; the members, kept up to date by
    crm_segment_refresh.py, tell who joined and who left.
    """

    _name = "crm.segment"
    _description = "Segment"
    _inherit = ["mail.thread", "crm.criteria.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    description = fields.Text()
    color = fields.Integer()
    res_model = fields.Selection(
        selection="_selection_res_model",
        string="Made of",
        default=PEOPLE,
        required=True,
    )
    kind = fields.Selection(
        [("dynamic", "Dynamic"), ("static", "Static"), ("frozen", "Frozen")],
        default="dynamic",
        required=True,
        tracking=True,
        help="Dynamic: follows the criteria. Static: chosen by hand. Frozen: as it was "
        "at a date.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        index="btree_not_null",
        domain=[("share", "=", False)],
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index="btree_not_null"
    )

    domain = fields.Char(string="Any other field", default="[]", tracking=True)
    domain_model = fields.Char(compute="_compute_domain_model")
    criterion_ids = fields.One2many(
        "crm.segment.criterion",
        "segment_id",
        domain=[("step_id", "=", False)],
        copy=True,
    )
    step_ids = fields.One2many("crm.segment.step", "segment_id", copy=True)
    member_ids = fields.One2many("crm.segment.member", "segment_id", readonly=True)
    frozen_at = fields.Datetime(readonly=True, copy=False)

    record_count = fields.Integer(string="Records", compute="_compute_record_count")
    lead_count = fields.Integer(string="Leads", compute="_compute_record_count")
    contact_count = fields.Integer(string="Contacts", compute="_compute_record_count")
    company_count = fields.Integer(string="Companies", compute="_compute_record_count")
    start_count = fields.Integer(
        string="Records of the criteria", compute="_compute_record_count"
    )

    @api.model
    def _selection_res_model(self):
        return [
            (PEOPLE, self.env._("Contacts and companies")),
            (LEADS, self.env._("Leads")),
            ("all", self.env._("Leads, contacts and companies")),
        ]

    @api.depends("res_model")
    def _compute_domain_model(self):
        for segment in self:
            segment.domain_model = segment._get_models()[0]

    @api.depends(
        "res_model",
        "domain",
        "kind",
        "match",
        "criterion_ids.code",
        "criterion_ids.value",
        "criterion_ids.negate",
        "step_ids.sequence",
        "step_ids.operation",
        "step_ids.match",
        "step_ids.other_id",
        "step_ids.criterion_ids.code",
        "step_ids.criterion_ids.value",
        "step_ids.criterion_ids.negate",
        "member_ids",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_count(self):
        """What the reader would find now, in his own rights; live while he edits."""
        for segment in self:
            counts = segment._count_by_kind()
            segment.lead_count = counts["leads"]
            segment.contact_count = counts["contacts"]
            segment.company_count = counts["companies"]
            segment.record_count = sum(counts.values())
            segment.start_count = (
                segment._count_safely(until=segment.step_ids[:0])
                if segment.step_ids
                else segment.record_count
            )

    # ------------------------------------------------------------------ counting
    def _count_by_kind(self):
        """{"leads", "contacts", "companies": number}; half-typed criteria count
        nothing, and the save refuses them."""
        counts = dict.fromkeys(("leads", "contacts", "companies"), 0)
        try:
            for model in self._get_models():
                records, domain = self.env[model], self._get_domain(model)
                if model == LEADS:
                    counts["leads"] = records.search_count(domain)
                    continue
                for is_company, number in records._read_group(
                    domain, ["is_company"], ["__count"]
                ):
                    counts["companies" if is_company else "contacts"] = number
        except (ValueError, SyntaxError, TypeError):
            return dict.fromkeys(counts, 0)
        return counts

    def _count_safely(self, until):
        """The number of records after the step `until`; of the criteria if empty."""
        try:
            return sum(
                self.env[model].search_count(self._criteria_domain(model, until))
                for model in self._get_models()
            )
        except (ValueError, SyntaxError, TypeError):
            return 0

    # ------------------------------------------------------------------ checks
    @api.constrains("domain", "res_model", "criterion_ids", "step_ids")
    def _check_domain(self):
        for segment in self:
            try:
                for model in segment._get_models():
                    segment._criteria_domain(model).validate(self.env[model])
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "The criteria of segment %(segment)s cannot be read: %(error)s",
                        segment=segment.name,
                        error=error,
                    )
                ) from error

    def _check_no_loop(self):
        for segment in self:
            seen, todo = self.browse(), segment.step_ids.other_id
            while todo:
                seen |= todo
                todo = todo.step_ids.other_id - seen
            if segment in seen:
                raise ValidationError(
                    self.env._(
                        "Segment %(segment)s would be made of itself: choose another "
                        "segment in its steps.",
                        segment=segment.name,
                    )
                )

    @api.onchange("res_model")
    def _onchange_res_model(self):
        self.domain = "[]"

    # ------------------------------------------------------------------ content
    def _get_models(self):
        self.ensure_one()
        return {LEADS: (LEADS,), "all": (PEOPLE, LEADS)}.get(self.res_model, (PEOPLE,))

    def _get_domain(self, model=None):
        """The domain of the segment's records on one of its models."""
        self.ensure_one()
        model = model or self._get_models()[0]
        if self.kind != "dynamic":
            return Domain("crm_segment_ids", "in", self._origin.ids)
        return self._criteria_domain(model)

    def _get_members_domain(self, model):
        """The same where it must be SQL: the members written."""
        return Domain(
            "id",
            "in",
            SQL(
                """(SELECT res_id FROM crm_segment_member
                     WHERE segment_id = %s AND res_model = %s AND left_at IS NULL)""",
                self.id,
                model,
            ),
        )

    def _criteria_domain(self, model, until=None):
        """The criteria, then the steps up to `until` (None: all, empty: none)."""
        steps = self.step_ids.sorted("sequence")
        domain = self._own_domain(model, steps)
        if until is None:
            last = len(steps)
        else:
            last = steps.ids.index(until.id) + 1 if until else 0
        for step in steps[:last]:
            domain = step._apply(domain, model)
        return domain

    def _own_domain(self, model, steps):
        """The segment's own criteria; without any, steps that add start from nobody."""
        free = self._read_free_domain()
        if steps[:1].operation == "union" and free.is_true() and not self.criterion_ids:
            return Domain.FALSE
        if not free.is_true() and model != self._get_models()[0]:
            free = Domain(BRIDGES[model], "any", free)
        return free & self._get_group_domain(model)

    def _read_free_domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    def _get_records(self, model=None):
        """The segment's records of a model, as far as the reader may see them."""
        self.ensure_one()
        model = model or self._get_models()[0]
        return self.env[model].search(self._get_domain(model))

    # ------------------------------------------------------------------ actions
    def action_open_records(self):
        return self._open_records(self._get_models()[0])

    def action_open_leads(self):
        return self._open_records(LEADS)

    def _open_records(self, model):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "view_mode": "list,kanban,form",
            "domain": [("crm_segment_ids", "in", self.ids)],
        }
