from odoo import fields, models
from odoo.tools import SQL

from ..tools.assignment import Lead

FACTS = [
    "company_id",
    "country_id",
    "state_id",
    "zip",
    "partner_id",
]


class CrmLead(models.Model):
    """What assignment reads of a lead, and what it decided."""

    _inherit = "crm.lead"

    crm_assignment_ids = fields.One2many(
        "crm.assignment.decision", "lead_id", string="Assignments", readonly=True
    )

    def _to_assignment_leads(self):
        """These leads as values, with as many queries however many there are."""
        self.fetch(FACTS)
        owners = self._find_company_owners()
        topics = self.env["crm.hooks"]._find_expertise(self)
        return [
            Lead(
                id=lead.id,
                country=lead.country_id.id or 0,
                state=lead.state_id.id or 0,
                zip=lead.zip or "",
                topics=topics[lead],
                owner=owners.get(lead.id, 0),
                company=lead.company_id.id or 0,
            )
            for lead in self
        ]

    def _crm_give(self, team=None, user=None):
        """Give these leads to a team and a person; each stays in its company.

        The host would deduce another company from the person or the team, or none. A
        lead without company only takes that of its team, which it cannot be without.

        :param team: None: the host's choice for the person
        :param user: None: the one that each has
        """
        given = {"team_id": team, "user_id": user}
        vals = {name: one.id for name, one in given.items() if one is not None}
        anywhere = team is not None and not team.company_id
        stay = self if anywhere else self.filtered("company_id")
        with self.env.protecting([self._fields["company_id"]], stay):
            self.with_context(mail_auto_subscribe_no_notify=True).write(vals)
            if team is None:
                stay.filtered(lambda lead: not lead._crm_served_by(lead.team_id)).write(
                    {"team_id": False}
                )

    def _crm_served_by(self, team, user=None):
        """Whether a team, and a person if any, serve the company of the lead."""
        own = self.company_id
        return not own or (
            team.company_id in (own, self.env["res.company"])
            and (not user or own in user.company_ids)
        )

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
