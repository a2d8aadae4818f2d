from odoo import fields, models


class CrmScoreBacktestCase(models.Model):
    """One lead of the past in a trial: the scores it then had, and how it ended."""

    _name = "crm.score.backtest.case"
    _description = "Lead judged in a trial"
    _order = "score desc, id"
    _log_access = False
    _crm_stays_on_merge = True  # a case of the past
    _rec_name = "lead_id"

    backtest_id = fields.Many2one(
        "crm.score.backtest",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    lead_id = fields.Many2one(
        "crm.lead", required=True, index=True, ondelete="cascade", readonly=True
    )
    judged_at = fields.Datetime(string="Judged on", required=True, readonly=True)
    won = fields.Boolean(readonly=True)
    score = fields.Integer(string="Score tried", readonly=True, aggregator="avg")
    baseline = fields.Integer(string="Score compared", readonly=True, aggregator="avg")
    probability = fields.Float(
        string="Odoo's prediction", readonly=True, aggregator="avg"
    )

    _once = models.Constraint(
        "UNIQUE(backtest_id, lead_id)", "A lead is judged once in a trial."
    )
