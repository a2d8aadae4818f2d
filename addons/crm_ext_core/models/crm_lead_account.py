from odoo import models

# what decides for which company a lead counts, and whether it does
DECIDING = {"partner_id", "company_id", "active"}


class CrmLead(models.Model):
    """The company that a lead leaves is scored without it, the one it joins with it."""

    _inherit = "crm.lead"

    def write(self, vals):
        if not vals.keys() & DECIDING:
            return super().write(vals)
        before = self._get_scored_companies()
        result = super().write(vals)
        companies = before | self._get_scored_companies()
        self.env["crm.score.account"]._refresh_companies(companies)
        return result

    def unlink(self):
        companies = self._get_scored_companies()
        result = super().unlink()
        self.env["crm.score.account"]._refresh_companies(companies)
        return result

    def _get_scored_companies(self):
        # sudo: an account adds up its leads, whoever may see them
        return self.sudo().partner_id.commercial_partner_id
