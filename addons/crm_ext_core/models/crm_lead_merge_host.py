from odoo import models


class CrmLead(models.Model):
    """Every merge of leads is the one that can be undone, whatever window or job of
    the host asks for it: the leads that go are archived, never deleted.
    """

    _inherit = "crm.lead"

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        """The host's merge of leads, done by crm.lead.merge.

        The most advanced lead stays, and the values are those that the preview
        proposes. `auto_unlink` makes no difference: nothing is deleted, neither here
        nor by the caller (see `unlink`).
        """
        leads = self._sort_by_confidence_level(reverse=True)
        winner = leads[:1]
        self.env["crm.lead.merge"]._merge(
            winner,
            leads[1:],
            leads._crm_propose_choices(),
            values=leads._crm_get_given_values(user_id, team_id),
            limit=0 if self.env.is_superuser() else max_length,
        )
        winner._crm_remember_type()
        return winner

    def _crm_remember_type(self):
        """The host's windows still ask what a lead is after it was given away."""
        # sudo: whoever gave it away may not read it any more, and knows what it is
        self.sudo().fetch(["type"])

    def _crm_get_given_values(self, user_id, team_id):
        """What a merge of these leads changes that no lead's own value says."""
        winner = self[:1]
        reason = not winner.probability and self.lost_reason_id[:1].id
        given = {"user_id": user_id, "team_id": team_id, "lost_reason_id": reason}
        return {
            name: value
            for name, value in given.items()
            if value and winner[name].id != value
        }

    def unlink(self):
        """Where the host deletes what it merged just before, it stays archived."""
        if self.env.context.get("crm_keep_merged"):
            kept = self.filtered("crm_merged_into_id")
            return super(CrmLead, self - kept).unlink()
        return super().unlink()

    def _get_lead_duplicates(self, partner=None, email=None, include_lost=False):
        """Without those that cannot be merged: merged away already, or, where a lead
        asks, of another company."""
        found = super()._get_lead_duplicates(partner, email, include_lost)
        return found._crm_filter_mergeable(self)

    def _crm_filter_mergeable(self, lead):
        """Those of these leads that may be merged with a lead, if there is one."""
        free = self.filtered(lambda other: not other.crm_merged_into_id)
        if len(lead) != 1:
            return free
        return free.filtered(lambda other: other.company_id <= lead.company_id)
