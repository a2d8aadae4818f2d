from odoo import fields, models


class CrmLead(models.Model):
    """What the salesperson says of an opportunity's month, beside what history says."""

    _inherit = "crm.lead"

    crm_committed = fields.Boolean(
        string="Committed",
        copy=False,
        help="The salesperson counts on it for the month of its expected closing.",
    )
