from odoo import fields, models


class CrmSegmentMember(models.Model):
    """A record that a frozen segment holds."""

    _name = "crm.segment.member"
    _description = "Segment member"
    _order = "segment_id, id"
    _log_access = False
    _rec_name = "res_id"

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade"
    )
    res_id = fields.Integer(required=True)
    added_at = fields.Datetime(required=True)

    _once = models.Constraint(
        "UNIQUE(segment_id, res_id)", "This record is in the segment already."
    )
