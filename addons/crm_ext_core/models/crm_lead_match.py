from odoo import models
from odoo.fields import Domain

from ..tools.conversion import Base, LeadFacts, find, siret_or_nothing
from ..tools.normalise_text import company_key

ALIKE = 200  # companies of similar name looked at for one lead


class CrmLead(models.Model):
    """The known company and contact that a lead may stand for."""

    _inherit = "crm.lead"

    def _to_facts(self):
        """These leads as values, in their order."""
        return [
            LeadFacts(
                id=lead.id,
                company=lead.partner_name or "",
                siret=siret_or_nothing(lead.crm_siret or ""),
                postcode=lead.zip or "",
                person=lead.contact_name or "",
                email=lead.email_normalized or "",
                phone=lead.phone_sanitized or "",
            )
            for lead in self
        ]

    def _crm_read_base(self, facts, widely=False):
        """What the base holds of what leads say, in a few queries however many.

        :param bool widely: also companies whose name is only alike, for one lead
        """
        partners = self.env["res.partner"]
        companies = partners._crm_find_companies(
            {one.siret for one in facts if one.siret},
            {one.postcode for one in facts if one.company and one.postcode},
            {one.company for one in facts if one.company and not one.postcode},
        )
        known = {company.id: company for company in companies}
        for company in self._crm_find_more_companies(facts, widely):
            known.setdefault(company.id, company)
        return Base(
            companies=tuple(known[id_] for id_ in sorted(known)),
            emails=self._crm_find_by_email({one.email for one in facts if one.email}),
            phones=self._crm_find_by_phone({one.phone for one in facts if one.phone}),
            people=partners._crm_find_people(set(known)),
        )

    def _crm_find_more_companies(self, facts, widely):
        """Companies known by their SIREN alone and, widely, by a word of the name."""
        sirens = {one.siret[:9] for one in facts if one.siret}
        domains = [
            Domain("company_registry", "=like", f"{siren}%")
            for one in sorted(sirens)
            for siren in {one, f"{one[:3]} {one[3:6]} {one[6:]}"}
        ]
        if widely:
            words = [max(company_key(one.company).split(), key=len, default="")
                     for one in facts]  # fmt: skip
            domains += [Domain("name", "ilike", word) for word in words if word]
        if not domains:
            return []
        found = self.env["res.partner"].search_fetch(
            Domain.OR(domains) & Domain("is_company", "=", True),
            ["name", "company_registry", "zip"],
            limit=ALIKE if widely else None,
            order="id",
        )
        return [partner._to_known_company() for partner in found]

    def _crm_find_by_email(self, emails):
        """The oldest contact of each address, a company when no person has it."""
        found = self.env["res.partner"]._crm_find_contacts_by_email(emails)
        if missing := emails - set(found):
            for partner in self.env["res.partner"].search_fetch(
                [("email_normalized", "in", sorted(missing))],
                ["email_normalized"],
                order="id",
            ):
                found.setdefault(partner.email_normalized, partner.id)
        return found

    def _crm_find_by_phone(self, numbers):
        """The oldest contact of each phone number: {number: id}."""
        found = {}
        if numbers:
            for partner in self.env["res.partner"].search_fetch(
                [
                    ("phone_sanitized", "in", sorted(numbers)),
                    ("is_company", "=", False),
                ],
                ["phone_sanitized"],
                order="id",
            ):
                found.setdefault(partner.phone_sanitized, partner.id)
        return found

    def _crm_find_matches(self):
        """What one lead may stand for, likely ones included: a Found."""
        self.ensure_one()
        facts = self._to_facts()
        return find(facts[0], self._crm_read_base(facts, widely=True))
