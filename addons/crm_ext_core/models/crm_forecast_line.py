from odoo import api, fields, models
from odoo.tools import SQL

from .crm_forecast_weight import BAND_NAMES

COLUMNS = (
    "lead_id, company_id, team_id, user_id, stage_id, deadline, revenue, recurring, "
    "committed, score, band, host_weight, stage_weight, score_weight, both_weight"
)

FILL = """
INSERT INTO crm_forecast_line
       (snapshot_id, date, currency_id, kind, lead_id, company_id,
        team_id, user_id, stage_id, month, overdue, committed, score,
        band, revenue, recurring, host_weight, stage_weight,
        score_weight, both_weight, host_revenue, stage_revenue,
        score_revenue, both_revenue, recurring_revenue)
SELECT snapshot.id, snapshot.date, snapshot.currency_id, kind,
       lead_id, pipe.company_id, team_id, user_id, stage_id,
       GREATEST(date_trunc('month', deadline)::date,
                CASE WHEN deadline IS NOT NULL THEN %(month)s END),
       kind = 'open' AND COALESCE(deadline < %(month)s, FALSE),
       committed, score, band::varchar, revenue, recurring,
       host.weight, stage_weight, score_weight, both_weight,
       round(revenue * host.weight / 100, 2),
       round(revenue * stage_weight / 100, 2),
       round(revenue * score_weight / 100, 2),
       round(revenue * both_weight / 100, 2),
       round(recurring * both_weight / 100, 2)
  FROM (SELECT 'open' AS kind, %(columns)s FROM (%(open)s) opened
        UNION ALL
        SELECT 'won', %(columns)s FROM (%(won)s) won) pipe
  JOIN crm_forecast_snapshot snapshot
       ON snapshot.company_id = pipe.company_id
      AND snapshot.id = ANY(%(ids)s)
CROSS JOIN LATERAL (SELECT CASE WHEN snapshot.rebuilt THEN NULL
                          ELSE host_weight END) host (weight)"""


class CrmForecastLine(models.Model):
    """An opportunity in a snapshot: what was expected of it, and with which weights."""

    _name = "crm.forecast.line"
    _description = "Opportunity in a snapshot of the forecast"
    _inherit = ["crm.kept.mixin"]
    _order = "date desc, month, revenue desc, id"
    _log_access = False
    _rec_name = "lead_id"
    _kept_links = ("lead_id", "team_id", "user_id", "stage_id")

    snapshot_id = fields.Many2one(
        "crm.forecast.snapshot", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="Forecast of", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    kind = fields.Selection(
        [("won", "Won"), ("open", "In progress")], required=True, readonly=True
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    team_id = fields.Many2one("crm.team", ondelete="set null", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", ondelete="set null", readonly=True
    )
    stage_id = fields.Many2one("crm.stage", ondelete="set null", readonly=True)
    month = fields.Date(string="Closing month", readonly=True)
    overdue = fields.Boolean(readonly=True)
    committed = fields.Boolean(readonly=True)
    score = fields.Integer(readonly=True, aggregator=None)
    band = fields.Selection(BAND_NAMES, string="Score (quarter)", readonly=True)
    revenue = fields.Monetary(string="Best case", readonly=True)
    recurring = fields.Monetary(string="MRR: best case", readonly=True)
    host_weight = fields.Float(
        string="Probability (%)", digits=(5, 2), readonly=True, aggregator=None
    )
    stage_weight = fields.Float(
        string="Stage (%)", digits=(5, 2), readonly=True, aggregator=None
    )
    score_weight = fields.Float(
        string="Score (%)", digits=(5, 2), readonly=True, aggregator=None
    )
    both_weight = fields.Float(
        string="Both (%)", digits=(5, 2), readonly=True, aggregator=None
    )
    host_revenue = fields.Monetary(string="By probability", readonly=True)
    stage_revenue = fields.Monetary(string="By stage", readonly=True)
    score_revenue = fields.Monetary(string="By score", readonly=True)
    both_revenue = fields.Monetary(string="By stage and score", readonly=True)
    recurring_revenue = fields.Monetary(string="MRR: by stage and score", readonly=True)

    _once = models.UniqueIndex(
        "(snapshot_id, lead_id) WHERE lead_id IS NOT NULL",
        "An opportunity counts once in a snapshot.",
    )

    @api.model
    def _fill(self, snapshots, day, rebuilt):
        """Write the lines of new snapshots of a day, in one statement."""
        pipeline = self.env["crm.forecast.pipeline"]
        month = day.replace(day=1)
        opened = pipeline._past_open_query(day) if rebuilt else pipeline._open_query()
        won = self.env["crm.forecast"]._full(pipeline._won_query(month, day))
        self.env.cr.execute(
            SQL(
                FILL,
                month=month,
                columns=SQL(COLUMNS),
                open=pipeline._weighed_query(opened),
                won=won,
                ids=snapshots.ids,
            )
        )
        self.invalidate_model()

    def action_open_lead(self):
        self.ensure_one()
        return self.env["crm.forecast"]._open_lead(self.lead_id)
