from odoo import api, fields, models


class CrmLead(models.Model):
    """A lead that may exist twice; one that was merged points to the one that stays."""

    _inherit = "crm.lead"

    # a plain column: it costs nothing to add on a large table
    crm_merged_into_id = fields.Many2one(
        "crm.lead",
        string="Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    crm_merge_ids = fields.One2many(
        "crm.lead.merge", "winner_id", string="Merges", readonly=True
    )

    @api.model
    def _crm_fact_fields(self):
        return {
            "active",
            "city",
            "company_id",
            "contact_name",
            "country_id",
            "email_from",
            "partner_id",
            "partner_name",
            "phone",
            "probability",
            "stage_id",
            "street",
            "website",
            "zip",
        }

    def _crm_to_facts(self):
        # sudo: a lead is compared by what its customer is, whoever may read that
        firm = self.partner_id.sudo().commercial_partner_id
        return {
            "name": self.contact_name,
            "company": self.partner_name or (firm.is_company and firm.name),
            "mail": self.email_from,
            "phone": self.phone,
            "registry": firm.company_registry,
            "vat": firm.vat,
            "website": self.website,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
        }

    def _crm_is_compared(self):
        return self.active and self.won_status == "pending"

    def _crm_get_handler(self):
        return self.user_id
