from collections import Counter

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
        invoiced = moves._read_group(
            [
                ("partner_id", "child_of", self.ids),
                ("state", "=", "posted"),
                ("move_type", "!=", "entry"),
            ],
            ["partner_id"],
            ["__count"],
        )
        counts = Counter()
        for partner, count in invoiced:
            while partner:  # an address counts for its contact, and for its company
                counts[partner.id] += count
                partner = partner.parent_id
        return {one: counts[one.id] for one in self if counts[one.id]}

    def _crm_have_joint_invoices(self):
        """Merged, the invoices of several customers would become one customer's."""
        return len(self._crm_count_invoices()) > 1
