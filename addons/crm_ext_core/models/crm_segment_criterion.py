from odoo import api, fields, models
from odoo.fields import Domain


class CrmSegmentCriterion(models.Model):
    """A ready-made criterion chosen for a segment, or its contrary."""

    _name = "crm.segment.criterion"
    _description = "Segment criterion"
    _order = "segment_id, id"

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade"
    )
    code = fields.Selection(
        selection="_selection_code", string="Criterion", required=True
    )
    negate = fields.Boolean(string="Exclude")
    res_model = fields.Char(compute="_compute_res_model")

    _code_once = models.Constraint(
        "UNIQUE(segment_id, code)", "This criterion is in the segment already."
    )

    @api.model
    def _selection_code(self):
        criteria = self.env["crm.hooks"]._segment_criteria()
        return [(code, criterion.label) for code, criterion in criteria.items()]

    @api.depends("code")
    def _compute_res_model(self):
        criteria = self.env["crm.hooks"]._segment_criteria()
        for line in self:
            line.res_model = (
                criteria[line.code].model if line.code in criteria else False
            )

    def _get_domain(self):
        """The criterion's domain; one whose addon is gone lets nothing through."""
        criterion = self.env["crm.hooks"]._segment_criteria().get(self.code)
        if not criterion:
            return Domain.FALSE
        domain = Domain(list(criterion.domain))
        return ~domain if self.negate else domain
