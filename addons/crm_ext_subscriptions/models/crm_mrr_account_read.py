from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from odoo import models
from odoo.tools import SQL

from ..tools.mrr_moves import Book, Move, months_after
from ..tools.mrr_terms import MrrEnd, MrrLine, MrrTerms
from ..tools.periods import parse_anchor_days
from ..tools.recurrence import periods_per_month

EVER = datetime(1, 1, 1)
LINES = """
      WITH RECURSIVE own AS (
          SELECT line.id AS line, customer.id AS customer
            FROM crm_mrr_account customer
            JOIN crm_subscription sub
              ON sub.company_id = customer.company_id
             AND sub.commercial_partner_id = customer.partner_id
            JOIN crm_subscription_line line
              ON line.subscription_id = sub.id
           WHERE customer.id IN %s AND sub.state <> 'draft'
             AND line.line_type = 'recurring'
             AND line.display_type IS NULL
      ), sources AS (
          SELECT line.continues_id AS line FROM own
            JOIN crm_subscription_line line ON line.id = own.line
           WHERE line.continues_id IS NOT NULL
           UNION
          SELECT line.continues_id FROM sources
            JOIN crm_subscription_line line ON line.id = sources.line
           WHERE line.continues_id IS NOT NULL
      ), known AS (
          SELECT line, customer FROM own
           UNION ALL
          SELECT line, NULL FROM sources WHERE line NOT IN (SELECT line FROM own)
           UNION ALL
          SELECT line.id, NULL FROM own
            JOIN crm_subscription_line line
              ON line.continues_id = own.line
           WHERE line.id NOT IN (SELECT line FROM own)
      )
      SELECT line.id AS line, known.customer, sub.id AS subscription,
             GREATEST(line.date_from, sub.date_start) AS first,
             line.continues_id AS continues,
             sub.external_ref IS NOT NULL AS opening,
             CASE WHEN sub.currency_id = company.currency_id THEN 0
                  ELSE sub.currency_id END AS currency,
             sub.currency_id AS own_currency,
             sub.date_term AS term, sub.interval, sub.unit,
             sub.anchor_days, sub.price_basis = 'total' AS split
        FROM known
        JOIN crm_subscription_line line ON line.id = known.line
        JOIN crm_subscription sub ON sub.id = line.subscription_id
        JOIN res_company company ON company.id = sub.company_id
       WHERE sub.state <> 'draft'
    ORDER BY line.id
"""


class CrmMrrAccount(models.Model):
    """What the contracts say, read in a few queries for any number of customers."""

    _inherit = "crm.mrr.account"

    def _read_books(self, now):
        """{customer: (its lines, what they are reckoned from)}.

        :param now: last moment for which rates are needed
        """
        found = self._read_lines()
        terms, ends = self._read_terms(found), self._read_ends(found)
        shares = self._read_shares(found)
        lines = {
            row["line"]: self._to_line(row, terms, ends, shares[row["line"]])
            for row in found
        }
        continued = frozenset(
            (row["continues"], row["first"])
            for row in found
            if row["continues"] in lines
        )
        owned = defaultdict(list)
        for row in found:
            owned[row["customer"]].append(lines[row["line"]])
        books = {}
        for company, customers in self.grouped("company_id").items():
            own = [line for customer in customers for line in owned[customer.id]]
            book = Book(
                others=lines,
                continued=continued,
                rates=self._get_rates(company, own, now),
                rounding=Decimal(repr(company.currency_id.rounding)),
            )
            books |= {customer: (owned[customer.id], book) for customer in customers}
        return books

    def _read_lines(self):
        """The recurring lines of the customers, those that went on in them, one after
        the other, and those in which theirs go on."""
        return self._fetch(SQL(LINES, tuple(self.ids) or (0,)))

    def _read_terms(self, found):
        terms = defaultdict(list)
        for row in self.env.execute_query(
            SQL(
                """SELECT line_id, id, date_from, COALESCE(known_at, entered_at),
                          CASE WHEN stop IS NULL THEN quantity
                               ELSE COALESCE(standing_quantity, 0) END::text,
                          price_unit::text, COALESCE(discount, 0)::text,
                          COALESCE(stop, ''), reason, COALESCE(change_id, 0)
                     FROM crm_subscription_line_version
                    WHERE line_id IN %s
                 ORDER BY line_id, date_from, id""",
                tuple(row["line"] for row in found) or (0,),
            )
        ):
            line, key, day, known, quantity, price, discount, *rest = row
            numbers = (Decimal(quantity), Decimal(price), Decimal(discount))
            terms[line].append(MrrTerms(key, day, known, *numbers, *rest))
        return terms

    def _read_ends(self, found):
        """{subscription: what its end was, in order of entry}."""
        ends = {}
        for sub, known, before, after in self.env.execute_query(
            SQL(
                """SELECT subscription_id, COALESCE(known_at, entered_at),
                          term_before, term_after
                     FROM crm_subscription_change
                    WHERE subscription_id IN %s
                      AND term_before IS DISTINCT FROM term_after
                 ORDER BY subscription_id, id""",
                tuple({row["subscription"] for row in found}) or (0,),
            )
        ):
            ends.setdefault(sub, [MrrEnd(EVER, before)]).append(MrrEnd(known, after))
        return ends

    def _read_shares(self, found):
        """{line: how many of its periods a month holds}.

        Most lines tell by their frequency alone; of an instalment, or of a price that
        includes taxes, the billing engine tells what is left.
        """
        shares = {
            row["line"]: _share(row["interval"], row["unit"], row["anchor_days"] or "")
            for row in found
        }
        odd = {row["line"] for row in found if row["split"]}
        odd |= self._find_taxed({row["line"] for row in found})
        # sudo: the ledger is reckoned whole, whoever's entry moves it
        for line in self.env["crm.subscription.line"].sudo().browse(odd):
            shares[line.id] = line._get_monthly_share()
        return shares

    def _find_taxed(self, line_ids):
        """The lines of which a tax is part of the price."""
        rows = self.env.execute_query(
            SQL(
                """SELECT account_tax_id, array_agg(crm_subscription_line_id)
                     FROM account_tax_crm_subscription_line_rel
                    WHERE crm_subscription_line_id IN %s
                 GROUP BY account_tax_id""",
                tuple(line_ids) or (0,),
            )
        )
        # sudo: as above
        taxes = self.env["account.tax"].sudo().browse(row[0] for row in rows)
        inside = taxes.filtered(
            lambda tax: tax.price_include or tax.amount_type == "group"
        )
        return {line for tax, lines in rows if tax in inside.ids for line in lines}

    def _to_line(self, row, terms, ends, share):
        currency = self.env["res.currency"].browse(row["own_currency"])
        return MrrLine(
            row["line"],
            row["first"],
            tuple(terms[row["line"]]),
            tuple(ends.get(row["subscription"]) or (MrrEnd(EVER, row["term"]),)),
            share.numerator,
            share.denominator,
            Decimal(repr(currency.rounding)),
            row["currency"],
            row["continues"] or 0,
            row["opening"],
        )

    def _get_rates(self, company, lines, now):
        """The stated rates of the foreign lines, as the moves ask for them."""
        first = {}
        for line in lines:
            if line.currency:
                # entered before it begins, a line has the rate of its entry until then
                days = [line.first, *(moment.date() for moment in line.moments())]
                first[line.currency] = min(first.get(line.currency, line.first), *days)
        stated = {}
        for key, day in first.items():
            months = [day.replace(day=1), *months_after(day, now.date())]
            months = [*months, now.date().replace(day=1)]
            currency = self.env["res.currency"].browse(key)
            rates = self.env["crm.mrr.rate"]._state(company, currency, months)
            stated |= {(key, month): rate for month, rate in rates.items()}
        return lambda currency, month: stated[currency, month]

    # ------------------------------------------------------------------ ledger
    def _read_standing(self, lines):
        """{customer id: {move: move}} of what stands, and {move: partner} of what
        stands under a customer that the line no longer has."""
        standing, strays = defaultdict(dict), defaultdict(dict)
        owners = {
            line.key: customer for customer, owned in lines.items() for line in owned
        }
        for *key, partner, version, change in self.env.execute_query(
            SQL(
                """SELECT line_id, date, kind, cause, (sign * amount)::text,
                          (sign * amount_currency)::text, rate::text, partner_id,
                          max(version_id), max(change_id)
                     FROM crm_mrr_move,
                          LATERAL (SELECT CASE WHEN counter THEN -1 ELSE 1 END) s(sign)
                    WHERE line_id IN %s AND withdrawn IS NOT TRUE
                 GROUP BY line_id, date, kind, cause, sign * amount,
                          sign * amount_currency, rate, partner_id
                   HAVING sum(sign) > 0""",
                tuple(owners) or (0,),
            )
        ):
            move = _to_move(key, version, change)
            customer = owners[move.line]
            known = standing if partner == customer.partner_id.id else strays
            known[customer][move] = move if known is standing else partner
        return standing, strays

    def _fetch(self, query):
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()


@lru_cache(maxsize=256)
def _share(interval, unit, anchor_days):
    slots = len(parse_anchor_days(anchor_days)) or 1
    return periods_per_month(interval, unit) * slots


def _to_move(key, version, change):
    line, day, kind, cause, *numbers = key
    return Move(
        line, day, kind, cause, *map(Decimal, numbers), version or 0, change or 0
    )
