from odoo import fields, models


class CrmBatchUnit(models.Model):
    """One unit of a run: a record (res_id) or a JSON value to treat exactly once."""

    _name = "crm.batch.unit"
    _description = "Batch unit"
    _order = "id"
    _log_access = False

    run_id = fields.Many2one(
        "crm.batch.run", required=True, ondelete="cascade", index=True
    )
    res_id = fields.Integer()
    payload = fields.Json()
    state = fields.Selection(
        [("pending", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        default="pending",
        required=True,
    )

    _pending_idx = models.Index("(run_id, id) WHERE state = 'pending'")

    def _fail(self, error):
        self.state = "failed"
        self.env["crm.batch.failure"]._record(self.run_id, error, unit=self)

    def _label(self):
        """What the kind calls this unit, such as the name of its record."""
        # a label is no secret to the run's owner, and must not fail on an access rule
        handler = self.run_id._get_handler().sudo()
        if hasattr(handler, "_batch_unit_label"):
            return handler._batch_unit_label(self)
        return str(self.res_id or self.id)
