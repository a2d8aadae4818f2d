from datetime import timedelta

from odoo import api, fields, models


class CrmCaptureRate(models.Model):
    """Posts of one sender in one minute; an empty sender stands for all of them."""

    _name = "crm.capture.rate"
    _description = "Rate of a capture form"
    _log_access = False
    _rec_name = "minute"

    form_id = fields.Many2one("crm.capture.form", required=True, ondelete="cascade")
    sender = fields.Char(required=True, default="")
    minute = fields.Datetime(required=True)
    count = fields.Integer(required=True)

    _once = models.Constraint(
        "UNIQUE (form_id, sender, minute)", "One row a sender and minute."
    )

    @api.autovacuum
    def _gc_old_rates(self):
        old = fields.Datetime.now() - timedelta(hours=1)
        self.search([("minute", "<", old)], limit=100_000).unlink()
