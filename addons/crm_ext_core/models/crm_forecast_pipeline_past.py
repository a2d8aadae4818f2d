from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

TRACKED = ("stage_id", "team_id", "user_id", "expected_revenue")

PAST_OPEN = """
SELECT lead.id AS lead_id, %(company)s AS company_id,
       CASE WHEN past.team THEN old_team.id ELSE lead.team_id END
         AS team_id,
       CASE WHEN past.person THEN old_user.id ELSE lead.user_id END
         AS user_id,
       CASE WHEN stage.is_won THEN first_stage.id ELSE stage.id END
         AS stage_id,
       lead.date_deadline AS deadline,
       COALESCE(past.revenue, lead.expected_revenue, 0) AS revenue,
       COALESCE(lead.recurring_revenue_monthly, 0) AS recurring,
       FALSE AS committed, known.score, %(band)s AS band,
       usual.weight::numeric AS probability
  FROM %(tables)s
    LEFT JOIN (%(past)s) past ON past.lead_id = lead.id
    LEFT JOIN crm_stage stage
    ON stage.id = COALESCE(
       (SELECT stay.stage_id FROM crm_stage_passage stay
         WHERE stay.lead_id = lead.id AND stay.entered_at < %(after)s
           AND (stay.left_at IS NULL OR stay.left_at >= %(after)s)
      ORDER BY stay.entered_at DESC LIMIT 1),
       past.stage_id, lead.stage_id)
    LEFT JOIN crm_team old_team ON old_team.id = past.team_id
    LEFT JOIN res_users old_user ON old_user.id = past.user_id
   CROSS JOIN (SELECT id FROM crm_stage
      ORDER BY sequence, id LIMIT 1) first_stage
    LEFT JOIN LATERAL (%(score)s) known ON TRUE
  JOIN crm_forecast_weight usual
    ON usual.kind = 'all' AND usual.source <> 'host'
   AND usual.company_id = %(company)s
   AND COALESCE(usual.team_id, 0) = COALESCE(lead.team_id, 0)
 WHERE lead.type = 'opportunity' AND lead.create_date < %(after)s
   AND (lead.date_conversion IS NULL OR lead.date_conversion < %(after)s)
   AND (lead.won_status = 'pending' AND lead.active
        OR lead.won_status <> 'pending'
           AND lead.date_closed >= %(after)s)"""


class CrmForecastPipeline(models.AbstractModel):
    """The opportunities that were open at the end of a past day, from what was kept.

    The stage comes from the stays (crm.stage.passage), else, like team, salesperson and
    expected revenue, from the tracking of the leads; the score from its ledger. Taken
    as they stand: expected closing, recurring revenue. A lead that was lost and brought
    back counts as open all along.
    """

    _inherit = "crm.forecast.pipeline"

    @api.model
    def _past_open_query(self, day):
        """As _open_query, at the end of a past day; the share of all opportunities
        stands for the host's probability of then, which nobody kept."""
        after = day + relativedelta(days=1)
        return SQL(
            PAST_OPEN,
            company=self._company_sql(),
            band=self._band_sql(SQL("known.score")),
            tables=self._lead_tables(),
            past=self._tracked_query(after),
            score=self._past_score_query(after),
            after=after,
        )

    @api.model
    def _tracked_query(self, after):
        """What each lead had at a moment, of what was changed since: the value before
        the first change."""
        names = self.env["ir.model.fields"]._get_ids("crm.lead")
        self.env["mail.tracking.value"].flush_model()
        self.env["mail.message"].flush_model(["model", "res_id", "date"])
        changed = SQL(
            """SELECT DISTINCT ON (message.res_id, value.field_id)
                      message.res_id AS lead_id, value.field_id,
                      value.old_value_integer AS number, value.old_value_float AS amount
                 FROM mail_tracking_value value
                 JOIN mail_message message ON message.id = value.mail_message_id
                WHERE message.model = 'crm.lead' AND message.date >= %s
                  AND value.field_id IN %s
             ORDER BY message.res_id, value.field_id, message.date, value.id""",
            after,
            tuple(names[name] for name in TRACKED),
        )
        return SQL(
            """SELECT lead_id,
                      max(number) FILTER (WHERE field_id = %(stage)s) AS stage_id,
                      max(number) FILTER (WHERE field_id = %(team)s) AS team_id,
                      bool_or(field_id = %(team)s) AS team,
                      max(number) FILTER (WHERE field_id = %(user)s) AS user_id,
                      bool_or(field_id = %(user)s) AS person,
                      max(amount) FILTER (WHERE field_id = %(revenue)s)::numeric
                        AS revenue
                 FROM (%(changed)s) changed GROUP BY lead_id""",
            stage=names["stage_id"],
            team=names["team_id"],
            user=names["user_id"],
            revenue=names["expected_revenue"],
            changed=changed,
        )

    @api.model
    def _past_score_query(self, after):
        """The score of `lead` at a moment, as its ledger has it; none, no score."""
        return SQL(
            """SELECT round(sum(points))::integer AS score FROM crm_score_entry entry
                WHERE entry.lead_id = lead.id
                  AND COALESCE(entry.opened_at, entry.date) < %(after)s
                  AND (entry.ended_at IS NULL OR entry.ended_at >= %(after)s)""",
            after=after,
        )
