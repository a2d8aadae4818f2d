from odoo import api, fields, models


class CrmTeam(models.Model):
    """The team that customers ask for quotations in the portal."""

    _inherit = "crm.team"

    crm_portal_offers = fields.Boolean(
        string="Quotations asked for in the portal",
        help="Customers of the portal may ask for a quotation: it becomes a lead of "
        "this team, by its rule for people who are known. The first such team of a "
        "company gets them; without one the portal does not offer it.",
    )

    @api.model
    def _get_portal_team(self):
        """The team that gets the requests of the customer who is logged in, in sudo."""
        company = self.env.user.company_id
        # sudo: customers read no team; they learn nothing of it
        return self.sudo().search(
            [
                ("crm_portal_offers", "=", True),
                ("company_id", "in", [False, company.id]),
            ],
            limit=1,
        )
