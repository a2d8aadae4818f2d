from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.forecast import BANDS


class CrmForecastPipeline(models.AbstractModel):
    """What forecasts are made of, in SQL: open opportunities, weighed by each method.

    Read alike by the forecast of today, by snapshots and by rebuilt ones.
    """

    _name = "crm.forecast.pipeline"
    _description = "Opportunities of a forecast"

    # ------------------------------------------------------------------ leads
    @api.model
    def _company_sql(self):
        """The company of a lead: its own, else its team's, else its salesperson's."""
        # sudo: only the number of the oldest company is read
        main = self.env["res.company"].sudo().search([], order="id", limit=1)
        return SQL(
            "COALESCE(lead.company_id, team.company_id, person.company_id, %s)", main.id
        )

    @api.model
    def _lead_tables(self):
        """`lead` with what belongs to it, as a FROM clause."""
        return SQL(
            """crm_lead lead
               LEFT JOIN crm_team team ON team.id = lead.team_id
               LEFT JOIN res_users person ON person.id = lead.user_id
               LEFT JOIN crm_score_model model ON model.id = lead.crm_score_model_id"""
        )

    @api.model
    def _band_sql(self, score):
        """The quarter of the full score that a score lies in; NULL without a score."""
        return SQL(
            "CASE WHEN %(score)s IS NOT NULL THEN LEAST(%(last)s, GREATEST(0,"
            " %(score)s * %(bands)s / COALESCE(model.full_score, 100))) END",
            score=score,
            last=BANDS - 1,
            bands=BANDS,
        )

    @api.model
    def _day_sql(self, moment):
        """The day of a moment where the reader is."""
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, str(self.env.tz)
        )

    @api.model
    def _flush_forecast(self):
        for name in (
            "crm.lead",
            "crm.team",
            "crm.stage",
            "crm.stage.passage",
            "res.users",
            "crm.score.model",
            "crm.score.entry",
            "crm.forecast.weight",
            "crm.forecast.snapshot",
            "crm.forecast.line",
        ):
            self.env[name].flush_model()

    # ------------------------------------------------------------------ open and won
    @api.model
    def _open_query(self):
        """The opportunities that are open now."""
        return SQL(
            """SELECT lead.id AS lead_id, %s AS company_id, lead.team_id, lead.user_id,
                      lead.stage_id, lead.date_deadline AS deadline,
                      COALESCE(lead.expected_revenue, 0) AS revenue,
                      COALESCE(lead.recurring_revenue_monthly, 0) AS recurring,
                      COALESCE(lead.crm_committed, FALSE) AS committed,
                      lead.crm_score AS score, %s AS band,
                      COALESCE(lead.probability, 0)::numeric AS probability
                 FROM %s
                WHERE lead.type = 'opportunity' AND lead.active
                  AND lead.won_status = 'pending'""",
            self._company_sql(),
            self._band_sql(SQL("lead.crm_score")),
            self._lead_tables(),
        )

    @api.model
    def _won_query(self, first, until=None):
        """The opportunities won from a day on, by the day they were."""
        day = self._day_sql(SQL("lead.date_closed"))
        return SQL(
            """SELECT lead.id AS lead_id, %(company)s AS company_id, lead.team_id,
                      lead.user_id, lead.stage_id, %(day)s AS deadline,
                      COALESCE(lead.expected_revenue, 0) AS revenue,
                      COALESCE(lead.recurring_revenue_monthly, 0) AS recurring,
                      TRUE AS committed, lead.crm_score AS score, %(band)s AS band,
                      100::numeric AS probability
                 FROM %(tables)s
                WHERE lead.type = 'opportunity' AND lead.won_status = 'won'
                  AND lead.date_closed >= %(first)s::timestamp - interval '1 day'
                  AND %(day)s >= %(first)s AND %(day)s <= %(until)s""",
            company=self._company_sql(),
            day=day,
            band=self._band_sql(SQL("lead.crm_score")),
            tables=self._lead_tables(),
            first=first,
            until=until or fields.Date.to_date("9999-12-31"),
        )

    # ------------------------------------------------------------------ weights
    @api.model
    def _weighed_query(self, pipeline):
        """A pipeline with the weight of each method; the host's probability where
        nothing was learnt (crm.forecast.weight)."""
        return SQL(
            """SELECT pipe.*, pipe.probability AS host_weight,
                      COALESCE(stage.weight, pipe.probability)::numeric AS stage_weight,
                      COALESCE(score.weight, pipe.probability)::numeric AS score_weight,
                      COALESCE(both_.weight, pipe.probability)::numeric AS both_weight
                 FROM (%(pipeline)s) pipe
            LEFT JOIN crm_forecast_weight stage
                   ON stage.kind = 'stage' AND stage.source <> 'host'
                  AND stage.company_id = pipe.company_id
                  AND COALESCE(stage.team_id, 0) = COALESCE(pipe.team_id, 0)
                  AND stage.stage_id = pipe.stage_id
            LEFT JOIN crm_forecast_weight score
                   ON score.kind = 'score' AND score.source <> 'host'
                  AND score.company_id = pipe.company_id
                  AND COALESCE(score.team_id, 0) = COALESCE(pipe.team_id, 0)
                  AND score.band = pipe.band::varchar
            LEFT JOIN crm_forecast_weight both_
                   ON both_.kind = 'both' AND both_.source <> 'host'
                  AND both_.company_id = pipe.company_id
                  AND COALESCE(both_.team_id, 0) = COALESCE(pipe.team_id, 0)
                  AND both_.stage_id = pipe.stage_id
                  AND COALESCE(both_.band, '') = COALESCE(pipe.band::varchar, '')""",
            pipeline=pipeline,
        )
