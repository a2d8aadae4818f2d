from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.forecast import Outcome, measure

AHEAD = 6  # months


class CrmForecastAccuracy(models.Model):
    """What was forecast for a month, so many months before, beside what was won in it.

    Not a table: made when it is read, of the snapshots and the opportunities that the
    reader may see. Of each month its first snapshot counts. Amounts are the company's;
    where the reader looks at companies of several currencies, forecast and result are
    both told in the reference currency at the rate of the snapshot.
    """

    _name = "crm.forecast.accuracy"
    _description = "Accuracy of past forecasts"
    _auto = False
    _order = "month desc, horizon, method, id"
    _rec_name = "month"

    level = fields.Selection(
        [("all", "Everything"), ("team", "Each team"), ("user", "Each salesperson")],
        string="Counted for",
        readonly=True,
    )
    team_id = fields.Many2one("crm.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    month = fields.Date(string="Closing month", readonly=True)
    horizon = fields.Integer(
        string="Months before",
        readonly=True,
        aggregator=None,
        help="0: forecast at the beginning of the month itself.",
    )
    ahead = fields.Selection(
        [(str(number), f"{number}") for number in range(AHEAD + 1)],
        string="Made, months before",
        readonly=True,
    )
    method = fields.Selection(
        [
            ("host", "By probability"),
            ("stage", "By stage"),
            ("score", "By score"),
            ("both", "By stage and score"),
        ],
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    complete = fields.Boolean(
        string="Month is over", readonly=True, help="The running month may still bring."
    )
    forecast = fields.Monetary(readonly=True)
    actual = fields.Monetary(string="Won", readonly=True)
    error = fields.Monetary(
        string="Forecast less won",
        readonly=True,
        help="Above zero: too much was promised.",
    )
    error_percent = fields.Float(
        string="Bias (%)",
        readonly=True,
        aggregator="avg",
        help="The error in percent of what was won: above zero, too much was promised. "
        "Empty for a month that brought nothing.",
    )
    miss_percent = fields.Float(
        string="Mean error (%)",
        readonly=True,
        aggregator="avg",
        help="The same without its sign (MAPE): how far off a forecast is.",
    )

    @property
    def _table_query(self):
        pipeline = self.env["crm.forecast.pipeline"]
        pipeline._flush_forecast()
        currencies = self.env.companies.currency_id
        rate = SQL("rate") if len(currencies) > 1 else SQL("1")
        return SQL(
            """WITH pair AS (%(pairs)s), told AS (
                 SELECT CASE GROUPING(team_id, user_id) WHEN 3 THEN 'all'
                             WHEN 1 THEN 'team' ELSE 'user' END AS level,
                        team_id, user_id, month, horizon, method, currency,
                        sum(round(forecast * %(rate)s, 2)) AS forecast,
                        sum(round(actual * %(rate)s, 2)) AS actual
                   FROM pair CROSS JOIN LATERAL
                        (VALUES ('host', host), ('stage', stage), ('score', score),
                                ('both', both_)) way (method, forecast)
                  WHERE NOT (rebuilt AND method = 'host')
               GROUP BY GROUPING SETS (
                        (month, horizon, method, currency),
                        (month, horizon, method, currency, team_id),
                        (month, horizon, method, currency, user_id)))
               SELECT row_number() OVER (ORDER BY month, horizon, method, level,
                                                  team_id, user_id, currency) AS id,
                      level, team_id, user_id, month, horizon,
                      horizon::varchar AS ahead, method, currency AS currency_id,
                      month < %(month)s AS complete, forecast, actual,
                      forecast - actual AS error,
                      (100 * (forecast - actual) / NULLIF(actual, 0))::float8
                        AS error_percent,
                      (100 * abs(forecast - actual) / NULLIF(actual, 0))::float8
                        AS miss_percent
                 FROM told""",
            pairs=self._pair_query(len(currencies) > 1),
            rate=rate,
            month=fields.Date.context_today(self).replace(day=1),
        )

    def _pair_query(self, several):
        """Forecast and result of each team and salesperson, month by month ahead."""
        return SQL(
            """WITH span AS (%(span)s),
                    line AS (%(lines)s),
                    won AS (%(won)s)
               SELECT span.rate, span.currency, span.rebuilt, span.horizon, span.month,
                      team_id, user_id, host, stage, score, both_, 0::numeric AS actual
                 FROM span JOIN line ON line.snapshot_id = span.id
                                    AND line.month = span.month
                UNION ALL
               SELECT span.rate, span.currency, span.rebuilt, span.horizon, span.month,
                      team_id, user_id, 0, 0, 0, 0, actual
                 FROM span JOIN won ON won.company_id = span.company_id
                                   AND won.month = span.month""",
            span=self._span_query(several),
            lines=self._line_query(),
            won=self._actual_query(),
        )

    def _span_query(self, several):
        """The first snapshot of each month, with each month that it looked ahead to."""
        return SQL(
            """SELECT made.*, horizon,
                      (made.month_made + horizon * interval '1 month')::date AS month
                 FROM (SELECT DISTINCT ON (company_id, date_trunc('month', date))
                              id, company_id, rate::numeric AS rate, rebuilt,
                              %(currency)s AS currency,
                              date_trunc('month', date)::date AS month_made
                         FROM crm_forecast_snapshot
                        WHERE company_id = ANY(%(companies)s)
                     ORDER BY company_id, date_trunc('month', date), date) made
           CROSS JOIN generate_series(0, %(ahead)s) horizon
                WHERE made.month_made + horizon * interval '1 month' <= %(today)s""",
            currency=SQL("reference_id") if several else SQL("currency_id"),
            companies=self.env.companies.ids,
            ahead=AHEAD,
            today=fields.Date.context_today(self),
        )

    def _line_query(self):
        mine = self.env["crm.forecast.line"]._search([("month", "!=", False)])
        return SQL(
            """SELECT snapshot_id, month, team_id, user_id, sum(host_revenue) AS host,
                      sum(stage_revenue) AS stage, sum(score_revenue) AS score,
                      sum(both_revenue) AS both_
                 FROM (%s) mine GROUP BY snapshot_id, month, team_id, user_id""",
            mine.select(
                *(
                    SQL.identifier(mine.table, name)
                    for name in (
                        "snapshot_id", "month", "team_id", "user_id", "host_revenue",
                        "stage_revenue", "score_revenue", "both_revenue",
                    )
                )
            ),
        )  # fmt: skip

    def _actual_query(self):
        """What was won in each month since the first snapshot."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        mine = leads._search([("type", "=", "opportunity"), ("won_status", "=", "won")])
        first = SQL(
            "(SELECT date_trunc('month', min(date))::date FROM crm_forecast_snapshot)"
        )
        return SQL(
            """SELECT company_id, date_trunc('month', deadline)::date AS month,
                      team_id, user_id, sum(revenue) AS actual
                 FROM (%s) won WHERE lead_id IN (%s) GROUP BY 1, 2, 3, 4""",
            self.env["crm.forecast.pipeline"]._won_query(first),
            mine.select(),
        )

    # ------------------------------------------------------------------ for clients
    @api.model
    @api.readonly
    def get_accuracy(self, months=12):
        """How good past forecasts were, by method and by months ahead.

        :param int months: how many complete months to look back on
        """
        this_month = fields.Date.context_today(self).replace(day=1)
        rows = self.search(
            [
                ("level", "=", "all"),
                ("complete", "=", True),
                ("month", ">=", this_month - relativedelta(months=months)),
            ]
        )
        outcomes = defaultdict(list)
        for row in rows:
            outcome = Outcome(Decimal(str(row.forecast)), Decimal(str(row.actual)))
            outcomes[row.method, row.horizon].append(outcome)
        return [
            {"method": method, "months_before": horizon}
            | self._to_dict(measure(outcomes[method, horizon]))
            for method, horizon in sorted(outcomes)
        ]

    @api.model
    def _to_dict(self, accuracy):
        """Percentages are empty when nothing was won in any of the months."""

        def number(value):
            return False if value is None else float(value)

        return {
            "months": accuracy.months,
            "forecast": number(accuracy.forecast),
            "won": number(accuracy.actual),
            "bias": number(accuracy.bias),
            "bias_percent": number(accuracy.bias_percent),
            "mape": number(accuracy.mape),
        }

    def action_open_lines(self):
        """The opportunities that the forecast was made of."""
        self.ensure_one()
        made = self.month - relativedelta(months=self.horizon)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_core.crm_forecast_line_action"
        )
        first = self.env["crm.forecast.snapshot"].search(
            [
                ("date", ">=", made),
                ("date", "<", made + relativedelta(months=1)),
            ],
            order="date",
        )
        firsts = [group[0].id for group in first.grouped("company_id").values()]
        domain = [("snapshot_id", "in", firsts), ("month", "=", self.month)]
        if self.level == "team":
            domain.append(("team_id", "=", self.team_id.id))
        elif self.level == "user":
            domain.append(("user_id", "=", self.user_id.id))
        return action | {"domain": domain}
