from odoo import models


class ResPartner(models.Model):
    """Whether contacts are invoiced, in a product where nobody need invoice at all."""

    _inherit = "res.partner"

    def _crm_count_invoices(self):
        """{contact: number of its posted invoices} of those that have some."""
        if "account.move" not in self.env:
            return {}
        # sudo: that there are invoices, not what they say; of all companies
        moves = self.env["account.move"].sudo()
        counts = {
            partner: moves.search_count(
                [
                    ("partner_id", "child_of", partner.id),
                    ("state", "=", "posted"),
                    ("move_type", "!=", "entry"),
                ]
            )
            for partner in self
        }
        return {partner: count for partner, count in counts.items() if count}

    def _crm_have_joint_invoices(self):
        """Merged, the invoices of several customers would become one customer's."""
        return len(self._crm_count_invoices()) > 1
