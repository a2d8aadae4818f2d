from odoo import api, fields, models


class CrmSegmentExplain(models.TransientModel):
    """Why a record is in a segment or out of it."""

    _name = "crm.segment.explain"
    _description = "Why in the segment"

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade")
    record = fields.Reference([("res.partner", "Contact"), ("crm.lead", "Lead")])
    explanation = fields.Html(compute="_compute_explanation")

    @api.depends("segment_id", "record")
    def _compute_explanation(self):
        for wizard in self:
            record = wizard.record
            wizard.explanation = (
                wizard.segment_id
                and record
                and self.env["ir.qweb"]._render(
                    "crm_ext_core.crm_segment_explanation",
                    wizard.segment_id.explain(record._name, record.id),
                )
            )
