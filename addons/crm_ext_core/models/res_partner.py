from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.import_plan import KnownCompany
from ..tools.normalise_text import name_key

LOOKUP_CHUNK = 5000


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "crm.segmented.mixin",
        "crm.job.mixin",
        "crm.tag.mixin",
        "crm.mailed.mixin",
        "crm.duplicate.mixin",
    ]

    crm_import_company_row_ids = fields.One2many(
        "crm.import.row", "partner_company_id", readonly=True
    )
    crm_import_contact_row_ids = fields.One2many(
        "crm.import.row", "contact_id", readonly=True
    )

    # the host keeps these two without an index, and people are looked up by them
    _crm_email_normalized_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    _crm_phone_sanitized_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    @api.model
    def _crm_find_contacts_by_email(self, emails):
        """The oldest contact of each address: {address: id}."""
        found = {}
        for chunk in _chunks(sorted(emails)):
            for partner in self.search_fetch(
                [("email_normalized", "in", chunk), ("is_company", "=", False)],
                ["email_normalized"],
                order="id",
            ):
                found.setdefault(partner.email_normalized, partner.id)
        return found

    @api.model
    def _crm_find_people(self, company_ids):
        """The contacts of companies: {(company id, name key): id}."""
        found = {}
        for chunk in _chunks(sorted(company_ids)):
            for partner in self.search_fetch(
                [("parent_id", "in", chunk), ("is_company", "=", False)],
                ["name", "parent_id"],
                order="id",
            ):
                key = (partner.parent_id.id, name_key(partner.name or ""))
                found.setdefault(key, partner.id)
        return found

    @api.model
    def _crm_find_companies(self, sirets, postcodes, names):
        """The companies that a file may speak of, as values for its plan.

        :param set sirets: digits only; ours may be written with spaces
        :param set postcodes: of the companies to match by name
        :param set names: of companies without postcode, as written
        """
        domains = [
            Domain("company_registry", "in", chunk)
            for chunk in _chunks([*sirets, *map(_spaced_siret, sirets)])
        ]
        domains += [Domain("zip", "in", chunk) for chunk in _chunks(sorted(postcodes))]
        domains += [
            Domain("name", "in", chunk) & Domain("zip", "=", False)
            for chunk in _chunks(sorted(names))
        ]
        companies = {}
        for domain in domains:
            for partner in self.search_fetch(
                domain & Domain("is_company", "=", True),
                ["name", "company_registry", "zip"],
                order="id",
            ):
                companies.setdefault(partner.id, partner._to_known_company())
        return tuple(companies[id_] for id_ in sorted(companies))

    def _to_known_company(self):
        digits = "".join(filter(str.isdigit, self.company_registry or ""))
        return KnownCompany(self.id, self.name or "", digits, self.zip or "")


def _chunks(values):
    values = list(values)
    starts = range(0, len(values), LOOKUP_CHUNK)
    return [values[start : start + LOOKUP_CHUNK] for start in starts]


def _spaced_siret(siret):
    """123 456 789 00012, as people write it."""
    return " ".join([siret[:3], siret[3:6], siret[6:9], siret[9:]]).strip()
