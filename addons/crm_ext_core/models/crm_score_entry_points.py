from odoo import models
from odoo.tools import SQL


class CrmScoreEntry(models.Model):
    """What each contribution counts for, in SQL, as tools/scoring.py says it."""

    _inherit = "crm.score.entry"

    def _merged_query(self, among):
        """What is wanted and what is open, together: one row for each."""
        return SQL(
            """SELECT lead_id, rule_id, event_id, max(model_id) AS model_id,
                      bool_or(entry_id IS NULL) AS holds, max(entry_id) AS entry_id,
                      min(date) AS date, max(had) AS had, max(faded_at) AS faded_at
                 FROM (SELECT *, NULL::integer AS entry_id, NULL::numeric AS had,
                              NULL::timestamp AS faded_at FROM wanted WHERE rule_id > 0
                       UNION ALL
                       SELECT lead_id, model_id, rule_id, COALESCE(event_id, 0), date,
                              id, points, fades_at
                         FROM crm_score_entry WHERE %s AND ended_at IS NULL) AS told
             GROUP BY lead_id, rule_id, event_id""",
            among(SQL("lead_id")),
        )

    def _worth_query(self, published, now):
        """What each is worth today, and when next it is worth less."""
        return SQL(
            """SELECT *,
                      CASE WHEN floor THEN NULL
                           WHEN expiry > 0 AND days < expiry
                           THEN date + expiry * interval '1 day'
                           WHEN half_life > 0 AND worth <> 0
                           THEN date + (floor(days / half_life) + 1) * half_life
                                * interval '1 day' END AS fades_at
                 FROM (SELECT *,
                        CASE WHEN floor OR (expiry > 0 AND days >= expiry) THEN 0
                             WHEN half_life > 0
                             THEN (sign(points) * floor(abs(points)
                                   * power(0.5::float8, days / half_life)
                                   + 0.5))::integer
                             ELSE points END AS worth
                         FROM (SELECT *, GREATEST(extract(epoch FROM %s - date), 0)
                                         ::float8 / 86400 AS days
                                 FROM merged JOIN (VALUES %s) AS rules
                                      (rule_id, points, pool, cap, half_life, expiry,
                                       dimension, most, floor) USING (rule_id)
                                WHERE holds) AS aged) AS valued""",
            now,
            self._rule_rows(published),
        )

    def _rule_rows(self, published):
        """What each rule is worth, in tenths of a point."""
        rows = [
            SQL("(%s, %s)", rule.id, columns)
            for model in published
            for rule, columns in model._to_columns().items()
        ]
        # VALUES needs a row: this one matches nothing
        nothing = SQL("(0, 0, 0, NULL::integer, 0, 0, 0, NULL::integer, FALSE)")
        return SQL(", ").join(rows or [nothing])

    def _capped_queries(self, published):
        """`parts`: what each counts for after caps of groups, dimensions, floors."""
        rules = published.rule_ids
        stages, last = [], "worth"
        if any(rules.mapped("cap")):
            stages.append(self._capped_query("pooled", last, "pool", "cap"))
            last = "pooled"
        if any(published.mapped("fit_cap") + published.mapped("engagement_cap")):
            stages.append(self._capped_query("bounded", last, "dimension", "most"))
            last = "bounded"
        if "floor" in rules.mapped("kind"):
            stages.append(self._floor_query(last))
            last = "floored"
        parts = SQL(
            "parts AS (SELECT *, worth / 10.0 AS gives FROM %s)", SQL.identifier(last)
        )
        return SQL(", ").join([*stages, parts])

    def _capped_query(self, name, source, key, limit):
        """Running sums within +/- their limit; each counts for the difference."""
        others = [column for column in ("lead_id", "rule_id", "event_id", "model_id")]
        others += ["entry_id", "date", "points", "dimension", "most", "floor"]
        others += ["had", "faded_at", "fades_at"]
        return SQL(
            """%(name)s AS (
               SELECT %(others)s, CASE WHEN %(limit)s IS NULL THEN worth ELSE
                      GREATEST(LEAST(total, %(limit)s), -%(limit)s)
                      - GREATEST(LEAST(total - worth, %(limit)s), -%(limit)s)
                      END::integer AS worth
                 FROM (SELECT *, sum(worth) OVER (PARTITION BY lead_id, %(key)s
                              ORDER BY date, rule_id, event_id
                              ROWS UNBOUNDED PRECEDING) AS total
                         FROM %(source)s) AS summed)""",
            name=SQL.identifier(name),
            others=SQL(", ").join(map(SQL.identifier, others)),
            limit=SQL.identifier(limit),
            key=SQL.identifier(key),
            source=SQL.identifier(source),
        )

    def _floor_query(self, source):
        """The highest floor of a dimension adds what is missing to it."""
        return SQL(
            """floored AS (
               SELECT lead_id, rule_id, event_id, model_id, entry_id, date, dimension,
                      had, faded_at, fades_at,
                      CASE WHEN floor AND rank = 1
                           THEN GREATEST(points - COALESCE(gained, 0), 0)::integer
                           ELSE worth END AS worth
                 FROM (SELECT *, sum(GREATEST(worth, 0)) OVER (PARTITION BY lead_id,
                              dimension) AS gained,
                              row_number() OVER (PARTITION BY lead_id, dimension, floor
                              ORDER BY points DESC, rule_id) AS rank
                         FROM %s) AS ranked)""",
            SQL.identifier(source),
        )
