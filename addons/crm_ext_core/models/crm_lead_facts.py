from odoo import fields, models


class CrmLead(models.Model):
    """What segments ask of leads; a lead's company is that of its contact."""

    _inherit = "crm.lead"

    # the score is written in bulk beside the ORM
    _crm_change_marks = ("crm_score_date",)

    # the host's own tags
    _crm_tag_field = "tag_ids"

    crm_tag_ids = fields.Many2many(related="tag_ids", readonly=False, string="All tags")
    crm_score_event_ids = fields.One2many(
        "crm.score.event", "lead_id", string="Online behaviour", readonly=True
    )
    crm_download_ids = fields.One2many(
        "crm.download", "lead_id", string="Documents downloaded", readonly=True
    )

    _crm_write_date_idx = models.Index("(write_date)")
