from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.forecast import BANDS, Share, combine, pick

HISTORY = 24  # months of closed opportunities to learn from
MINIMUM = 20  # closed opportunities before a share is believed
BAND_NAMES = [
    ("0", "Score under a quarter"),
    ("1", "Score from a quarter"),
    ("2", "Score from half"),
    ("3", "Score from three quarters"),
]
SOURCES = ("team", "company")  # the circles that are asked, the narrowest first


class CrmForecastWeight(models.Model):
    """What share of the opportunities of a stage, or of a score, was won.

    Learnt from those closed in the last two years and replaced at each learning; a
    forecast of the past keeps the weights that it was made with on its own lines.
    """

    _name = "crm.forecast.weight"
    _description = "Weight of a forecast"
    _order = "company_id, team_id, kind, stage_id, band"
    _log_access = False
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("stage", "By stage"),
            ("score", "By score"),
            ("both", "By stage and score"),
            ("all", "All opportunities"),
        ],
        string="Method",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    team_id = fields.Many2one("crm.team", ondelete="cascade", readonly=True, index=True)
    stage_id = fields.Many2one(
        "crm.stage", ondelete="cascade", readonly=True, index="btree_not_null"
    )
    band = fields.Selection(BAND_NAMES, string="Score", readonly=True)
    won = fields.Integer(readonly=True, aggregator=None)
    closed = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Opportunities that passed this stage, or had this score, and were won or "
        "lost since.",
    )
    weight = fields.Float(
        string="Won (%)", digits=(5, 2), readonly=True, aggregator=None
    )
    source = fields.Selection(
        [
            ("team", "Learnt from the team"),
            ("company", "Learnt from the company"),
            ("parts", "Worked out from stage and score"),
            ("host", "Too few: probability of each"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(string="Learnt until", readonly=True)

    _once = models.UniqueIndex(
        "(company_id, COALESCE(team_id, 0), kind, COALESCE(stage_id, 0),"
        " COALESCE(band, ''))",
        "This weight is known already.",
    )

    # ------------------------------------------------------------------ learning
    @api.model
    def _learn(self, until=None):
        """Replace all weights by those known at the end of a day.

        :param until: a day of the past, to make its forecast again
        """
        until = until or fields.Date.context_today(self)
        self.env["crm.forecast.pipeline"]._flush_forecast()
        by_stage = self._count(self._passed_query(until), "stage_id")
        by_band = self._count(self._scored_query(until), "band")
        base = self._count(self._closed_query(until), "team_id")
        rows = []
        for company_id, team_id in self._find_teams():
            rows += self._prepare_team(company_id, team_id, by_stage, by_band, base)
        for row in rows:
            row["date"] = until
        # sudo: the weights are written by this method alone
        weights = self.sudo()
        weights.search(Domain.TRUE).unlink()
        return weights.create(rows)

    def _count(self, query, key):
        """{(company, team, key): Share}, and with team None that of the company."""
        found = defaultdict(Share)
        for company_id, team_id, value, won, closed in self.env.execute_query(
            SQL(
                """SELECT company_id, COALESCE(team_id, 0), %(key)s,
                          count(*) FILTER (WHERE won), count(*)
                     FROM (%(query)s) closed GROUP BY 1, 2, 3""",
                key=SQL.identifier(key),
                query=query,
            )
        ):
            share = Share(won, closed)
            value = None if key == "team_id" else value
            found[company_id, team_id, value] += share
            found[company_id, None, value] += share
        return found

    def _find_teams(self):
        """The (company, team) of all opportunities; team 0 where there is none."""
        pipeline = self.env["crm.forecast.pipeline"]
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT %s, COALESCE(lead.team_id, 0) FROM %s
                    WHERE lead.type = 'opportunity' ORDER BY 1, 2""",
                pipeline._company_sql(),
                pipeline._lead_tables(),
            )
        )

    def _prepare_team(self, company_id, team_id, by_stage, by_band, base):
        """The rows of a team: one a stage, one a score, one for each pair of them."""
        minimum = self._get_minimum()

        def learn(counts, value):
            circles = [counts[company_id, one, value] for one in (team_id, None)]
            return circles, pick(circles, minimum)

        stages = self.env["crm.stage"].search([("is_won", "=", False)]).ids
        of_stage = {stage: learn(by_stage, stage) for stage in stages}
        of_band = {band: learn(by_band, band) for band in range(BANDS)}
        common = {"company_id": company_id, "team_id": team_id or False}
        rows = [
            common | {"kind": "stage", "stage_id": stage} | self._tell(*known)
            for stage, known in of_stage.items()
        ]
        rows += [
            common | {"kind": "score", "band": str(band)} | self._tell(*known)
            for band, known in of_band.items()
        ]
        usual = learn(base, None)
        rows.append(common | {"kind": "all"} | self._tell(*usual))
        for stage, (_circles, by) in of_stage.items():
            for band in (None, *of_band):
                score = of_band[band][1].percent if band is not None else None
                weight = combine(by.percent, score, usual[1].percent)
                if weight is not None:
                    rows.append(common | self._prepare_both(stage, band, weight))
        return rows

    def _tell(self, circles, weight):
        """The columns of a weight, and what it was learnt from."""
        learnt = weight.level is not None
        share = circles[weight.level if learnt else -1]
        return {
            "won": share.won,
            "closed": share.closed,
            "weight": float(weight.percent or 0),
            "source": SOURCES[weight.level] if learnt else "host",
        }

    def _prepare_both(self, stage_id, band, weight):
        return {
            "kind": "both",
            "stage_id": stage_id,
            "band": False if band is None else str(band),
            "weight": float(weight),
            "source": "parts",
        }

    @api.model
    def _get_minimum(self):
        # sudo: a number of the set-up that everybody may know
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param("crm_ext_core.forecast_minimum", MINIMUM))

    @api.model
    def _get_learnt_companies(self):
        """The companies of which enough was seen to tell a share."""
        return self.search([("kind", "=", "all"), ("source", "!=", "host")]).company_id

    # ------------------------------------------------------------------ what was seen
    def _closed_query(self, until):
        """The opportunities closed in the two years before the end of a day."""
        pipeline = self.env["crm.forecast.pipeline"]
        return SQL(
            """SELECT lead.id, %s AS company_id, lead.team_id, lead.stage_id,
                      lead.won_status = 'won' AS won, lead.date_closed,
                      lead.crm_score, model.full_score
                 FROM %s
                WHERE lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')
                  AND lead.date_closed >= %s AND lead.date_closed < %s""",
            pipeline._company_sql(),
            pipeline._lead_tables(),
            until - relativedelta(months=HISTORY),
            until + relativedelta(days=1),
        )

    def _passed_query(self, until):
        """One row for each stage that a closed opportunity passed.

        It is taken to have passed the stages of its team up to where it stood (all of
        them when won), and those that its stays tell of (crm.stage.passage).
        """
        field = self.env["crm.stage"]._fields["team_ids"]
        return SQL(
            """SELECT closed.company_id, closed.team_id, closed.won,
                      stage.id AS stage_id
                 FROM (%(closed)s) closed
                 JOIN crm_stage reached ON reached.id = closed.stage_id
                 JOIN crm_stage stage ON NOT COALESCE(stage.is_won, FALSE)
                      AND (stage.sequence <= reached.sequence
                           OR EXISTS (SELECT FROM crm_stage_passage stay
                                       WHERE stay.lead_id = closed.id
                                         AND stay.stage_id = stage.id))
                WHERE NOT EXISTS (SELECT FROM %(rel)s own
                                   WHERE own.%(stage)s = stage.id)
                   OR EXISTS (SELECT FROM %(rel)s own WHERE own.%(stage)s = stage.id
                                 AND own.%(team)s = closed.team_id)""",
            closed=self._closed_query(until),
            rel=SQL.identifier(field.relation),
            stage=SQL.identifier(field.column1),
            team=SQL.identifier(field.column2),
        )

    def _scored_query(self, until):
        """The closed opportunities by the score that they had while open: as a
        snapshot kept it, else as the ledger had it when they were closed."""
        return SQL(
            """SELECT company_id, team_id, won, %(band)s AS band
                 FROM (SELECT closed.*, COALESCE(
                         (SELECT line.score FROM crm_forecast_line line
                           WHERE line.lead_id = closed.id AND line.kind = 'open'
                             AND line.score IS NOT NULL
                             AND line.date <= closed.date_closed
                        ORDER BY line.date DESC LIMIT 1),
                         (SELECT round(sum(points))::integer FROM crm_score_entry entry
                           WHERE entry.lead_id = closed.id
                             AND COALESCE(entry.opened_at, entry.date)
                                 <= closed.date_closed
                             AND (entry.ended_at IS NULL
                                  OR entry.ended_at > closed.date_closed)),
                         closed.crm_score) AS score
                         FROM (%(closed)s) closed) model
                WHERE score IS NOT NULL""",
            band=self.env["crm.forecast.pipeline"]._band_sql(SQL("score")),
            closed=self._closed_query(until),
        )
