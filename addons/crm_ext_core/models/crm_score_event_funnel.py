from odoo import api, models


class CrmScoreEvent(models.Model):
    """What gives points may set off a rule of the funnel as well."""

    _inherit = "crm.score.event"

    @api.model
    def _log(self, source, facts):
        leads = super()._log(source, facts)
        # also of people who object to profiling: a rule answers, it judges nobody
        self.env["crm.funnel.rule"]._on_event(
            source, [(lead_id, date) for lead_id, date, _ref in facts]
        )
        return leads
