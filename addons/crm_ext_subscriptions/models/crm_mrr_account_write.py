from odoo import fields, models
from odoo.tools import SQL

from ..tools.mrr_replay import Entry, Ledger, moments_of, sources_of

READ = (
    "crm.subscription",
    "crm.subscription.line",
    "crm.subscription.line.version",
    "crm.subscription.change",
)


class CrmMrrAccount(models.Model):
    """The engine that writes the MRR ledger: at each entry, or all of it anew."""

    _inherit = "crm.mrr.account"

    # ------------------------------------------------------------------ at an entry
    def _take_in(self, subscriptions=None):
        """Bring the ledger of these customers up to now.

        :param subscriptions: those whose new terms and changes become known now
        """
        self._flush_sources()
        now = fields.Datetime.now()
        # a clock set back does not make an entry known before the one it follows
        moment = max([now, *filter(None, self.mapped("known_at"))])
        if subscriptions:
            self._stamp(subscriptions, moment)
        books = self._read_books(moment)
        self._drop(books, moment)
        lines = {customer: owned for customer, (owned, _book) in books.items()}
        standing, strays = self._read_standing(lines)
        rows = []
        for customer, (owned, book) in books.items():
            ledger = Ledger(owned, book, standing[customer])
            added = ledger.replay([*customer._get_pending(owned, moment), moment])
            rows += [(customer.partner_id.id, entry) for entry in added]
            rows += [
                (partner, Entry(move, moment, True))
                for move, partner in strays[customer].items()
            ]
        self._write_rows(rows)
        self._set_known(moment)

    def _get_pending(self, lines, moment):
        """Months that began since the last entry, whose rate moved foreign lines."""
        pending = moments_of(lines, (), moment, self.known_at or moment)
        return [one for one in pending if one < moment]

    def _take_back(self, subscriptions):
        """Counter what stands of subscriptions whose terms are gone. The rows stay: no
        rebuild could tell any more what was known of them."""
        moment = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_mrr_move (
                       company_id, currency_id, partner_id, subscription_id, line_id,
                       product_id, plan_id, user_id, date, kind, cause, amount,
                       line_currency_id, amount_currency, rate, known_at, counter)
                   SELECT company_id, currency_id, partner_id, subscription_id, line_id,
                          product_id, plan_id, user_id, date, kind, cause, -sum(amount),
                          line_currency_id, -sum(amount_currency), rate,
                          GREATEST(max(known_at), %s), true
                     FROM crm_mrr_move
                    WHERE subscription_id IN %s AND withdrawn IS NOT TRUE
                 GROUP BY company_id, currency_id, partner_id, subscription_id, line_id,
                          product_id, plan_id, user_id, date, kind, cause,
                          line_currency_id, rate
                   HAVING sum(amount) <> 0 OR sum(amount_currency) <> 0""",
                moment,
                tuple(subscriptions.ids),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_mrr_move SET withdrawn = true WHERE subscription_id IN %s",
                tuple(subscriptions.ids),
            )
        )

    def _stamp(self, subscriptions, moment):
        """Terms and changes become known now, once and for all."""
        for table in ("crm_subscription_line_version", "crm_subscription_change"):
            self.env.execute_query(
                SQL(
                    """UPDATE %s SET known_at = %s
                        WHERE subscription_id IN %s AND known_at IS NULL
                    RETURNING id""",
                    SQL.identifier(table),
                    moment,
                    tuple(subscriptions.ids),
                )
            )
        for model in READ[2:]:
            self.env[model].invalidate_model(["known_at"], flush=False)

    def _set_known(self, moment):
        self.env.execute_query(
            SQL(
                """UPDATE crm_mrr_account SET known_at = %s WHERE id IN %s
                RETURNING id""",
                moment,
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_model(["known_at"])

    def _flush_sources(self):
        for model in READ:
            self.env[model].flush_model()

    # ------------------------------------------------------------------ rebuild
    def _rebuild(self):
        """Write these customers' ledger anew, by a replay of all that was entered."""
        self._lock()
        self._flush_sources()
        now = max([fields.Datetime.now(), *filter(None, self.mapped("known_at"))])
        books = self._read_books(now)
        self._drop(books)
        rows = []
        for customer, (owned, book) in books.items():
            sources = [
                source for line in owned for source in sources_of(line, book.others)
            ]
            moments = moments_of(owned, sources, now)
            added = Ledger(owned, book).replay(moments)
            rows += [(customer.partner_id.id, entry) for entry in added]
        self._write_rows(rows)
        self._set_known(now)

    # ------------------------------------------------------------------ rows
    def _drop(self, books, since=None):
        """Take away the rows of the customers' lines, known since a moment: nobody saw
        a figure that is not a second old, and a rebuild writes the same ones again."""
        keys = [line.key for lines, _book in books.values() for line in lines]
        self.env.execute_query(
            SQL(
                """DELETE FROM crm_mrr_move WHERE line_id IN %s
                      AND withdrawn IS NOT TRUE %s RETURNING id""",
                tuple(keys) or (0,),
                SQL("AND known_at >= %s", since) if since else SQL(),
            )
        )

    def _write_rows(self, rows):
        """Add rows to the ledger, in one statement.

        :param list rows: (customer's partner id, Entry)
        """
        if not rows:
            return
        columns = zip(*(_to_columns(*row) for row in rows), strict=True)
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_mrr_move (
                       company_id, currency_id, partner_id, subscription_id, line_id,
                       product_id, plan_id, user_id, date, kind, cause, amount,
                       line_currency_id, amount_currency, rate, known_at, counter,
                       version_id, change_id)
                   SELECT sub.company_id, company.currency_id, row.partner, sub.id,
                          line.id, line.product_id, sub.plan_id, sub.user_id, row.date,
                          row.kind, row.cause, row.amount, sub.currency_id, row.own,
                          row.rate, row.known_at, row.counter, row.version, row.change
                     FROM unnest(%s::int[], %s::int[], %s::date[], %s::varchar[],
                                 %s::varchar[], %s::numeric[], %s::numeric[],
                                 %s::numeric[], %s::timestamp[], %s::bool[], %s::int[],
                                 %s::int[])
                          WITH ORDINALITY AS row (
                              partner, line, date, kind, cause, amount, own, rate,
                              known_at, counter, version, change, rank)
                     JOIN crm_subscription_line line ON line.id = row.line
                     JOIN crm_subscription sub ON sub.id = line.subscription_id
                     JOIN res_company company ON company.id = sub.company_id
                 ORDER BY row.rank""",
                *map(list, columns),
            )
        )
        self.env["crm.mrr.move"].invalidate_model(flush=False)


def _to_columns(partner, entry):
    move, sign = entry.move, -1 if entry.counter else 1
    return (
        partner,
        move.line,
        move.date,
        move.kind,
        move.cause,
        sign * move.amount,
        sign * move.amount_currency,
        move.rate,
        entry.known_at,
        entry.counter,
        move.version or None,
        move.change or None,
    )
