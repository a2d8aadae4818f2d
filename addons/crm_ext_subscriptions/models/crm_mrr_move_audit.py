from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding

# What each line is worth from each day on, reckoned from the contracts alone: the last
# terms of a day hold, nothing after the term; half a unit is rounded up.
CONTRACTS = """
    terms AS (
        SELECT DISTINCT ON (line.id, day.day)
               line.id AS line, sub.company_id AS company,
               sub.currency_id = company.currency_id AS is_own, day.day,
               version.quantity * version.price_unit
               * (100 - COALESCE(version.discount, 0))
               * CASE sub.unit WHEN 'day' THEN 365 WHEN 'week' THEN 52
                      WHEN 'month' THEN 12 WHEN 'quarter' THEN 4 ELSE 1 END AS price,
               1200 * sub.interval * currency.rounding AS unit, currency.rounding,
               sub.date_term AS term
          FROM crm_subscription_line_version version
          JOIN crm_subscription_line line ON line.id = version.line_id
          JOIN crm_subscription sub ON sub.id = line.subscription_id
          JOIN res_company company ON company.id = sub.company_id
          JOIN res_currency currency ON currency.id = sub.currency_id,
               LATERAL (SELECT GREATEST(version.date_from, line.date_from,
                                        sub.date_start)) day(day)
         WHERE line.line_type = 'recurring' AND line.display_type IS NULL
           AND sub.state <> 'draft' AND line.id NOT IN %(odd)s
           AND (sub.date_term IS NULL OR day.day <= sub.date_term)
      ORDER BY line.id, day.day, version.date_from DESC, version.id DESC
    ), worth AS (
        SELECT line, company, is_own, day, term,
               sign(price) * div(2 * abs(price) + unit, 2 * unit) * rounding AS value
          FROM terms
    ), steps AS (
        SELECT line, company, is_own, day,
               value - lag(value, 1, 0) OVER (PARTITION BY line ORDER BY day) AS step
          FROM worth
         UNION ALL
        SELECT line, company, is_own, term + 1, -value
          FROM (SELECT DISTINCT ON (line) * FROM worth ORDER BY line, day DESC) AS ended
         WHERE term IS NOT NULL
    )
"""

RATES = """
       WITH days AS (
           SELECT line_id, date, sum(amount) AS amount,
                  sum(amount_currency) AS own
             FROM crm_mrr_move
            WHERE line_currency_id <> currency_id GROUP BY line_id, date
       ), agenda AS (
           SELECT line_id, date, amount, own FROM days
            UNION ALL
           SELECT first.line_id, stated.month, 0, 0
             FROM (SELECT line_id, min(date) AS date FROM days
                GROUP BY line_id) AS first
             JOIN crm_subscription_line line ON line.id = first.line_id
             JOIN crm_subscription sub ON sub.id = line.subscription_id
             JOIN crm_mrr_rate stated ON stated.company_id = sub.company_id
              AND stated.currency_id = sub.currency_id
             JOIN crm_mrr_account customer
               ON customer.company_id = sub.company_id
              AND customer.partner_id = sub.commercial_partner_id
            WHERE stated.month > first.date
              AND stated.month <= customer.known_at
       ), sums AS (
           SELECT line_id, date,
                  sum(sum(amount)) OVER life AS amount,
                  sum(sum(own)) OVER life AS own
             FROM agenda GROUP BY line_id, date
           WINDOW life AS (PARTITION BY line_id ORDER BY date)
       )
       SELECT DISTINCT line.id
         FROM sums
         JOIN crm_subscription_line line ON line.id = sums.line_id
         JOIN crm_subscription sub ON sub.id = line.subscription_id
         JOIN res_company company ON company.id = sub.company_id
         JOIN res_currency own ON own.id = company.currency_id
         JOIN crm_mrr_account customer
           ON customer.company_id = sub.company_id
          AND customer.partner_id = sub.commercial_partner_id
    LEFT JOIN crm_mrr_rate stated ON stated.company_id = sub.company_id
          AND stated.currency_id = sub.currency_id
          AND stated.month = date_trunc(
              'month', LEAST(sums.date, customer.known_at))
        WHERE sums.amount IS DISTINCT FROM
              round(sums.own * COALESCE(stated.rate, 0) / own.rounding)
              * own.rounding
"""


class CrmMrrMove(models.Model):
    """The nightly proof that the ledger is what the contracts say."""

    _inherit = "crm.mrr.move"

    @api.model
    def _audit_lines(self):
        """Lines whose moves are not, on some day, what their terms say."""
        odd = self._find_odd_lines()
        rows = self._query(
            SQL(
                """WITH """
                + CONTRACTS
                + """
                   SELECT DISTINCT line FROM (
                       SELECT line FROM (
                           SELECT line, day, step FROM steps
                            UNION ALL
                           SELECT line_id, date, -amount_currency FROM crm_mrr_move
                            WHERE line_id NOT IN %(odd)s
                       ) AS pairs(line, day, step)
                     GROUP BY line, day HAVING sum(step) <> 0) AS broken
                 ORDER BY line""",
                odd=tuple(odd) or (0,),
            )
        )
        return self._tell_lines([row[0] for row in rows] + self._check_odd_lines(odd))

    @api.model
    def _audit_days(self):
        """Days whose MRR, in the company's currency, is not that of the contracts."""
        odd = self._find_odd_lines()
        rows = self._query(
            SQL(
                """WITH """
                + CONTRACTS
                + """, own AS (
                       SELECT company, day, sum(step) AS step FROM steps
                        WHERE is_own GROUP BY company, day
                   ), ledger AS (
                       SELECT company_id AS company, date AS day, sum(amount) AS moved
                         FROM crm_mrr_move
                        WHERE line_currency_id = currency_id AND line_id NOT IN %(odd)s
                     GROUP BY company_id, date
                   )
                   SELECT day FROM (
                       SELECT company, day,
                              sum(COALESCE(step, 0)) OVER life AS mrr,
                              sum(COALESCE(moved, 0)) OVER life AS known
                         FROM own FULL JOIN ledger USING (company, day)
                       WINDOW life AS (PARTITION BY company ORDER BY day)) AS days
                    WHERE mrr <> known ORDER BY day""",
                odd=tuple(odd) or (0,),
            )
        )
        detail = ", ".join(str(row[0]) for row in rows[:10])
        return AuditFinding(broken=len(rows), detail=detail)

    @api.model
    def _audit_rates(self):
        """Foreign lines that are not worth, on some day, their value at the rate."""
        rows = self._query(SQL(RATES))
        return self._tell_lines([row[0] for row in rows])

    @api.model
    def _audit_transfers(self):
        """Changes whose transfers do not net to zero."""
        rows = self._query(
            SQL(
                """SELECT COALESCE(change_id, 0) FROM crm_mrr_move
                    WHERE kind = 'transfer' AND withdrawn IS NOT TRUE
                 GROUP BY change_id
                   HAVING sum(amount) <> 0 OR sum(amount_currency) <> 0"""
            )
        )
        ids = tuple(row[0] for row in rows)
        return AuditFinding(len(ids), res_model="crm.subscription.change", res_ids=ids)

    @api.model
    def _audit_pauses(self):
        """Churn of a customer of whom something is paused on that day."""
        rows = self._query(
            SQL(
                """WITH held AS (
                       SELECT company_id, partner_id, line_id, date,
                              sum(CASE WHEN (kind = 'pause') = (counter IS NOT TRUE)
                                       THEN 1 ELSE -1 END) AS pauses
                         FROM crm_mrr_move WHERE kind IN ('pause', 'resume')
                     GROUP BY company_id, partner_id, line_id, date
                   ), lost AS (
                       SELECT max(id) AS id, company_id, partner_id, date
                         FROM crm_mrr_move WHERE kind = 'churn'
                     GROUP BY company_id, partner_id, line_id, date, cause
                       HAVING sum(amount) <> 0
                   )
                   SELECT DISTINCT lost.id FROM lost
                     JOIN held USING (company_id, partner_id)
                    WHERE held.date <= lost.date
                 GROUP BY lost.id, held.line_id HAVING sum(held.pauses) > 0"""
            )
        )
        return self._tell_moves(rows)

    @api.model
    def _audit_owners(self):
        """Moves that stand under another customer than their subscription's."""
        rows = self._query(
            SQL(
                """SELECT max(move.id) FROM crm_mrr_move move
                     JOIN crm_subscription sub ON sub.id = move.subscription_id
                    WHERE move.partner_id <> sub.commercial_partner_id
                 GROUP BY move.line_id, move.partner_id, move.date, move.kind
                   HAVING sum(move.amount) <> 0 OR sum(move.amount_currency) <> 0"""
            )
        )
        return self._tell_moves(rows)

    # ------------------------------------------------------------------ odd lines
    @api.model
    def _find_odd_lines(self):
        """Lines that SQL alone cannot price: instalments of a total, several periods a
        month, taxes within the price."""
        rows = self._query(
            SQL(
                """SELECT line.id, sub.price_basis = 'total'
                          OR sub.anchor_days ~ '[,;]' AS odd
                     FROM crm_subscription_line line
                     JOIN crm_subscription sub ON sub.id = line.subscription_id
                    WHERE line.line_type = 'recurring' AND line.display_type IS NULL
                      AND sub.state <> 'draft'"""
            )
        )
        taxed = self.env["crm.mrr.account"]._find_taxed({row[0] for row in rows})
        return sorted(taxed | {row[0] for row in rows if row[1]})

    def _check_odd_lines(self, ids):
        """The same comparison, day by day, with the billing engine's own figures."""
        # sudo: the audit looks at every company
        lines = self.env["crm.subscription.line"].sudo().browse(ids)
        moves = self.sudo().search([("line_id", "in", ids)]).grouped("line_id")
        return [
            line.id for line in lines if not _agrees(line, moves.get(line, self.sudo()))
        ]

    # ------------------------------------------------------------------ steps
    def _query(self, query):
        for model in ("", "subscription", "subscription.line"):
            self.env[f"crm.{model}" if model else self._name].flush_model()
        self.env["crm.subscription.line.version"].flush_model()
        return self.env.execute_query(query)

    def _tell_lines(self, ids):
        return AuditFinding(
            len(ids), res_model="crm.subscription.line", res_ids=tuple(ids)
        )

    def _tell_moves(self, rows):
        return AuditFinding(
            len(rows), res_model=self._name, res_ids=tuple(row[0] for row in rows)
        )


def _agrees(line, moves):
    """Whether the moves of a line are its value on each day on which one changes."""
    currency, term = line.currency_id, line.subscription_id.date_term
    days = {*moves.mapped("date"), *line.version_ids.mapped("date_from")}
    if term:
        days.add(fields.Date.add(term, days=1))
    for day in days:
        known = sum(move.amount_currency for move in moves if move.date <= day)
        value = line._get_mrr_on(day) if not term or day <= term else 0.0
        if currency.compare_amounts(known, value):
            return False
    return True
