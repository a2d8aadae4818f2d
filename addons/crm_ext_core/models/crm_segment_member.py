from odoo import api, fields, models


class CrmSegmentMember(models.Model):
    """A record that a segment holds or held: since when, until when.

    Written in bulk by crm.segment; a row is closed, never deleted, so that who joined
    and who left can be told and a segment frozen as of a past day.
    """

    _name = "crm.segment.member"
    _description = "Segment member"
    _order = "segment_id, id desc"
    _log_access = False
    _rec_name = "res_id"

    segment_id = fields.Many2one(
        "crm.segment", required=True, index=True, ondelete="cascade"
    )
    res_model = fields.Selection(
        [("res.partner", "Contact"), ("crm.lead", "Lead")],
        string="Kind",
        required=True,
        default="res.partner",
    )
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True
    )
    added_at = fields.Datetime(string="Joined on", required=True)
    left_at = fields.Datetime(string="Left on")
    record_name = fields.Char(string="Name", compute="_compute_record_name")

    _once = models.UniqueIndex(
        "(segment_id, res_model, res_id) WHERE left_at IS NULL",
        "This record is in the segment already.",
    )
    _record_idx = models.Index("(res_id, res_model) WHERE left_at IS NULL")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        """Names of what the reader may see; of the rest only the number is known."""
        for res_model, members in self.grouped("res_model").items():
            records = self.env[res_model].browse(members.mapped("res_id")).exists()
            names = {
                record.id: record.display_name
                for record in records._filtered_access("read")
            }
            for member in members:
                member.record_name = names.get(member.res_id, "—")

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
