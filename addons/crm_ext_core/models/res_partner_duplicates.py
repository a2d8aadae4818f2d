from odoo import api, models


class ResPartner(models.Model):
    """A contact or company that may exist twice."""

    _inherit = "res.partner"

    @api.model
    def _crm_fact_fields(self):
        return {
            "active",
            "city",
            "company_id",
            "company_registry",
            "country_id",
            "crm_birth_date",
            "email",
            "is_company",
            "name",
            "parent_id",
            "phone",
            "street",
            "type",
            "vat",
            "website",
            "zip",
        }

    def _crm_to_facts(self):
        # sudo: a contact is compared with its company's name, whoever may read that
        firm = self if self.is_company else self.parent_id.sudo()
        return {
            "name": False if self.is_company else self.name,
            "company": firm.name if firm.is_company else False,
            "mail": self.email,
            "phone": self.phone,
            "registry": self.is_company and self.company_registry,
            "vat": self.is_company and self.vat,
            "website": self.is_company and self.website,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "birth": self.crm_birth_date,
        }

    def _crm_is_compared(self):
        # the addresses of a customer are no contacts of their own
        return self.active and self.type == "contact"

    def _crm_get_handler(self):
        """Its salesperson, else the company's, else who has its youngest open lead."""
        firm = self.commercial_partner_id
        handler = self.user_id or firm.user_id
        if handler or not firm.id:
            return handler
        leads = self.env["crm.lead"].search(
            [
                ("partner_id", "child_of", firm.id),
                ("user_id", "!=", False),
                ("won_status", "=", "pending"),
                # another company's salesperson is not named
                ("company_id", "in", [False, *self.env.user.company_ids.ids]),
            ],
            order="id desc",
            limit=1,
        )
        return leads.user_id
