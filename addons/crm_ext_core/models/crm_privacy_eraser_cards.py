from odoo import models
from odoo.fields import Domain


class CrmPrivacyEraser(models.AbstractModel):
    """The cards that duplicates are found by hold names and addresses: those of a
    forgotten person go, and are made anew of what is left."""

    _inherit = "crm.privacy.eraser"

    def _sweep(self, found, person):
        res = super()._sweep(found, person)
        concerned = Domain("partner_id", "in", person.partner_ids) | Domain(
            "lead_id", "in", person.lead_ids
        )
        # sudo: nobody may write cards; their keys go with them
        self.env["crm.duplicate.card"].sudo().search(concerned).unlink()
        return res
