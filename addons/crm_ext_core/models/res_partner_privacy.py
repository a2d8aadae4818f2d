from odoo import fields, models


class ResPartner(models.Model):
    """A contact that was anonymised says so."""

    _inherit = "res.partner"

    crm_forgotten_date = fields.Date(string="Anonymised on", readonly=True, copy=False)
