from odoo import api, models

LEADS_PER_UNIT = 10_000


class CrmScoreModel(models.Model):
    """Scoring of the whole base, in the background: ranges of leads, each in SQL."""

    _inherit = "crm.score.model"

    @api.model
    def _cron_score_all(self):
        """Let points fade and dated criteria move: score the whole base every night."""
        if self._published_ids():
            self._enqueue_all()

    @api.model
    def _enqueue_all(self):
        # who may publish a model may not see every lead: ranges of ids reveal none
        self.env.cr.execute("SELECT min(id), max(id) FROM crm_lead")
        first, last = self.env.cr.fetchone()
        starts = range(first, last + 1, LEADS_PER_UNIT) if first else []
        units = [
            {"payload": {"first": i, "last": i + LEADS_PER_UNIT - 1}} for i in starts
        ]
        return self.env["crm.batch.run"]._enqueue(
            "score", units, name=self.env._("Scoring of all leads")
        )

    @api.model
    def _batch_process(self, run, units):
        # sudo: a score does not depend on who asked for it
        env = self.sudo().env
        for unit in units:
            first, last = unit.payload["first"], unit.payload["last"]
            span = [("id", ">=", first), ("id", "<=", last)]
            env["crm.score.event"]._collect(span)
            env["crm.score.entry"]._refresh_span(first, last)
            env["crm.qualification.rule"]._hand_over(span)

    @api.model
    def _batch_unit_label(self, unit):
        return self.env._("Leads %(first)s to %(last)s", **unit.payload)
