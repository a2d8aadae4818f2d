from odoo import fields, models


class CrmWhitePaper(models.Model):
    """A document that people download: white paper, case study, price list."""

    _name = "crm.white.paper"
    _description = "Document to download"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    download_ids = fields.One2many("crm.download", "white_paper_id", readonly=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index="btree_not_null"
    )
