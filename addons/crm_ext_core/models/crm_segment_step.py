from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSegmentStep(models.Model):
    """Adds, keeps or takes away records: those of another segment or of criteria."""

    _name = "crm.segment.step"
    _description = "Segment step"
    _inherit = ["crm.criteria.mixin"]
    _order = "segment_id, sequence, id"

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    operation = fields.Selection(
        [
            ("union", "Add"),
            ("intersection", "Keep only"),
            ("exclusion", "Take away"),
        ],
        default="union",
        required=True,
    )
    other_id = fields.Many2one(
        "crm.segment",
        string="Other segment",
        index="btree_not_null",
        ondelete="restrict",
    )
    criterion_ids = fields.One2many("crm.segment.criterion", "step_id", copy=True)
    summary = fields.Char(string="Records", compute="_compute_summary")
    record_count = fields.Integer(
        string="Records after it", compute="_compute_record_count"
    )

    @api.depends("other_id.name", "criterion_ids.code", "criterion_ids.negate", "match")
    @api.depends_context("lang")
    def _compute_summary(self):
        for step in self:
            step.summary = step.other_id.name or step._describe_criteria()

    def _describe_criteria(self):
        word = self.env._("and") if self.match == "all" else self.env._("or")
        parts = []
        for line in self.criterion_ids:
            label = line._get_criterion().label if line._get_criterion() else line.code
            parts.append(self.env._("not %(x)s", x=label) if line.negate else label)
        return f" {word} ".join(filter(None, parts))

    @api.depends(
        "sequence",
        "operation",
        "match",
        "other_id",
        "criterion_ids.code",
        "criterion_ids.value",
        "criterion_ids.negate",
        "segment_id.res_model",
        "segment_id.domain",
        "segment_id.match",
        "segment_id.criterion_ids.value",
        "segment_id.criterion_ids.code",
        "segment_id.criterion_ids.negate",
        "segment_id.step_ids",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_count(self):
        for step in self:
            step.record_count = step.segment_id._count_safely(until=step)

    @api.constrains("operation", "other_id", "criterion_ids")
    def _check_content(self):
        for step in self:
            if bool(step.other_id) == bool(step.criterion_ids):
                raise ValidationError(
                    self.env._(
                        "Segment %(segment)s: a step needs either another segment or "
                        "criteria of its own.",
                        segment=step.segment_id.name,
                    )
                )
        self.segment_id._check_no_loop()

    def _apply(self, domain, model):
        """The domain after this step."""
        mine = (
            self.other_id._get_domain(model)
            if self.other_id
            else self._get_group_domain(model)
        )
        if self.operation == "union":
            return domain | mine
        return domain & (mine if self.operation == "intersection" else ~mine)
