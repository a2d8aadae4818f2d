from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

# what the next row may bill; see crm.usage.event.state
BILLABLE = """(e.billing_period_id IS NULL AND e.decision IS DISTINCT FROM 'leave'
    AND (e.decision = 'bill' OR NOT e.is_late OR m.late_policy <> 'manual'))"""
SCOPES = {
    "new": SQL(BILLABLE),
    "billed": SQL("e.billing_period_id IS NOT NULL"),
    "all": SQL(f"(e.billing_period_id IS NOT NULL OR {BILLABLE})"),
}
AGGREGATES = {
    "sum": SQL("sum(e.quantity)::text"),
    "max": SQL("max(e.quantity)::text"),
    "last": SQL("(array_agg(e.quantity ORDER BY e.at DESC, e.id DESC))[1]::text"),
}


class CrmUsageEvent(models.Model):
    """Billing: what was metered on which days, and which row bills it."""

    _inherit = "crm.usage.event"

    @api.model
    def _aggregate(self, aggregation, spans, scope="new"):
        """What was metered on spans of days, by one query whatever their number.

        :param str aggregation: of the lines' meters
        :param list spans: tuples (number, group, line id, first, last); a key counted
            in a group (a period) is counted again in none of its spans
        :param str scope: "new" (what a row may bill now), "billed" or "all"
        :return: {number: Decimal}; nothing metered, no entry
        """
        if not spans:
            return {}
        self.flush_model()
        columns = list(map(list, zip(*spans, strict=True)))
        query = self._unique_query if aggregation == "unique" else self._value_query
        rows = self.env.execute_query(query(aggregation, columns, SCOPES[scope]))
        return {number: Decimal(quantity) for number, quantity in rows}

    def _value_query(self, aggregation, columns, condition):
        return SQL(
            """SELECT s.number, %s
                 FROM unnest(%s::int[], %s::int[], %s::int[], %s::date[], %s::date[])
                      AS s(number, grp, line_id, first, last)
                 JOIN crm_usage_event e ON e.line_id = s.line_id
                      AND e.day BETWEEN s.first AND s.last
                 JOIN crm_usage_meter m ON m.id = e.meter_id
                WHERE %s GROUP BY s.number""",
            AGGREGATES[aggregation],
            *columns,
            condition,
        )

    def _unique_query(self, _aggregation, columns, condition):
        return SQL(
            """WITH s AS (SELECT *
                 FROM unnest(%s::int[], %s::int[], %s::int[], %s::date[], %s::date[])
                      AS s(number, grp, line_id, first, last)),
               seen AS (SELECT DISTINCT ON (s.grp, e.unit_key) s.number
                 FROM s JOIN crm_usage_event e ON e.line_id = s.line_id
                      AND e.day BETWEEN s.first AND s.last
                 JOIN crm_usage_meter m ON m.id = e.meter_id
                WHERE %s ORDER BY s.grp, e.unit_key, e.day)
               SELECT number, count(*)::text FROM seen GROUP BY number""",
            *columns,
            condition,
        )

    @api.model
    def _attach(self, rows):
        """Give rows of the ledger the usage of their days that no row bills yet.

        One statement, in the transaction that counted: what it takes is what was
        counted.
        """
        if not rows:
            return
        self.flush_model()
        rows.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_usage_event e SET billing_period_id = p.id
                     FROM crm_billing_period p, crm_usage_meter m
                    WHERE p.id = ANY(%s) AND m.id = e.meter_id
                      AND e.line_id = p.line_id
                      AND e.day BETWEEN p.date_from AND p.date_to AND %s""",
                rows.ids,
                SCOPES["new"],
            )
        )
        self._forget_links()

    @api.model
    def _hand_over(self, rows, heir):
        """Events of freed rows follow the row that bills them again."""
        if not rows:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_usage_event SET billing_period_id = %s "
                "WHERE billing_period_id = ANY(%s)",
                heir.id,
                rows.ids,
            )
        )
        self._forget_links()

    @api.model
    def _move_to(self, pairs, day):
        """Usage from a day on follows the lines that go on elsewhere; nothing there has
        billed it yet.

        :param pairs: (line before, line after)
        """
        if not pairs:
            return
        self.flush_model()
        for old, new in pairs:
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_usage_event
                          SET line_id = %s, subscription_id = %s, is_late = FALSE,
                              billing_period_id = NULL
                        WHERE line_id = %s AND day >= %s""",
                    new.id,
                    new.subscription_id.id,
                    old.id,
                    day,
                )
            )
        self.invalidate_model(["line_id", "subscription_id", "is_late"])
        self._forget_links()

    def _forget_links(self):
        self.invalidate_model(["billing_period_id", "state"])
        self.env["crm.billing.period"].invalidate_model(
            ["usage_event_ids", "usage_event_count"]
        )

    @api.model
    def _find_late(self, lines):
        """Rows of the ledger with usage of their days that came after them.

        Days of a freed row wait until somebody has decided about it.
        """
        if not lines:
            return self.env["crm.billing.period"]
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT p.id FROM crm_usage_event e
                     JOIN crm_usage_meter m ON m.id = e.meter_id
                     JOIN crm_billing_period p ON p.line_id = e.line_id
                          AND p.kind = 'recurring' AND p.is_opening IS NOT TRUE
                          AND e.day BETWEEN p.date_from AND p.date_to
                          AND (p.cancelled IS NOT TRUE OR p.settlement = 'accepted')
                    WHERE e.line_id = ANY(%s) AND %s""",
                lines.ids,
                SCOPES["new"],
            )
        )
        return self.env["crm.billing.period"].browse(row[0] for row in found)
