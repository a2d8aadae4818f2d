from odoo import fields, models


class CrmSegmentFreeze(models.TransientModel):
    """Ask as of which instant a segment is frozen."""

    _name = "crm.segment.freeze"
    _description = "Freeze a segment as of a date"

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade")
    first_refreshed_at = fields.Datetime(related="segment_id.first_refreshed_at")
    instant = fields.Datetime(
        string="As of", required=True, default=fields.Datetime.now
    )

    def action_freeze(self):
        self.segment_id.check_access("write")
        self.segment_id._freeze_as_of(self.instant)
        return {"type": "ir.actions.act_window_close"}
