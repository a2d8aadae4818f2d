from odoo import fields, models
from odoo.tools import SQL

from .crm_forecast_weight import BAND_NAMES


class CrmLeadOutcome(models.Model):
    """What became of the leads that came in: by source, score and answer.

    Not a table: a row a lead, the lost ones too, counted when it is read.
    """

    _name = "crm.lead.outcome"
    _description = "Outcome of leads"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    date = fields.Datetime(string="Came in on", readonly=True)
    closed_date = fields.Datetime(string="Closed on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    status = fields.Selection(
        [("won", "Won"), ("lost", "Lost"), ("pending", "In progress")], readonly=True
    )
    band = fields.Selection(BAND_NAMES, string="Score", readonly=True)
    grade = fields.Char(readonly=True)
    won = fields.Integer(string="Number won", readonly=True)
    closed = fields.Integer(string="Number closed", readonly=True)
    won_percent = fields.Float(
        string="Conversion (%)",
        readonly=True,
        aggregator="avg",
        help="Won, of those that were closed.",
    )
    response_hours = fields.Float(
        string="Hours to first answer", readonly=True, aggregator="avg"
    )
    unanswered = fields.Integer(readonly=True)
    days_to_close = fields.Float(
        string="Days to close", readonly=True, aggregator="avg"
    )

    @property
    def _table_query(self):
        pipeline = self.env["crm.forecast.pipeline"]
        self.env["crm.lead"].flush_model()
        self.env["crm.score.model"].flush_model(["full_score"])
        return SQL(
            """SELECT lead.id, lead.id AS lead_id, lead.create_date AS date,
                      lead.date_closed AS closed_date, lead.company_id, lead.team_id,
                      lead.user_id, lead.source_id, lead.medium_id, lead.campaign_id,
                      lead.stage_id, lead.won_status AS status,
                      %s::varchar AS band, lead.crm_score_grade AS grade,
                      (lead.won_status = 'won')::integer AS won,
                      (lead.won_status <> 'pending')::integer AS closed,
                      CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0
                       END::float8 AS won_percent,
                      CASE WHEN lead.crm_first_response_date IS NOT NULL
                           THEN lead.crm_first_response_hours END AS response_hours,
                      (lead.crm_waiting_since IS NOT NULL
                       AND lead.won_status = 'pending')::integer AS unanswered,
                      lead.day_close AS days_to_close
                 FROM crm_lead lead
            LEFT JOIN crm_score_model model ON model.id = lead.crm_score_model_id
                WHERE lead.active OR lead.won_status = 'lost'""",
            pipeline._band_sql(SQL("lead.crm_score")),
        )

    def action_open_lead(self):
        self.ensure_one()
        return self.env["crm.forecast"]._open_lead(self.lead_id)
