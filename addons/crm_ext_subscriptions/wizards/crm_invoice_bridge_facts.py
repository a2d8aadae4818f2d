from odoo import models
from odoo.tools import SQL

from ..tools.indexation import exact
from ..tools.invoice_bridge import INVOICED, MRR, REMAINDER, ROUNDING
from .crm_invoice_bridge_sql import DOCUMENTS, SHARES, TILES
from .crm_invoice_bridge_sql_facts import (
    CONTRACT_FACTS,
    DOCUMENT_FACTS,
    LEDGER_FACTS,
    MRR_FACTS,
)

CTES = (DOCUMENTS, TILES, SHARES)
FACTS = (MRR_FACTS, CONTRACT_FACTS, LEDGER_FACTS, DOCUMENT_FACTS)
ITEM_COLUMNS = """bridge_id, company_id, step, subscription_id, partner_id, line_id,
    product_id, period_id, move_id, date_from, date_to, amount, memo,
    create_uid, write_uid, create_date, write_date"""

# What is left of each subscription, for the list behind the remainder.
REMAINDERS = """
    SELECT %(remainder)s AS step, subscription_id, NULL::integer AS line_id,
           NULL::integer AS period_id, NULL::integer AS move_id,
           NULL::date AS date_from, NULL::date AS date_to,
           SUM(CASE WHEN step = %(invoiced)s THEN amount ELSE -amount END) AS amount,
           NULL::numeric AS memo
      FROM facts GROUP BY subscription_id
    HAVING abs(SUM(CASE WHEN step = %(invoiced)s THEN amount ELSE -amount END))
           >= %(cent)s / 2
"""


class CrmInvoiceBridge(models.TransientModel):
    """The rows behind the steps: one query makes them, summed or listed."""

    _inherit = "crm.invoice.bridge"

    def _sum_facts(self):
        """({step: exact amount}, {step: number of rows})."""
        rows = self._read_facts(
            "SELECT step, SUM(amount), COUNT(*) FROM facts GROUP BY step"
        )
        totals = {step: exact(amount) for step, amount, _count in rows}
        return totals, {step: count for step, _amount, count in rows}

    def _fill_items(self, step):
        """Write the rows behind a step, for a list to show them."""
        items = self.env["crm.invoice.bridge.item"]
        items.search([("bridge_id", "=", self.id), ("step", "=", step)]).unlink()
        source = (
            REMAINDERS
            if step == REMAINDER
            else ("SELECT * FROM facts WHERE step = %(step)s")
        )
        self._read_facts(
            f"""INSERT INTO crm_invoice_bridge_item ({ITEM_COLUMNS})
                SELECT %(bridge)s, %(company)s, rows.step, rows.subscription_id,
                       COALESCE(sub.commercial_partner_id, move.commercial_partner_id),
                       rows.line_id, line.product_id, rows.period_id, rows.move_id,
                       rows.date_from, rows.date_to, ROUND(rows.amount, 4), rows.memo,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC'
                  FROM ({source}) AS rows
             LEFT JOIN crm_subscription sub ON sub.id = rows.subscription_id
             LEFT JOIN crm_subscription_line line ON line.id = rows.line_id
             LEFT JOIN account_move move ON move.id = rows.move_id
             RETURNING id""",
            step=step,
            uid=self.env.uid,
        )
        items.invalidate_model()

    def _read_facts(self, query, **values):
        self._flush_sources()
        # compiling so long a query takes PostgreSQL longer than running it
        self.env.cr.execute("SET LOCAL jit = off")
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        parts = [*CTES, f"facts AS ({' UNION ALL '.join(FACTS)})"]
        return self.env.execute_query(
            SQL(
                f"WITH {', '.join(parts)} {query}",
                **self._get_query_values(),
                **self._get_arrays(),
                bridge=self.id,
                cent=exact(self.currency_id.rounding),
                mrr=MRR,
                invoiced=INVOICED,
                rounding=ROUNDING,
                remainder=REMAINDER,
                **values,
            )
        )

    def _flush_sources(self):
        for name in (
            "account.move",
            "account.move.line",
            "crm.billing.period",
            "crm.mrr.move",
            "crm.subscription",
            "crm.subscription.line",
            "crm.subscription.line.version",
        ):
            self.env[name].flush_model()

    # ------------------------------------------------------------------ arrays
    def _get_arrays(self):
        """What Python found, column by column, for SQL to join."""
        return {
            **self._to_arrays("span", self._find_spans(), 6),
            **self._to_arrays("special", self._price_special_rows(), 3),
            **self._to_arrays("odd", self._find_odd_lines(), 5),
            **self._to_arrays("rate", self._find_rates(), 3),
        }

    def _to_arrays(self, name, rows, width):
        columns = list(zip(*rows, strict=True)) or [()] * width
        return {f"{name}_{rank}": list(column) for rank, column in enumerate(columns)}

    def _find_rates(self):
        """(currency id, company currency for one unit on the last day, decimals)."""
        company, day = self.company_id, self._get_last_day()
        # sudo: the rates of the company's subscriptions; rights were checked before
        known = (
            self.env["crm.subscription"]
            .sudo()
            ._read_group([("company_id", "=", company.id)], ["currency_id"])
        )
        currencies = {currency for (currency,) in known} | {company.currency_id}
        return [
            (
                currency.id,
                str(
                    exact(
                        currency._get_conversion_rate(
                            currency, company.currency_id, company, day
                        )
                    )
                ),
                currency.decimal_places,
            )
            for currency in currencies
        ]
