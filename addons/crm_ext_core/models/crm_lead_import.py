from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # a plain column: it costs nothing to add on a large table
    crm_first_contact_date = fields.Date(
        string="First contact",
        help="The day we first met or spoke, such as the day of the trade fair.",
        copy=False,
    )
    crm_import_row_ids = fields.One2many("crm.import.row", "lead_id", readonly=True)
