from odoo import api, models

from ..tools.conversion import Choice

CHUNK = 200  # more leads than that are converted as a run, chunk by chunk


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Many leads converted at once: companies and contacts that are known are taken,
    the others are made, one for all the leads that name it.
    """

    _inherit = "crm.lead2opportunity.partner.mass"

    def _compute_crm_found(self):
        """Nobody chooses for each of many leads."""
        self.crm_found = False

    def _propose(self):
        """Nothing to choose from, as above."""

    def _compute_crm_merge_table(self):
        self.crm_merge_table = False

    def _compute_crm_company_choice(self):
        self.crm_company_choice = False
        self.crm_company_name = False

    @api.depends("lead_tomerge_ids")
    def _compute_duplicated_lead_ids(self):
        """As the host's, with one query for all leads."""
        for convert in self:
            convert.duplicated_lead_ids = convert._find_twins()

    def _find_twins(self):
        """The chosen leads that have open duplicates, by address or by contact."""
        leads = self.lead_tomerge_ids
        mails = {
            lead: lead.partner_id.email_normalized or lead.email_normalized
            for lead in leads
        }
        counts = self._count_open("email_normalized", set(mails.values()) - {False})
        people = self._count_open("partner_id", set(leads.partner_id.ids))
        return leads.filtered(
            lambda lead: (
                counts.get(mails[lead], 0) > 1 or people.get(lead.partner_id.id, 0) > 1
            )
        )

    def _count_open(self, field, values):
        groups = self.env["crm.lead"]._read_group(
            [(field, "in", list(values)), ("won_status", "=", "pending")],
            [field],
            ["__count"],
        )
        return {getattr(key, "id", key): count for key, count in groups}

    def action_mass_convert(self):
        """The host looks for duplicates only of the leads that have some."""
        if self.deduplicate and self.name == "convert":
            self.lead_tomerge_ids = self.duplicated_lead_ids
        return super().action_mass_convert()

    def action_apply(self):
        """Beyond a screenful, a run does the work and shows how far it is."""
        leads = self._get_leads()
        if len(leads) <= CHUNK or self.name == "merge":
            return super().action_apply()
        choice = self._to_choice(self.user_ids.ids, self.team_id.id)
        self.env["crm.conversion"]._enqueue(leads, choice)
        message = self.env._(
            "%(count)s leads are being converted: the run tells how far it is.",
            count=len(leads),
        )
        return self._show(leads, message, "info")

    def _to_choice(self, user_ids, team_id):
        found = self.action == "each_exist_or_create"
        return Choice(
            company="match" if found else "none" if self.partner_id else "create",
            contact="match" if found else "exist" if self.partner_id else "create",
            contact_id=self.partner_id.id or 0,
            opportunity=self.crm_opportunity,
            team_id=team_id or 0,
            user_ids=tuple(user_ids or ()),
            force=self.force_assignment,
        )
