from odoo import models


class CrmTeam(models.Model):
    """The host's assignment merges duplicates first: these merges can be undone too."""

    _inherit = "crm.team"

    def _allocate_leads(self, creation_delta_days=7):
        teams = self.with_context(crm_keep_merged=True)
        return super(CrmTeam, teams)._allocate_leads(creation_delta_days)

    def _allocate_leads_deduplicate(self, leads, duplicates_cache=None):
        """The host looks for duplicates beforehand: some were merged since."""
        known = {} if duplicates_cache is None else duplicates_cache
        for lead in leads.filtered(lambda lead: lead in known):
            known[lead] = known[lead]._crm_filter_mergeable(lead)
        return super()._allocate_leads_deduplicate(leads, duplicates_cache=known)
