from datetime import date, timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.periods import periods_between

ONE_DAY = timedelta(days=1)

# Days of a contract that SQL cannot price: a split total, or periods without prorata.
SPECIAL = SQL("(sub.price_basis = 'total' OR sub.prorata_basis = 'none')")

# Recurring lines with days in the period that the ledger may not know.
UNKNOWN = """
    SELECT line.id,
           GREATEST(%(first)s, sub.date_start, line.date_from, known.last + 1),
           LEAST(%(last)s, sub.date_term)
      FROM crm_subscription sub
      JOIN crm_subscription_line line ON line.subscription_id = sub.id
       AND line.line_type = 'recurring' AND line.display_type IS NULL
CROSS JOIN LATERAL (
           SELECT max(date_to) AS last FROM crm_billing_period period
            WHERE period.line_id = line.id AND period.kind = 'recurring') known
     WHERE sub.company_id = %(company)s AND sub.state IN ('running', 'paused')
       AND sub.date_start <= %(last)s
       AND (sub.invoicing = 'arrears' OR sub.next_due_date <= %(last)s)
       AND GREATEST(%(first)s, sub.date_start, line.date_from, known.last + 1)
           <= LEAST(%(last)s, sub.date_term)
"""

# Days billed elsewhere: the row is one span, whatever the contract's periods.
OPENING = """
    SELECT period.line_id, GREATEST(%(first)s, period.date_from),
           LEAST(%(last)s, period.date_to)
      FROM crm_billing_period period
      JOIN crm_subscription_line line ON line.id = period.line_id
       AND line.line_type = 'recurring'
     WHERE period.company_id = %(company)s AND period.is_opening
       AND period.kind = 'recurring'
       AND period.date_from <= %(last)s AND period.date_to >= %(first)s
"""

SPECIAL_ROWS = """
    SELECT period.id, period.line_id, period.date_from, period.date_to
      FROM crm_billing_period period
      JOIN crm_subscription sub ON sub.id = period.subscription_id
      JOIN crm_subscription_line line ON line.id = period.line_id
       AND line.line_type = 'recurring'
     WHERE period.company_id = %(company)s AND %(special)s
       AND period.kind = 'recurring' AND period.is_opening IS NOT TRUE
       AND ((period.date_from <= %(last)s AND period.date_to >= %(first)s)
            OR EXISTS (SELECT 1 FROM account_move_line posted
                        WHERE posted.crm_billing_period_id = period.id
                          AND posted.parent_state = 'posted'
                          AND posted.date BETWEEN %(first)s AND %(last)s))
"""


class CrmInvoiceBridge(models.TransientModel):
    """The days of the period that the ledger does not price: found line by line.

    Few: arrears not due yet, what waits to be billed, days billed elsewhere, and
    contracts without prorata. All others are priced by SQL, from the ledger's rows.
    """

    _inherit = "crm.invoice.bridge"

    def _find_spans(self):
        """(line id, status, first, last, days of the full period, price or None)."""
        spans = []
        for line_id, first, last in self._query(UNKNOWN):
            spans += self._cut_in_periods(line_id, first, last, None)
        for line_id, first, last in self._query(OPENING):
            spans += self._cut_in_periods(line_id, first, last, "opening")
        return spans

    def _cut_in_periods(self, line_id, first, last, status):
        line = self._browse_line(line_id)
        special = self._is_special(line.subscription_id)
        closing = self._get_last_day()
        spans = []
        for period in periods_between(line._to_terms(), first, last):
            days = max(first, period.date_from), min(last, period.date_to)
            is_due = "due" if period.due_date <= closing else "later"
            price = line._price_days(*days) if special else None
            spans.append((line_id, status or is_due, *days, period.whole_days, price))
        return spans

    def _price_special_rows(self):
        """(row id, zone, price) of ledger rows that SQL cannot price."""
        zones = self._get_zones()
        return [
            (row_id, zone, self._browse_line(line_id)._price_days(*days))
            for row_id, line_id, date_from, date_to in self._query(
                SPECIAL_ROWS, special=SPECIAL
            )
            for zone, first, last in zones
            if (days := (max(date_from, first), min(date_to, last)))[0] <= days[1]
        ]

    def _find_odd_lines(self):
        """(line id, untaxed part of the price, periods that so many months hold) of
        the lines for which these are not to be read from the frequency alone."""
        # sudo: as in _get_odd_domain
        lines = self.env["crm.subscription.line"].sudo().search(self._get_odd_domain())
        odd = []
        for line in lines:
            part, share = line._get_untaxed_part(), line._get_monthly_share()
            numbers = (*part.as_integer_ratio(), *share.as_integer_ratio())
            odd.append((line.id, *map(str, numbers)))
        return odd

    def _get_odd_domain(self):
        """Prices with their taxes, totals in instalments, several periods a month."""
        # sudo: an accountant's figures of the company; rights are checked by the caller
        taxes = self.env["account.tax"].sudo().with_context(active_test=False)
        taxes = taxes.search([("type_tax_use", "=", "sale")]).filtered(
            lambda tax: tax.price_include or tax.amount_type == "group"
        )
        odd = Domain("tax_ids", "in", taxes.ids)
        odd |= Domain("subscription_id.price_basis", "=", "total")
        odd |= Domain("subscription_id.anchor_days", "like", ",")
        odd |= Domain("subscription_id.anchor_days", "like", ";")
        return odd & Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("line_type", "=", "recurring"),
                ("display_type", "=", False),
            ]
        )

    def _is_special(self, subscription):
        return (
            subscription.price_basis == "total" or subscription.prorata_basis == "none"
        )

    def _browse_line(self, line_id):
        # sudo: as in _get_odd_domain
        return self.env["crm.subscription.line"].sudo().browse(line_id)

    def _get_zones(self):
        """Days before, in and after the period."""
        first, last = self._get_first_day(), self._get_last_day()
        return [
            ("behind", date.min, first - ONE_DAY),
            ("in", first, last),
            ("ahead", last + ONE_DAY, date.max - ONE_DAY),
        ]

    def _query(self, query, **values):
        return self.env.execute_query(SQL(query, **self._get_query_values(), **values))

    def _get_query_values(self):
        first, last = self._get_first_day(), self._get_last_day()
        return {
            "company": self.company_id.id,
            "first": first,
            "last": last,
            "months": (last.year - first.year) * 12 + last.month - first.month + 1,
        }
