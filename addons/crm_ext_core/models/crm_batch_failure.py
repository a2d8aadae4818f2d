from odoo import fields, models


class CrmBatchFailure(models.Model):
    """A unit that could not be treated, with the reason and a way to try again."""

    _name = "crm.batch.failure"
    _description = "Batch failure"
    _order = "id desc"

    run_id = fields.Many2one(
        "crm.batch.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    unit_id = fields.Many2one(
        "crm.batch.unit", required=True, ondelete="cascade", index=True, readonly=True
    )
    kind = fields.Selection(related="run_id.kind")
    name = fields.Char(string="Record", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [("open", "To treat"), ("retried", "Tried again"), ("ignored", "Ignored")],
        default="open",
        required=True,
    )

    def action_retry(self):
        """Put the units back in their runs and wake the lanes."""
        self.unit_id.write({"state": "pending"})
        self.run_id.write({"state": "running", "ended_at": False})
        self.write({"state": "retried"})
        self.env["crm.batch.run"]._wake_lanes()

    def action_ignore(self):
        self.write({"state": "ignored"})
