from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegment(models.Model):
    """A named set of contacts or leads: lived (criteria) or frozen (members)."""

    _name = "crm.segment"
    _description = "Segment"
    _inherit = ["mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    description = fields.Text()
    color = fields.Integer()
    res_model = fields.Selection(
        selection="_selection_res_model",
        string="Made of",
        default="res.partner",
        required=True,
    )
    kind = fields.Selection(
        [("dynamic", "Dynamic"), ("static", "Frozen")],
        default="dynamic",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
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

    domain = fields.Char(string="Criteria", default="[]", tracking=True)
    match = fields.Selection(
        [("all", "All of them"), ("any", "At least one of them")],
        string="Ready-made criteria must hold",
        default="all",
        required=True,
    )
    criterion_ids = fields.One2many("crm.segment.criterion", "segment_id", copy=True)
    member_ids = fields.One2many("crm.segment.member", "segment_id", readonly=True)
    frozen_at = fields.Datetime(readonly=True, copy=False)
    record_count = fields.Integer(string="Records", compute="_compute_record_count")

    @api.model
    def _selection_res_model(self):
        """Models a segment can be made of; addons extend it."""
        return [
            ("res.partner", self.env._("Contacts")),
            ("crm.lead", self.env._("Leads")),
        ]

    @api.depends(
        "res_model",
        "domain",
        "kind",
        "match",
        "criterion_ids.code",
        "criterion_ids.negate",
        "member_ids",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_count(self):
        """What the reader would find now, in his own rights; live while he edits."""
        for segment in self:
            records = self.env[segment.res_model or "res.partner"]
            try:
                segment.record_count = records.search_count(segment._get_domain())
            except (ValueError, SyntaxError, TypeError):
                segment.record_count = (
                    0  # half-typed criteria: the save will refuse them
                )

    # ------------------------------------------------------------------ checks
    @api.constrains("domain", "res_model", "criterion_ids")
    def _check_domain(self):
        for segment in self:
            models_ = set(segment.criterion_ids.mapped("res_model"))
            if models_ - {segment.res_model}:
                raise ValidationError(
                    self.env._(
                        "A ready-made criterion does not suit this kind of records."
                    )
                )
            try:
                segment._criteria_domain().validate(self.env[segment.res_model])
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "The criteria of segment %(segment)s cannot be read: %(error)s",
                        segment=segment.name,
                        error=error,
                    )
                ) from error

    @api.onchange("res_model")
    def _onchange_res_model(self):
        self.domain = "[]"
        self.criterion_ids = False

    # ------------------------------------------------------------------ actions
    def action_open_records(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,kanban,form",
            "domain": list(self._get_domain()),
        }

    def action_freeze(self):
        """Keep today's records as members, whatever becomes of the criteria."""
        self.check_access("write")
        self._freeze()

    def action_unfreeze(self):
        self.check_access("write")
        # members are written by core only, for whoever may write the segment
        self.sudo().member_ids.unlink()
        self.write({"kind": "dynamic", "frozen_at": False})

    # ------------------------------------------------------------------ content
    def _get_domain(self):
        """The domain of the segment's records, on the model it is made of."""
        self.ensure_one()
        if self.kind == "static":
            rows = self.env.execute_query(
                SQL(
                    "SELECT res_id FROM crm_segment_member WHERE segment_id = %s",
                    self._origin.id,
                )
            )
            return Domain("id", "in", [row[0] for row in rows])
        return self._criteria_domain()

    def _criteria_domain(self):
        domain = Domain(literal_eval(self.domain or "[]"))
        ready_made = [criterion._get_domain() for criterion in self.criterion_ids]
        if not ready_made:
            return domain
        combine = Domain.AND if self.match == "all" else Domain.OR
        return domain & combine(ready_made)

    def _get_records(self):
        """The segment's records, as far as the reader may see them."""
        self.ensure_one()
        return self.env[self.res_model].search(self._get_domain())

    def _freeze(self):
        """Write the members in one statement and make the segment static."""
        now = fields.Datetime.now()
        for segment in self:
            if segment.kind == "static":
                raise UserError(
                    self.env._("Segment %(name)s is frozen already.", name=segment.name)
                )
            records = self.env[segment.res_model]._search(segment._get_domain())
            columns = SQL(
                "%s::integer, %s, %s::timestamp",
                segment.id,
                SQL.identifier(records.table, "id"),
                now,
            )
            query = records.select(columns)
            self.env.flush_query(query)
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_segment_member (segment_id, res_id, added_at) %s
                       ON CONFLICT DO NOTHING""",
                    query,
                )
            )
        self.env["crm.segment.member"].invalidate_model()
        self.invalidate_recordset(["member_ids"])
        self.write({"kind": "static", "frozen_at": now})
