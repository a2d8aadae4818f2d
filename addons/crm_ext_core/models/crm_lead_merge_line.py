from odoo import fields, models


class CrmLeadMergeLine(models.Model):
    """A lead that was merged into another."""

    _name = "crm.lead.merge.line"
    _description = "Lead merged away"
    _rec_name = "lead_id"
    _crm_stays_on_merge = True  # tells what happened

    merge_id = fields.Many2one(
        "crm.lead.merge", required=True, readonly=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, index=True, ondelete="cascade"
    )
    is_live = fields.Boolean(default=True, readonly=True)

    _once = models.UniqueIndex(
        "(lead_id) WHERE is_live", "This lead was merged into another one already."
    )
