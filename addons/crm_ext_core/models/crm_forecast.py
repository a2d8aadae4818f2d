from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_forecast_weight import BAND_NAMES

PAST = 11  # months of what was won, before the running one
TARGETS = 3  # months that a team's monthly target is shown for


class CrmForecast(models.Model):
    """The forecast of today: what was won and what is open, by month and method.

    Not a table: one row an opportunity, counted when it is read. What is won counts
    fully in each figure; what is open and overdue counts in the running month.
    """

    _name = "crm.forecast"
    _description = "Forecast"
    _auto = False
    _order = "month, revenue desc, id"
    _rec_name = "lead_id"

    kind = fields.Selection(
        [("won", "Won"), ("open", "In progress"), ("target", "Target")], readonly=True
    )
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    month = fields.Date(
        string="Closing month",
        readonly=True,
        help="Of the expected closing; of the closing when won.",
    )
    overdue = fields.Boolean(
        readonly=True, help="Its expected closing lies before this month."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    band = fields.Selection(BAND_NAMES, string="Score", readonly=True)
    revenue = fields.Monetary(string="Best case", readonly=True)
    won = fields.Monetary(string="Won so far", readonly=True)
    committed = fields.Monetary(
        readonly=True, help="Won, and what its salesperson counts on."
    )
    host_forecast = fields.Monetary(string="By probability", readonly=True)
    stage_forecast = fields.Monetary(string="By stage", readonly=True)
    score_forecast = fields.Monetary(string="By score", readonly=True)
    both_forecast = fields.Monetary(string="By stage and score", readonly=True)
    target = fields.Monetary(readonly=True)
    recurring = fields.Monetary(string="MRR: best case", readonly=True)
    recurring_won = fields.Monetary(string="MRR: won so far", readonly=True)
    recurring_forecast = fields.Monetary(
        string="MRR: by stage and score", readonly=True
    )
    host_weight = fields.Float(string="Probability (%)", readonly=True, aggregator=None)
    stage_weight = fields.Float(string="Stage (%)", readonly=True, aggregator=None)
    score_weight = fields.Float(string="Score (%)", readonly=True, aggregator=None)
    both_weight = fields.Float(string="Both (%)", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        pipeline = self.env["crm.forecast.pipeline"]
        pipeline._flush_forecast()
        today = fields.Date.context_today(self)
        month = today.replace(day=1)
        opened = pipeline._weighed_query(pipeline._open_query())
        won = pipeline._won_query(month - relativedelta(months=PAST))
        parts = [
            self._row_query("open", opened, month),
            self._row_query("won", self._full(won), month),
            *self._target_queries(month),
        ]
        return SQL(" UNION ALL ").join(parts)

    def _full(self, won):
        """What is won counts fully, whatever the method."""
        return SQL(
            """SELECT won.*, 100::numeric AS host_weight, 100::numeric AS stage_weight,
                      100::numeric AS score_weight, 100::numeric AS both_weight
                 FROM (%s) won""",
            won,
        )

    def _row_query(self, kind, weighed, month):
        return SQL(
            """SELECT lead_id AS id, %(kind)s AS kind, lead_id,
                      CASE WHEN %(kind)s = 'won'
                           THEN date_trunc('month', deadline)::date
                           WHEN deadline IS NOT NULL
                           THEN GREATEST(date_trunc('month', deadline)::date, %(month)s)
                       END AS month,
                      %(kind)s = 'open' AND deadline < %(month)s AS overdue,
                      pipe.company_id, company.currency_id, team_id, user_id, stage_id,
                      band::varchar AS band, revenue,
                      CASE WHEN %(kind)s = 'won' THEN revenue ELSE 0 END AS won,
                      CASE WHEN pipe.committed THEN revenue ELSE 0 END AS committed,
                      round(revenue * host_weight / 100, 2) AS host_forecast,
                      round(revenue * stage_weight / 100, 2) AS stage_forecast,
                      round(revenue * score_weight / 100, 2) AS score_forecast,
                      round(revenue * both_weight / 100, 2) AS both_forecast,
                      0::numeric AS target, recurring,
                      CASE WHEN %(kind)s = 'won' THEN recurring ELSE 0
                       END AS recurring_won,
                      round(recurring * both_weight / 100, 2) AS recurring_forecast,
                      host_weight::float8, stage_weight::float8, score_weight::float8,
                      both_weight::float8
                 FROM (%(weighed)s) pipe
                 JOIN res_company company ON company.id = pipe.company_id""",
            kind=kind,
            weighed=weighed,
            month=month,
        )

    def _target_queries(self, month):
        """The monthly target of teams, where the host has one (its sales app)."""
        if "invoiced_target" not in self.env["crm.team"]._fields:
            return []
        nothing = SQL(", ").join([SQL("0::numeric")] * 7)
        return [
            SQL(
                """SELECT -1 - (team.id * %(months)s + ahead) AS id, 'target' AS kind,
                          NULL::integer AS lead_id,
                          (%(month)s + ahead * interval '1 month')::date, FALSE,
                          COALESCE(team.company_id, %(main)s), company.currency_id,
                          team.id, NULL::integer, NULL::integer, NULL::varchar,
                          %(nothing)s,
                          team.invoiced_target::numeric, 0::numeric, 0::numeric,
                          0::numeric, NULL::float8, NULL::float8, NULL::float8,
                          NULL::float8
                     FROM crm_team team
                     JOIN res_company company
                          ON company.id = COALESCE(team.company_id, %(main)s)
               CROSS JOIN generate_series(0, %(months)s - 1) ahead
                    WHERE team.active AND team.invoiced_target > 0""",
                months=TARGETS,
                month=month,
                nothing=nothing,
                main=self.env.company.id,
            )
        ]

    # ------------------------------------------------------------------ actions
    def action_open_lead(self):
        """The opportunity behind the row."""
        self.ensure_one()
        return self._open_lead(self.lead_id)

    @api.model
    def _open_lead(self, lead):
        """The form of an opportunity; nothing when there is none (any more)."""
        if not lead:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    @api.readonly
    def get_forecast(self, months=6):
        """The forecast of the coming months, for a client of the API.

        :param int months: how many, with the running one
        """
        first = fields.Date.context_today(self).replace(day=1)
        last = first + relativedelta(months=months)
        names = [
            "won", "committed", "host_forecast", "stage_forecast", "score_forecast",
            "both_forecast", "revenue", "target", "recurring", "recurring_won",
            "recurring_forecast",
        ]  # fmt: skip
        rows = self._read_group(
            [("month", ">=", first), ("month", "<", last)],
            ["month:month", "currency_id"],
            [f"{name}:sum" for name in names],
        )
        return [
            {
                "month": fields.Date.to_string(month),
                "currency": currency.name,
                **dict(zip(names, figures, strict=True)),
            }
            for month, currency, *figures in rows
        ]
