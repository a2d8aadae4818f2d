from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class CrmBatchUnit(models.Model):
    """One unit of a run: a record (res_id) or a JSON value to treat exactly once."""

    _name = "crm.batch.unit"
    _description = "Batch unit"
    _order = "id"
    _log_access = False

    run_id = fields.Many2one("crm.batch.run", required=True, ondelete="cascade", index=True)
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
        handler = self.run_id._get_handler()
        label = getattr(handler, "_batch_unit_label", lambda unit: str(unit.res_id or unit.id))
        self.env["crm.batch.failure"].create({
            "run_id": self.run_id.id,
            "unit_id": self.id,
            "name": label(self),
            "reason": self._explain(error),
        })

    def _explain(self, error):
        """The user's words for what they can mend, a neutral sentence with the technical
        text for the rest."""
        if isinstance(error, (UserError, ValidationError, AccessError)):
            return str(error)
        return self.env._(
            "Unexpected error (%(kind)s): %(text)s", kind=type(error).__name__, text=error
        )
