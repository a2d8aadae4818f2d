from odoo import models


class ResPartner(models.Model):
    """A contact takes its leads along from one company's score to the other's."""

    _inherit = "res.partner"

    def write(self, vals):
        if not vals.keys() & {"parent_id", "is_company"}:
            return super().write(vals)
        before = self._get_scored_companies()
        result = super().write(vals)
        companies = before | self._get_scored_companies()
        self.env["crm.score.account"]._refresh_companies(companies)
        return result

    def unlink(self):
        companies = self._get_scored_companies()
        result = super().unlink()
        self.env["crm.score.account"]._refresh_companies(companies - self)
        return result

    def _get_scored_companies(self):
        # sudo: an account adds up its leads, whoever may see them
        return self.sudo().commercial_partner_id
