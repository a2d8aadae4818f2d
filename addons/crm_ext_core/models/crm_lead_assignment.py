from odoo import fields, models
from odoo.tools import SQL

from ..tools.assignment import Lead

FACTS = ["country_id", "state_id", "zip", "lang_id", "tag_ids", "partner_id"]


class CrmLead(models.Model):
    """What assignment reads of a lead, and what it decided."""

    _inherit = "crm.lead"

    crm_assignment_ids = fields.One2many(
        "crm.assignment.decision", "lead_id", string="Assignments", readonly=True
    )

    def _to_assignment_leads(self):
        """These leads as values, with three queries however many there are."""
        self.fetch(FACTS)
        owners = self._find_company_owners()
        return [
            Lead(
                id=lead.id,
                country=lead.country_id.id or 0,
                state=lead.state_id.id or 0,
                zip=lead.zip or "",
                lang=lead.lang_id.id or 0,
                tags=frozenset(lead.tag_ids.ids),
                owner=owners.get(lead.id, 0),
            )
            for lead in self
        ]

    def _find_company_owners(self):
        """{lead: user who follows its company}: by the contact's own salesperson, else
        by the youngest lead of the company that somebody has."""
        if not self:
            return {}
        self.env["res.partner"].flush_model(["user_id", "commercial_partner_id"])
        self.flush_model(["partner_id", "user_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id,
                          COALESCE(person.user_id, company.user_id, other.user_id)
                     FROM crm_lead AS lead
                     JOIN res_partner AS person ON person.id = lead.partner_id
                     JOIN res_partner AS company
                       ON company.id = person.commercial_partner_id
                     LEFT JOIN LATERAL (
                          SELECT known.user_id
                            FROM res_partner AS colleague
                            JOIN crm_lead AS known ON known.partner_id = colleague.id
                           WHERE colleague.commercial_partner_id = company.id
                             AND known.user_id IS NOT NULL AND known.active
                           ORDER BY known.id DESC LIMIT 1) AS other ON TRUE
                    WHERE lead.id IN %s""",
                tuple(self.ids),
            )
        )
        return {lead: user for lead, user in rows if user}
