from odoo import api, fields, models

LEADS_PER_UNIT = 10_000


class CrmScoreModel(models.Model):
    """Scoring of the whole base, in the background: ranges of leads, each in SQL."""

    _inherit = "crm.score.model"

    fading_waits = fields.Boolean(compute="_compute_fading_waits")

    @api.depends("state", "rule_ids.fade")
    def _compute_fading_waits(self):
        """Whether points that fade stay in the scores: the nightly scoring is off. It
        writes very many leads and hands them over, so it starts only when asked for."""
        # sudo: scheduled actions are the administrator's to read
        nightly = self.env.ref("crm_ext_core.ir_cron_score").sudo().active
        for model in self:
            fades = any(rule.fade != "none" for rule in model.rule_ids)
            model.fading_waits = model.state == "published" and fades and not nightly

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
    def _batch_done(self, run):
        """Companies that no scored lead points to were in no range."""
        # sudo: as in _batch_process
        self.env["crm.score.account"].sudo()._remove_unscored()

    @api.model
    def _batch_unit_label(self, unit):
        return self.env._("Leads %(first)s to %(last)s", **unit.payload)
