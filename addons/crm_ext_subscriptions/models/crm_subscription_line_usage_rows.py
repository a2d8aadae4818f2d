from itertools import count

from odoo import models

from ..tools.day_count import NONE
from ..tools.indexation import exact
from ..tools.usage import Stretch, price_period
from ..tools.usage_purse import Use
from ..tools.usage_tariff import ZERO


class CrmSubscriptionLine(models.Model):
    """From metered usage to rows of the ledger, for all lines of a run at once."""

    _inherit = "crm.subscription.line"

    def _prepare_usage_rows(self, jobs, purse):
        """Rows of what was used in periods, with what they draw from credits.

        :param list jobs: (line, period) pairs
        """
        vals_list = []
        for (line, period), metered in zip(
            jobs, self._meter_jobs(jobs, "new"), strict=True
        ):
            use = line._to_use(period)
            units = purse.available(use, "units")
            money = purse.available(use, "money")
            bills = line._price_metered(period, metered, money, units)
            for (run, _quantity), bill in zip(metered, bills, strict=True):
                draws = purse.draw(use, bill)
                vals_list.append(
                    line._prepare_usage_row(period, run, bill, draws)
                    | {"whole_days": _whole_days(period, metered)}
                )
        return vals_list

    def _meter_jobs(self, jobs, scope, cuts=()):
        """What was metered in the runs of each job: lists of (run, quantity).

        One query an aggregation. A level is one figure for the whole period.
        """
        found = [line._get_usage_runs(period, cuts) for line, period in jobs]
        numbers, spans = count(), {}
        for group, ((line, period), own) in enumerate(zip(jobs, found, strict=True)):
            meter = line.meter_id
            for run in own:
                days = (run.first, run.last)
                if meter._is_level():
                    days = (period.date_from, period.date_to)
                spans.setdefault(meter.aggregation, []).append(
                    (next(numbers), group, line.id, *days)
                )
        quantities = {}
        for aggregation, wanted in spans.items():
            quantities |= self.env["crm.usage.event"]._aggregate(
                aggregation, wanted, scope
            )
        numbers = count()
        return [
            [(run, quantities.get(next(numbers), ZERO)) for run in own] for own in found
        ]

    def _price_metered(self, period, metered, money=ZERO, units=ZERO):
        """Price the runs of a period: a bill each."""
        self.ensure_one()
        whole_days = _whole_days(period, metered)
        stretches = [
            Stretch(
                days=period.count(run.first, run.last),
                whole_days=whole_days,
                quantity=quantity,
                factor=run.terms.factor,
                tariff=run.terms.tariff,
            )
            for run, quantity in metered
        ]
        is_level = self.meter_id._is_level()
        step = exact(self.currency_id.rounding)
        return price_period(stretches, step, is_level, money, units)

    def _to_use(self, period):
        return Use(
            self.subscription_id.id,
            self.meter_id.id,
            period.date_from,
            period.date_to,
        )

    # ------------------------------------------------------------------ rows
    def _prepare_usage_row(self, period, run, bill, draws):
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.id,
            "version_id": run.terms.key or False,
            "kind": "recurring",
            "date_from": run.first,
            "date_to": run.last,
            "due_date": period.due_date,
            "days": period.count(run.first, run.last),
            "discount": 0.0,
            **self._prepare_usage_price(bill, draws),
        }

    def _prepare_usage_price(self, bill, draws):
        """Amount of a bill, how the invoice shows it, and the steps that led to it."""
        return {
            "amount": float(bill.amount),
            **self._get_shown_terms(bill),
            "usage_detail": bill.to_json(),
            "usage_draws": [[book, str(share)] for book, share in draws],
        }

    def _get_shown_terms(self, bill):
        """Quantity and price on the invoice: those of the usage where it has but one
        price, else one lot at the amount. Nothing to pay is not invoiced."""
        amount = float(bill.amount)
        if not amount:
            return {"quantity": 0.0, "price_unit": 0.0}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        if [part.kind for part in bill.parts] == ["tier"]:
            price = float(bill.parts[0].price)
            quantity = float(round(bill.quantity, digits))
            if not self.currency_id.compare_amounts(quantity * price, amount):
                return {"quantity": quantity, "price_unit": price}
        return {"quantity": 1.0, "price_unit": amount}


def _whole_days(period, metered):
    """Days that share the minimum and the free units; without prorata those of a
    contract that does not run share in nothing, as for recurring lines."""
    if period.basis != NONE:
        return period.whole_days
    closed = sum(
        period.count(run.first, run.last) for run, _it in metered if run.terms.closed
    )
    return period.whole_days - closed or period.whole_days
