from odoo import fields, models


class CrmScoreModel(models.Model):
    """Trials of a version on past leads, before it is published."""

    _inherit = "crm.score.model"

    backtest_count = fields.Integer(string="Trials", compute="_compute_backtest_count")

    def _compute_backtest_count(self):
        counts = dict(
            self.env["crm.score.backtest"]._read_group(
                [("model_id", "in", self.ids)], ["model_id"], ["__count"]
            )
        )
        for model in self:
            model.backtest_count = counts.get(model, 0)

    def action_backtest(self):
        """A trial of this version, compared with the published one."""
        self.ensure_one()
        published = self._other_versions()[:1]
        trial = self.env["crm.score.backtest"].create(
            {
                "model_id": self.id,
                "baseline_id": published.id,
                "company_id": (self.company_id or self.env.company).id,
                "qualification_rule_id": self.env["crm.qualification.rule"]
                .search([], limit=1)
                .id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": trial._name,
            "res_id": trial.id,
            "view_mode": "form",
        }

    def action_open_backtests(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_score_backtest_action"
        )
        return action | {"domain": [("model_id", "=", self.id)], "context": {}}
