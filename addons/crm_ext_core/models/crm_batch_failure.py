import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

_logger = logging.getLogger(__name__)


class CrmBatchFailure(models.Model):
    """A unit that could not be treated, with the reason and a way to try again."""

    _name = "crm.batch.failure"
    _description = "Batch failure"
    _order = "id desc"

    run_id = fields.Many2one(
        "crm.batch.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    unit_id = fields.Many2one(
        "crm.batch.unit",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
        help="Empty when the units went well and the end of the run failed.",
    )
    kind = fields.Selection(related="run_id.kind")
    name = fields.Char(string="Record", required=True, readonly=True)
    reason = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [("open", "To treat"), ("retried", "Tried again"), ("ignored", "Ignored")],
        default="open",
        required=True,
        readonly=True,
    )

    # ------------------------------------------------------------------ actions
    def action_retry(self):
        """Put the units back in their runs and wake the lanes."""
        self.check_access("read")
        # whoever may see a failure started the run or is a manager: he may have it
        # tried again, though the queue's tables are closed to him
        failures = self.sudo().filtered(lambda failure: failure.state == "open")
        failures.unit_id.write({"state": "pending"})
        failures.run_id._reopen()
        failures.write({"state": "retried"})

    def action_ignore(self):
        self.check_access("read")
        # same right as action_retry
        failures = self.sudo().filtered(lambda failure: failure.state == "open")
        failures.write({"state": "ignored"})
        settled = failures.run_id.filtered(
            lambda run: run.state == "failed" and not run.failure_count
        )
        settled.write({"state": "done"})

    # ------------------------------------------------------------------ record
    @api.model
    def _record(self, run, error, unit=None):
        """Keep what went wrong, in the language of whoever started the run."""
        failures = self.with_context(lang=run.user_id.lang)
        return failures.create(
            {
                "run_id": run.id,
                "unit_id": unit and unit.id,
                "name": self._safe_label(unit) if unit else run.name,
                "reason": failures._explain(error),
            }
        )

    def _safe_label(self, unit):
        try:
            with self.env.cr.savepoint():
                return unit._label()
        except Exception:  # noqa: BLE001 a label that fails must not hide the failure
            _logger.info("Batch unit %s: no label", unit.id, exc_info=True)
            return str(unit.res_id or unit.id)

    def _explain(self, error):
        """The user's words for what they can mend, a neutral sentence with the
        technical text for the rest."""
        if isinstance(error, (UserError, ValidationError, AccessError)):
            return str(error)
        return self.env._(
            "Unexpected error (%(kind)s): %(text)s",
            kind=type(error).__name__,
            text=error,
        )
