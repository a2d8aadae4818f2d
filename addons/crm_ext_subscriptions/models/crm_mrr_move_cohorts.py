from odoo import api, models
from odoo.tools import SQL

from ..tools.indexation import exact
from ..tools.mrr_figures import SUSPENSIONS
from ..tools.mrr_scope import Scope

# A customer whose first contract was handed over by another goes on with the other's
# start (root).
HEIRS = """
given AS (
    SELECT partner_id, subscription_id, date, amount FROM moves WHERE kind = 'transfer'
),
heir AS (
    SELECT DISTINCT taker.partner_id, giver.partner_id AS source
      FROM given taker
      JOIN crm_subscription_change change
        ON change.successor_id = taker.subscription_id
      JOIN given giver
        ON giver.subscription_id = change.subscription_id AND giver.amount < 0
     WHERE taker.amount > 0 AND taker.partner_id <> giver.partner_id
       AND NOT EXISTS (
           SELECT FROM moves earlier
            WHERE earlier.partner_id = taker.partner_id
              AND earlier.date < taker.date)
),
chain AS (
    SELECT partner_id, source FROM heir
     UNION
    SELECT heir.partner_id, chain.source
      FROM heir JOIN chain ON chain.partner_id = heir.source
),
root AS (
    SELECT partner_id, MIN(source) AS root FROM chain
     WHERE source NOT IN (SELECT partner_id FROM heir) GROUP BY partner_id
),
mine AS NOT MATERIALIZED (
    SELECT COALESCE(root, partner_id) AS root, partner_id, date, kind, amount
      FROM moves LEFT JOIN root USING (partner_id)
),
"""
# where nobody handed anything over, as in most firms
NO_HEIRS = """
mine AS NOT MATERIALIZED (
    SELECT partner_id AS root, partner_id, date, kind, amount FROM moves
),
"""
# A month counts by its end; who gave all away by transfer is not lost. Whether somebody
# is kept can change only where something was taken away: few, followed by month.
COHORTS = """
WITH RECURSIVE moves AS NOT MATERIALIZED (%(moves)s),
%(heirs)s
customer AS MATERIALIZED (
    SELECT root, BOOL_OR(amount < 0) AS fell,
           DATE_TRUNC('month', MIN(date) FILTER (WHERE amount > 0)::timestamp)::date
           AS first
      FROM mine WHERE kind NOT IN %(held)s GROUP BY root
),
monthly AS (
    SELECT root, DATE_TRUNC('month', date::timestamp)::date AS month,
           SUM(amount) AS held,
           COALESCE(SUM(amount) FILTER (WHERE kind = 'transfer'), 0) AS passed
      FROM mine JOIN customer USING (root)
     WHERE fell AND kind NOT IN %(held)s
  GROUP BY 1, 2
),
level AS (
    SELECT *, SUM(held) OVER (PARTITION BY root ORDER BY month) AS level FROM monthly
),
kept AS (
    SELECT root, month, (level > 0 OR passed < 0 AND held >= passed)::int AS kept
      FROM level
),
step AS (
    SELECT root, month,
           kept - COALESCE(LAG(kept) OVER (PARTITION BY root ORDER BY month), 0) AS more
      FROM kept
),
started AS MATERIALIZED (
    SELECT root, MIN(month) AS start FROM step WHERE more = 1 GROUP BY root
     UNION ALL
    SELECT root, first FROM customer WHERE NOT fell AND first IS NOT NULL
)
"""
# customers by month, then revenue by day: its months are told of few rows, not of all
CHANGES = """
SELECT start, month, SUM(more), SUM(amount) FROM (
    SELECT start, month, more, 0 AS amount
      FROM step JOIN started USING (root) WHERE more <> 0
     UNION ALL
    SELECT first, first, COUNT(*), 0 FROM customer
     WHERE NOT fell AND first IS NOT NULL GROUP BY first
     UNION ALL
    SELECT start, DATE_TRUNC('month', date::timestamp)::date, 0, amount
      FROM (SELECT start, date, SUM(amount) AS amount
              FROM mine JOIN started USING (root) GROUP BY start, date) days
    ) changes GROUP BY start, month
"""


class CrmMrrMove(models.Model):
    """Cohorts: the customers by the month in which they started."""

    _inherit = "crm.mrr.move"

    _transfer_idx = models.Index(
        "(company_id, subscription_id) WHERE kind = 'transfer'"
    )

    @api.model
    def _with_cohorts(self, scope: Scope):
        self.env["crm.subscription.change"].flush_model()
        names = ("partner_id", "subscription_id", "date", "kind", "amount")
        moved = [*scope.get_state_domain(scope.date_to), ("kind", "=", "transfer")]
        return SQL(
            COHORTS,
            moves=self._select_moves(scope.get_state_domain(scope.date_to), *names),
            heirs=SQL(HEIRS if self.search_count(moved, limit=1) else NO_HEIRS),
            held=SUSPENSIONS,
        )

    @api.model
    def _read_cohorts(self, scope: Scope):
        """(start month, month, customers more or less, MRR more or less)."""
        rows = self.env.execute_query(
            SQL("%s %s", self._with_cohorts(scope), SQL(CHANGES))
        )
        return [
            (start, month, int(more), exact(amount))
            for start, month, more, amount in rows
        ]

    @api.model
    def _find_cohort(self, scope: Scope, month):
        """The customers who started in a month, with those who took over from them."""
        rows = self.env.execute_query(
            SQL(
                """%s SELECT DISTINCT partner_id
                     FROM mine JOIN started USING (root) WHERE start = %s""",
                self._with_cohorts(scope),
                month,
            )
        )
        return [partner for (partner,) in rows]
