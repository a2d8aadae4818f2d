from odoo import api, models
from odoo.tools import SQL

from ..tools.mrr_figures import LOST, SUSPENSIONS
from ..tools.mrr_scope import Scope

# What each customer held at the start and at the end of a period. A pause holds back
# and ends nothing. On the day that ended it all: who handed the last of it over to
# another customer (given), closed for a reason that is no loss (stays) or went on free
# of charge (free) is not lost.
STATES = """
WITH moves AS NOT MATERIALIZED (%(moves)s),
sums AS (
    SELECT %(keys)s,
           COALESCE(SUM(amount) FILTER (
               WHERE date < %(start)s AND kind NOT IN %(held)s), 0) AS held_start,
           COALESCE(SUM(amount) FILTER (
               WHERE date < %(start)s AND kind IN %(held)s), 0) AS paused_start,
           COALESCE(SUM(amount) FILTER (
               WHERE date >= %(start)s AND kind NOT IN %(held)s), 0) AS held_moved,
           COALESCE(SUM(amount) FILTER (
               WHERE date >= %(start)s AND kind IN %(held)s), 0) AS paused_moved,
           COALESCE(-SUM(amount) FILTER (
               WHERE date >= %(start)s AND kind IN %(lost)s), 0) AS taken,
           COALESCE(SUM(amount) FILTER (
               WHERE date >= %(start)s AND kind = 'exchange'), 0) AS exchanged,
           COALESCE(SUM(amount) FILTER (
               WHERE date >= %(start)s AND kind IN ('new', 'reactivation')), 0) AS won,
           COALESCE(SUM(amount) FILTER (
               WHERE date >= %(start)s AND kind = 'transfer'), 0) AS received
      FROM moves
  GROUP BY %(keys)s
),
state AS (
    SELECT %(keys)s, taken, received, held_start,
           held_start + paused_start AS mrr_start,
           held_start + held_moved AS held_end,
           held_start + paused_start + held_moved + paused_moved AS mrr_end,
           held_moved + paused_moved - exchanged AS moved,
           held_moved + paused_moved - exchanged - won AS inherited
      FROM sums
),
ending AS (
    SELECT DISTINCT ON (%(keys)s) %(keys)s, date, given, stays, free
      FROM (
            SELECT %(keys)s, date,
                   COALESCE(SUM(amount) FILTER (WHERE cause = 'transfer'), 0) < 0
                   AND COALESCE(SUM(amount) FILTER (WHERE cause <> 'transfer'), 0) >= 0
                   AS given,
                   COALESCE(BOOL_AND(NOT is_loss) FILTER (WHERE amount < 0), false)
                   AS stays,
                   COALESCE(BOOL_AND(cause IN %(free)s) FILTER (WHERE amount < 0),
                            false) AS free
              FROM moves JOIN state USING (%(keys)s)
         LEFT JOIN crm_subscription_change change ON change.id = change_id
         LEFT JOIN crm_close_reason reason ON reason.id = change.close_reason_id
             WHERE held_start > 0 AND held_end <= 0 AND moves.date >= %(start)s
               AND moves.kind NOT IN %(held)s
          GROUP BY %(keys)s, date HAVING SUM(amount) <> 0
           ) days
  ORDER BY %(keys)s, date DESC
),
customer AS (
    SELECT state.*, ending.date AS date_left,
           CASE WHEN held_start <= 0 AND held_end <= 0 THEN 'gone'
                WHEN held_end <= 0 AND (given OR stays) THEN 'transferred'
                WHEN held_end <= 0 AND free THEN 'free'
                WHEN held_end <= 0 THEN 'lost'
                WHEN mrr_end <= 0 THEN 'paused'
                WHEN held_start <= 0 THEN 'new'
                ELSE 'kept' END AS status,
           held_start > 0 AS at_start,
           CASE WHEN held_start > 0 THEN moved
                WHEN received > 0 THEN inherited ELSE 0 END AS retained,
           CASE WHEN held_start > 0 OR received > 0 THEN taken ELSE 0 END AS given_up
      FROM state LEFT JOIN ending USING (%(keys)s)
)
"""
# causes that leave a contract running at no price
FREE = ("discount", "price", "pricelist", "trial")
TOTALS = """
       COUNT(*) FILTER (WHERE at_start) AS start,
       COUNT(*) FILTER (WHERE at_start AND status = 'lost') AS lost,
       COUNT(*) FILTER (WHERE mrr_end > 0) AS paying,
       COALESCE(SUM(mrr_start), 0) AS opening,
       COALESCE(SUM(given_up), 0) AS given_up,
       COALESCE(SUM(retained), 0) AS retained
"""


class CrmMrrMove(models.Model):
    """Customers at the start of a period, and what became of them (churn)."""

    _inherit = "crm.mrr.move"

    # read in the order of customers, without the table
    _customer_idx = models.Index(
        "(company_id, partner_id, date) INCLUDE (kind, amount, known_at, product_id)"
    )

    @api.model
    def _with_customers(self, scope: Scope, *keys):
        """The query that others select from: a row a customer (and product)."""
        names = ("partner_id", "product_id", "change_id")
        names += ("date", "kind", "cause", "amount")
        self.env["crm.subscription.change"].flush_model()
        return SQL(
            STATES,
            moves=self._select_moves(scope.get_state_domain(scope.date_to), *names),
            keys=SQL(", ").join(map(SQL.identifier, keys or ("partner_id",))),
            start=scope.date_from,
            held=SUSPENSIONS,
            lost=LOST,
            free=FREE,
        )

    @api.model
    def _read_customers(self, scope: Scope):
        """Totals of the period: {start, lost, paying, opening, given_up, retained}."""
        customers = self._with_customers(scope)
        self.env.cr.execute(SQL("%s SELECT %s FROM customer", customers, SQL(TOTALS)))
        return self.env.cr.dictfetchone()

    @api.model
    def _read_customers_by_product(self, scope: Scope):
        """The same for each product that somebody held."""
        customers = self._with_customers(scope, "partner_id", "product_id")
        self.env.cr.execute(
            SQL(
                """%s SELECT product_id, %s FROM customer
                    WHERE status <> 'gone' GROUP BY product_id ORDER BY opening DESC""",
                customers,
                SQL(TOTALS),
            )
        )
        return self.env.cr.dictfetchall()
