from odoo import api, models
from odoo.tools import SQL


class CrmHooks(models.AbstractModel):
    """Whoever has, or had, a contract is a customer: its data is kept."""

    _inherit = "crm.hooks"

    @api.model
    def _privacy_protected(self):
        return [
            *super()._privacy_protected(),
            SQL("SELECT partner_id FROM crm_subscription WHERE state <> 'draft'"),
            SQL(
                "SELECT partner_invoice_id FROM crm_subscription WHERE state <> 'draft'"
            ),
        ]
