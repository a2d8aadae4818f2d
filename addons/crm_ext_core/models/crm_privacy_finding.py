from odoo import fields, models


class CrmPrivacyFinding(models.Model):
    """How many records of one kind a request found, and what became of them."""

    _name = "crm.privacy.finding"
    _description = "Finding of a privacy request"
    _order = "id"

    request_id = fields.Many2one(
        "crm.privacy.request", required=True, ondelete="cascade", index=True
    )
    label = fields.Char(string="Kind", required=True, readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    count = fields.Integer(string="Found", readonly=True)
    kept = fields.Integer(readonly=True)
    reason = fields.Char(readonly=True)
