from odoo import fields, models


class CrmLead(models.Model):
    """A lead that was anonymised says so; its figures stay."""

    _inherit = "crm.lead"

    crm_forgotten_date = fields.Date(string="Anonymised on", readonly=True, copy=False)
