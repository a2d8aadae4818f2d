from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.indexation import exact
from ..tools.mrr_scope import Scope


class CrmMrrMove(models.Model):
    """MRR at a date, its bridge and its curve: sums of the ledger, one query each.

    The reader's own rules hold: what one may not see is in no figure.
    """

    _inherit = "crm.mrr.move"

    @api.model
    def _select_moves(self, domain, *names):
        """The moves that the reader may see, as a sub-query of some columns."""
        self.flush_model()
        # compiling one of these queries takes longer than running it, and sums by
        # customer spill to the disk under PostgreSQL's 4 MB
        self.env.cr.execute("SET LOCAL jit = off")
        self.env.cr.execute("SET LOCAL work_mem = '32MB'")
        query = self._search(domain)
        return query.select(*(SQL.identifier(self._table, name) for name in names))

    @api.model
    def _read_mrr(self, scope: Scope, day):
        """MRR at the end of a day."""
        moves = self._select_moves(scope.get_state_domain(day), "amount")
        rows = self.env.execute_query(SQL("SELECT SUM(amount) FROM (%s) moves", moves))
        return exact(rows[0][0] or 0.0)

    @api.model
    def _read_bridge(self, scope: Scope):
        """(opening, {(kind, whether by a price revision): amount} of the period)."""
        moves = self._select_moves(
            scope.get_state_domain(scope.date_to), "date", "kind", "cause", "amount"
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT kind, COALESCE(cause = 'revision', false),
                          SUM(amount) FILTER (WHERE date < %(start)s),
                          SUM(amount) FILTER (WHERE date >= %(start)s)
                     FROM (%(moves)s) moves GROUP BY 1, 2""",
                start=scope.date_from,
                moves=moves,
            )
        )
        opening = sum((exact(row[2] or 0.0) for row in rows), start=exact(0.0))
        return opening, {
            (kind, revised): exact(amount)
            for kind, revised, _before, amount in rows
            if amount
        }

    @api.model
    def _read_curve(self, scope: Scope, months):
        """(MRR before the first month, {(first of month, kind): amount}) of as many
        months up to the end of the period."""
        first = scope.date_to.replace(day=1) - relativedelta(months=months - 1)
        moves = self._select_moves(
            scope.get_state_domain(scope.date_to), "date", "kind", "amount"
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT CASE WHEN date >= %(first)s
                               THEN DATE_TRUNC('month', date)::date END AS month,
                          CASE WHEN date >= %(first)s THEN kind END, SUM(amount)
                     FROM (%(moves)s) moves GROUP BY 1, 2""",
                first=first,
                moves=moves,
            )
        )
        found = {(month, kind): exact(amount or 0.0) for month, kind, amount in rows}
        return found.pop((None, None), exact(0.0)), found
