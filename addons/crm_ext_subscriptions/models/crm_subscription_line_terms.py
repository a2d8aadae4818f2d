from dataclasses import replace
from fractions import Fraction

from odoo import models

from ..tools.closings import mark_closed
from ..tools.indexation import exact
from ..tools.instalments import Instalments
from ..tools.periods import due_periods, next_period, number_of, period_start
from ..tools.pricing import Pricing, Version, price_days, stretches

# during these a change of quantity waits for the day on which the line costs something
FREE_REASONS = ("trial", "free")
VERSION_FIELDS = ["date_from", "quantity", "price_unit", "discount", "reason", "stop"]
# large enough for the untaxed part of a price to hold beyond any cent
PRICE_SAMPLE = 10**12
SIMPLE = 10**6  # a tax of four decimals leaves a simpler fraction


class CrmSubscriptionLine(models.Model):
    """The bridge between a line's dated versions and the arithmetic of tools/."""

    _inherit = "crm.subscription.line"

    # ------------------------------------------------------------------ versions
    def _open_versions(self):
        """Write the terms as entered, and what of them ends by itself, as versions."""
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [
                vals | {"line_id": line.id, "entered_by": self.env.uid}
                for line in self.filtered("product_id")
                for vals in line._prepare_entry_versions()
            ]
        )

    def _prepare_entry_versions(self):
        """Trial, then free periods, then the discount, then the price without it."""
        self.ensure_one()
        start = self._get_first_day()
        entry = {
            "date_from": start,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "reason": "entry",
        }
        if self.line_type == "once":
            return [entry]
        vals_list = []
        paid_from = self.subscription_id._get_trial_end(start)
        if paid_from > start:
            vals_list.append(entry | {"quantity": 0, "reason": "trial"})
        free_until = self._skip_periods(paid_from, self.free_periods)
        if free_until > paid_from:
            free = {"date_from": paid_from, "quantity": 0, "reason": "free"}
            vals_list.append(entry | free)
        vals_list.append(entry | {"date_from": free_until})
        if self.discount and self.discount_periods:
            day = self._skip_periods(free_until, self.discount_periods)
            vals_list.append(entry | {"date_from": day, "discount": 0})
        return vals_list

    def _skip_periods(self, day, count):
        """First day after `count` periods; the one that holds the day is the first."""
        if not count:
            return day
        terms = self.subscription_id._to_terms()
        return period_start(terms, number_of(terms, day) + count)

    def _get_first_day(self):
        start = self.subscription_id.date_start
        return max(self.date_from or start, start)

    def _get_version_at(self, day):
        """The version in force on a day; among those of one date, the last entered."""
        self.ensure_one()
        versions = self.version_ids.filtered(lambda version: version.date_from <= day)
        return versions.sorted(lambda version: (version.date_from, version.id))[-1:]

    def _prepare_terms_from(self, day, changes, **values):
        """Values of the versions that set some terms from a day on.

        What was to change later by itself (the end of a discount or of a trial) still
        does, with the new terms in it: it is entered once more after this change. A
        quantity changed during a trial counts from its end.

        :param dict changes: among quantity, price_unit, discount
        :param values: reason, and whatever else the versions bear
        """
        self.ensure_one()
        days = {v.date_from for v in self.version_ids if v.date_from > day}
        vals_list = []
        for date_from in (day, *sorted(days)):
            known = self._get_version_at(date_from) or self.version_ids[:1]
            held = known.reason in FREE_REASONS and "quantity" in changes
            vals = {
                "line_id": self.id,
                "date_from": date_from,
                "quantity": known.quantity,
                "price_unit": known.price_unit,
                "discount": known.discount,
                "entered_by": self.env.uid,
            }
            vals |= changes | values
            if held:
                vals |= {"quantity": 0, "reason": known.reason}
            vals_list.append(vals)
        return vals_list

    def _prefetch_terms(self):
        """Read the versions and the taxes of many lines at once."""
        self.version_ids.fetch(VERSION_FIELDS)
        self.tax_ids.fetch(["amount_type"])

    # ------------------------------------------------------------------ bridge
    def _to_terms(self):
        """The subscription's periods as they hold for this line."""
        self.ensure_one()
        terms = self.subscription_id._to_terms()
        first = self._get_first_day()
        if first > terms.start:
            terms = replace(terms, first=first)
        if self.line_type == "usage":
            # what was used is known at the end of a period
            terms = replace(terms, in_advance=False)
        return terms

    def _to_pricing(self, versions=None):
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        return Pricing(
            versions=self._to_versions() if versions is None else versions,
            rounding=exact(currency.rounding),
            instalments=self._to_instalments(),
            untaxed=self._get_untaxed_part(),
        )

    def _to_versions(self):
        if not self.version_ids:
            return tuple(map(self._to_version, self._prepare_entry_versions()))
        versions = self.version_ids.sorted(
            lambda version: (version.date_from, version.id)
        )
        return mark_closed(
            tuple(self._to_version(version, version.id) for version in versions),
            self.subscription_id._get_closed_spans(),
        )

    def _to_version(self, terms, key=0):
        return Version(
            terms["date_from"],
            exact(terms["quantity"]),
            exact(terms["price_unit"]),
            exact(terms["discount"]),
            key,
        )

    def _to_instalments(self):
        subscription = self.subscription_id
        split = subscription.price_basis == "total" and self.line_type == "recurring"
        if not split or not subscription.date_start or not subscription.instalments:
            return None
        terms = subscription._to_terms()
        skipped = number_of(terms, self._get_first_day()) - 1
        return Instalments(
            subscription.instalments, subscription.remainder_rule, skipped
        )

    def _get_untaxed_part(self):
        """What is left of the price without the taxes that it includes."""
        taxes = self.tax_ids
        if not any(tax.price_include or tax.amount_type == "group" for tax in taxes):
            return Fraction(1)
        sample = taxes.compute_all(
            float(PRICE_SAMPLE), self.currency_id, product=self.product_id
        )
        part = Fraction(exact(sample["total_excluded"])) / PRICE_SAMPLE
        # 5/6 rather than 0.83333333333333: half a cent is rounded up, as the host does
        return part.limit_denominator(SIMPLE)

    # ------------------------------------------------------------------ prices
    def _get_amount(self, terms):
        """Untaxed amount of one full period, rounded once, by the currency.

        Of a contract total it is the first instalment that bears no remainder.
        """
        pricing = self._to_pricing(versions=())
        version = self._to_version(
            {
                "date_from": None,
                "quantity": terms.quantity,
                "price_unit": terms.price_unit,
                "discount": terms.discount,
            }
        )
        number = 1
        if split := pricing.instalments:
            number = split.skipped + (2 if split.rule == "first" else 1)
        return float(pricing.full_price(version, number))

    def _price_days(self, date_from, date_to):
        """Untaxed price of these days under the versions as they are known now.

        Additive: the prices of any chain of ranges sum to the price of the whole.
        """
        self.ensure_one()
        if self.line_type == "once" or self.display_type:
            return 0.0
        price = price_days(self._to_terms(), self._to_pricing(), date_from, date_to)
        return float(price)

    # ------------------------------------------------------------------ due
    def _find_next_due_date(self, covered):
        """First due date of the line that the ledger does not know.

        :param covered: last day of the line in the ledger, if any
        """
        self.ensure_one()
        if self.line_type == "once":
            return None if covered else self._get_once_date()
        period = next_period(self._to_terms(), covered)
        return period.due_date if period else None

    def _get_once_date(self):
        """When a set-up fee is billed: on its own date, else the first due date."""
        if self.date_from:
            return self._get_first_day()
        first = next_period(self.subscription_id._to_terms())
        return first.due_date

    def _get_due_periods(self, until, covered):
        return due_periods(self._to_terms(), until, covered)

    def _get_due_days(self, until, covered):
        """First days of what is due: prices that follow the catalogue are read then."""
        if self.line_type == "once":
            return []
        return [period.date_from for period in self._get_due_periods(until, covered)]

    def _prepare_due_rows(self, until, covered):
        if self.line_type != "once":
            return self._prepare_rows(self._get_due_periods(until, covered))
        day = self._find_next_due_date(covered)
        return [self._prepare_one_off(day)] if day and day <= until else []

    # ------------------------------------------------------------------ ledger rows
    def _prepare_rows(self, periods):
        """Ledger rows of the periods: one a stretch of days under unchanged terms."""
        self.ensure_one()
        if not periods:
            return []
        pricing = self._to_pricing()
        return [
            self._prepare_row(period, stretch, pricing)
            for period in periods
            for stretch in stretches(period, pricing)
        ]

    def _prepare_row(self, period, stretch, pricing):
        version = stretch.version
        price = version.price
        if pricing.instalments:
            price /= pricing.instalments.parts
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.id,
            "version_id": version.key or False,
            "kind": "recurring",
            "date_from": stretch.date_from,
            "date_to": stretch.date_to,
            "due_date": period.due_date,
            "days": stretch.days,
            "whole_days": stretch.whole_days,
            "quantity": float(version.quantity),
            "price_unit": float(price),
            "discount": float(version.discount),
            "amount": float(stretch.amount),
        }

    def _prepare_one_off(self, day):
        """The only row of a line billed once."""
        self.ensure_one()
        pricing = self._to_pricing()
        version = pricing.at(max(day, self._get_first_day()))
        return {
            "subscription_id": self.subscription_id.id,
            "line_id": self.id,
            "version_id": version.key or False,
            "kind": "one_off",
            "date_from": day,
            "date_to": day,
            "due_date": day,
            "days": 1,
            "whole_days": 1,
            "quantity": float(version.quantity),
            "price_unit": float(version.price),
            "discount": float(version.discount),
            "amount": float(pricing.full_price(version, 1)),
        }
