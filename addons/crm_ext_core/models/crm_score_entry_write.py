from odoo import models
from odoo.tools import SQL

from .crm_score_model import ENGAGEMENT_STEPS, GRADE_STEPS

SCORED = (
    "crm_score", "crm_score_fit", "crm_score_engagement", "crm_score_model_id",
    "crm_score_grade",
)  # fmt: skip


class CrmScoreEntry(models.Model):
    """What a refresh writes: new and moved entries, and the scores that changed."""

    _inherit = "crm.score.entry"

    def _opened_query(self, now):
        return SQL(
            """INSERT INTO crm_score_entry (lead_id, model_id, rule_id, event_id, date,
                                            opened_at, points, fades_at)
               SELECT lead_id, model_id, rule_id, NULLIF(event_id, 0), date, %s, gives,
                      fades_at FROM parts WHERE entry_id IS NULL
             ORDER BY lead_id, rule_id, event_id
               ON CONFLICT (lead_id, rule_id, COALESCE(event_id, 0))
                     WHERE ended_at IS NULL DO NOTHING""",
            now,
        )

    def _moved_query(self, among):
        return SQL(
            """UPDATE crm_score_entry entry
                  SET points = parts.gives, fades_at = parts.fades_at
                 FROM parts WHERE entry.id = parts.entry_id AND %s
                  AND (parts.had, parts.faded_at)
                      IS DISTINCT FROM (parts.gives, parts.fades_at)""",
            among(SQL("entry.lead_id")),
        )

    def _totals_query(self, published, among, now):
        """Only leads whose score changes are written: a quiet base costs no write."""
        values = [
            *(SQL.identifier("new", name) for name in SCORED[:-1]),
            self._grade_case(published),
        ]
        return SQL(
            """UPDATE crm_lead lead
                  SET (%(columns)s, crm_score_date)
                      = ROW(%(values)s, %(now)s::timestamp)
                 FROM (%(sums)s) AS new
                WHERE lead.id = new.lead_id AND %(leads)s
                  AND (%(old)s) IS DISTINCT FROM (%(values)s)
            RETURNING lead.id""",
            columns=SQL(", ").join(map(SQL.identifier, SCORED)),
            values=SQL(", ").join(values),
            now=now,
            sums=self._sums_query(),
            leads=among(SQL("lead.id")),
            old=SQL(", ").join(SQL.identifier("lead", name) for name in SCORED),
        )

    def _sums_query(self):
        """The score of each lead, empty where no model scores it."""
        return SQL(
            """SELECT lead_id, max(model_id) AS crm_score_model_id,
                      %s AS crm_score, %s AS crm_score_fit, %s AS crm_score_engagement
                 FROM (SELECT lead_id, model_id, NULL::integer AS worth,
                              NULL::integer AS dimension
                         FROM wanted WHERE rule_id = 0
                       UNION ALL
                       SELECT lead_id, NULL, worth, dimension FROM parts) AS told
             GROUP BY lead_id""",
            _sum(SQL("TRUE")),
            _sum(SQL("dimension = 0")),
            _sum(SQL("dimension = 1")),
        )

    def _grade_case(self, published):
        """The cell of the matrix, by the steps of the lead's model."""
        cases = [
            SQL(
                "WHEN %s THEN %s || %s",
                model.id,
                _steps("crm_score_fit", "ABCD", [model[name] for name in GRADE_STEPS]),
                _steps(
                    "crm_score_engagement",
                    "1234",
                    [model[name] for name in ENGAGEMENT_STEPS],
                ),
            )
            for model in published
        ]
        if not cases:
            return SQL("NULL")
        return SQL("CASE new.crm_score_model_id %s END", SQL(" ").join(cases))


def _sum(condition):
    return SQL(
        """CASE WHEN max(model_id) > 0 THEN COALESCE(round(sum(worth)
           FILTER (WHERE %s) / 10.0), 0)::integer END""",
        condition,
    )


def _steps(column, names, steps):
    whens = [
        SQL("WHEN %s >= %s THEN %s", SQL.identifier("new", column), step, name)
        for name, step in zip(names, steps, strict=False)
    ]
    return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), names[-1])
