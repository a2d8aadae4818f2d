from odoo import api, models
from odoo.tools import SQL

from ..tools.indexation import exact
from ..tools.mrr_figures import SUSPENSIONS
from ..tools.mrr_scope import Scope

# A customer whose first contract was handed over by another goes on with the other's
# start (root). A month counts by its end; who gave all away by transfer is not lost.
COHORTS = """
WITH RECURSIVE moves AS MATERIALIZED (%(moves)s),
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
monthly AS (
    SELECT COALESCE(root, partner_id) AS root,
           DATE_TRUNC('month', date)::date AS month,
           SUM(amount) AS amount,
           COALESCE(SUM(amount) FILTER (WHERE kind NOT IN %(held)s), 0) AS held,
           COALESCE(SUM(amount) FILTER (WHERE kind = 'transfer'), 0) AS passed
      FROM moves LEFT JOIN root USING (partner_id)
  GROUP BY 1, 2
),
level AS (
    SELECT *, SUM(held) OVER (PARTITION BY root ORDER BY month) AS level FROM monthly
),
kept AS (
    SELECT root, month, amount,
           (level > 0 OR passed < 0 AND held >= passed)::int AS kept
      FROM level
),
change AS (
    SELECT root, month, amount,
           kept - COALESCE(LAG(kept) OVER mine, 0) AS more,
           MIN(month) FILTER (WHERE kept = 1) OVER whole AS start
      FROM kept
    WINDOW mine AS (PARTITION BY root ORDER BY month),
           whole AS (PARTITION BY root)
)
"""


class CrmMrrMove(models.Model):
    """Cohorts: the customers by the month in which they started."""

    _inherit = "crm.mrr.move"

    @api.model
    def _with_cohorts(self, scope: Scope):
        names = ("partner_id", "subscription_id", "date", "kind", "amount")
        return SQL(
            COHORTS,
            moves=self._select_moves(scope.get_state_domain(scope.date_to), *names),
            held=SUSPENSIONS,
        )

    @api.model
    def _read_cohorts(self, scope: Scope):
        """(start month, month, customers more or less, MRR more or less)."""
        self.env["crm.subscription.change"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """%s SELECT start, month, SUM(more), SUM(amount) FROM change
                    WHERE start IS NOT NULL GROUP BY 1, 2""",
                self._with_cohorts(scope),
            )
        )
        return [
            (start, month, int(more), exact(amount))
            for start, month, more, amount in rows
        ]

    @api.model
    def _find_cohort(self, scope: Scope, month):
        """The customers who started in a month, with those who took over from them."""
        self.env["crm.subscription.change"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """%s SELECT DISTINCT moves.partner_id FROM moves
                     LEFT JOIN root USING (partner_id)
                     JOIN change ON change.root = COALESCE(root.root, moves.partner_id)
                    WHERE start = %s""",
                self._with_cohorts(scope),
                month,
            )
        )
        return [partner for (partner,) in rows]
