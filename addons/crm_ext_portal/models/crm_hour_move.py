from odoo import models


class CrmHourMove(models.Model):
    """Customers see which case took which hours, and when."""

    _name = "crm.hour.move"
    _inherit = ["crm.hour.move", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "name",
            "date",
            "book_id",
            "partner_id",
            "company_id",
            "kind",
            "hours",
            "signed_hours",
            "case_id",
        }
    )
