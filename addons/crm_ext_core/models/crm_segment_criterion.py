from odoo import api, fields, models


class CrmSegmentCriterion(models.Model):
    """A criterion of a segment, or of one of its steps."""

    _name = "crm.segment.criterion"
    _description = "Segment criterion"
    _inherit = ["crm.criterion.mixin"]
    _order = "segment_id, id"

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "crm.segment.step", index="btree_not_null", ondelete="cascade"
    )
    code = fields.Selection(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        """A step's criterion belongs to the step's segment."""
        steps = self.env["crm.segment.step"]
        for vals in vals_list:
            if vals.get("step_id"):
                vals["segment_id"] = steps.browse(vals["step_id"]).segment_id.id
        return super().create(vals_list)
