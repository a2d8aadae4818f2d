from odoo import models

from ..tools.usage_tariff import ZERO


class CrmSubscriptionLine(models.Model):
    """Usage that came once its period was billed: the period is priced anew, and the
    difference becomes an adjustment of the row that billed it."""

    _inherit = "crm.subscription.line"

    def _prepare_late_rows(self, until, purse):
        """Adjustments for late usage that may be billed, due at once."""
        rows = self.env["crm.usage.event"]._find_late(self)
        jobs = {}
        for row in rows:
            line = row.line_id
            (period,) = line._get_usage_periods(row.date_from, row.date_from)
            jobs.setdefault((line, period), self.env["crm.billing.period"])
            jobs[line, period] |= row
        return [
            vals | {"due_date": until}
            for (line, period), late in jobs.items()
            for vals in line._prepare_late_period(period, late, purse)
        ]

    def _prepare_late_period(self, period, late, purse):
        billed = self._get_usage_rows(period.date_from, period.date_to)
        return self._prepare_differences(period, billed, purse, "all", late)

    def _prepare_repriced_period(self, period, purse):
        """What a change of terms makes the usage billed before, and its minimum, cost
        more or less. Usage that nothing has billed yet waits for its own turn."""
        billed = self._get_usage_rows(period.date_from, period.date_to)
        vals_list = self._prepare_differences(period, billed, purse, "billed")
        live = billed.filtered(lambda row: row._is_adjustable())
        return [vals for vals in vals_list if vals["adjusts_id"] in live.ids]

    def _prepare_differences(self, period, billed, purse, scope, late=()):
        """Adjustments by what the rows of a period cost now, and did not before.

        :param late: rows that get one whatever it amounts to
        """
        cuts = billed.mapped("date_from")
        (metered,) = self._meter_jobs([(self, period)], scope, cuts)
        use = self._to_use(period)
        drawn = sum((share for _book, share in billed._get_usage_books("units")), ZERO)
        units = drawn + purse.available(use, "units")
        bills = self._price_metered(period, metered, units=units)
        more = sum((bill.credit_units for bill in bills), ZERO) - drawn
        draws = purse.adjust(use, "units", more, billed._get_usage_books("units"))
        vals_list = []
        for row in billed:
            gross = sum(
                bill.amount
                for (run, _quantity), bill in zip(metered, bills, strict=True)
                if row.date_from <= run.first and run.last <= row.date_to
            )
            delta = gross - row._get_usage_gross()
            if delta or draws or row in late:
                vals_list.append(row._prepare_late_usage(delta, use, purse, draws))
                draws = []
        return vals_list

    def _get_usage_rows(self, date_from, date_to):
        """The ledger's rows of some days, in order."""
        rows = self.env["crm.billing.period"].search(
            [
                ("line_id", "=", self.id),
                ("kind", "=", "recurring"),
                ("date_from", ">=", date_from),
                ("date_to", "<=", date_to),
                "|",
                ("cancelled", "=", False),
                ("settlement", "=", "accepted"),
            ],
            order="date_from, cancelled desc, id",
        )
        # a live row stands for the days of one that was left unbilled
        newest = {row.date_from: row for row in rows}
        return rows.browse(row.id for row in newest.values())
