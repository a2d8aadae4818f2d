from odoo import fields, models


class CrmBatchUnit(models.Model):
    """A unit of a billing run notes how its chunk's invoices were made."""

    _inherit = "crm.batch.unit"

    crm_by_host = fields.Integer(
        string="Made by the host's ordinary way",
        help="Invoices of the chunk that the fast way does not cover.",
    )
