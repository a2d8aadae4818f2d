from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.closings import mark_closed
from ..tools.indexation import exact
from ..tools.periods import due_periods, next_period
from ..tools.usage_runs import UsageTerms, runs
from ..tools.usage_scope import Line
from ..tools.usage_tariff import ZERO

ONE_DAY = timedelta(days=1)
# usage of free days is taken, and costs nothing; while paused or removed it is not
TAKING_STOPS = (False, "free")


class CrmSubscriptionLine(models.Model):
    """A line billed by what was used: its meter, its tariff, and when it is due."""

    _inherit = "crm.subscription.line"

    meter_id = fields.Many2one(
        "crm.usage.meter",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="What the usage of this line counts.",
    )
    usage_price_id = fields.Many2one(
        "crm.usage.price",
        string="Tariff",
        compute="_compute_usage_price_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        domain="[('currency_id', '=', currency_id)]",
        help="Tiers, free units, minimum; its prices are multiplied by the line's. "
        "Empty: each unit costs the line's price.",
    )
    usage_event_ids = fields.One2many("crm.usage.event", "line_id")

    @api.depends("line_type", "subscription_id.plan_id")
    def _compute_usage_price_id(self):
        """A new usage line takes its plan's tariff; what was chosen stays."""
        for line in self:
            chosen = line.usage_price_id
            if line.line_type == "usage" and line.state == "draft" and not chosen:
                chosen = line.subscription_id.plan_id._get_tariff_for(line)
            line.usage_price_id = chosen

    @api.constrains("line_type", "meter_id", "usage_price_id")
    def _check_usage(self):
        for line in self.filtered(lambda line: line.line_type == "usage"):
            if not line.meter_id:
                raise ValidationError(
                    self.env._("Meter: a line billed by usage needs one.")
                )
            tariff = line.usage_price_id
            if tariff and tariff.currency_id != line.currency_id:
                raise ValidationError(
                    self.env._("Tariff: its currency is not the subscription's.")
                )

    @api.depends("line_type", "usage_price_id")
    def _compute_price_unit(self):
        return super()._compute_price_unit()

    def _get_catalogue_price(self, *args, **kwargs):
        if self.line_type == "usage" and self.usage_price_id:
            return 1.0  # the tariff as it stands
        return super()._get_catalogue_price(*args, **kwargs)

    def write(self, vals):
        if {"meter_id", "usage_price_id"} & vals.keys():
            self._refuse_confirmed()
        return super().write(vals)

    def _get_amount(self, terms, *args):
        """Of usage nothing is known before but the minimum."""
        if self.line_type != "usage":
            return super()._get_amount(terms, *args)
        return terms.usage_price_id.minimum if terms.quantity else 0.0

    # ------------------------------------------------------------------ due
    def _find_next_due_date(self, covered):
        if self.line_type != "usage":
            return super()._find_next_due_date(covered)
        period = next_period(self._to_terms(), covered)
        return period.date_to + ONE_DAY if period else None

    def _get_due_periods(self, until, covered):
        """Usage is due the day after its period: the last day is over by then."""
        if self.line_type != "usage":
            return super()._get_due_periods(until, covered)
        return [
            replace(period, due_date=period.date_to + ONE_DAY)
            for period in due_periods(self._to_terms(), until - ONE_DAY, covered)
        ]

    def _prepare_due_rows(self, until, covered):
        """The rows of usage are made for all lines at once, see crm.subscription."""
        if self.line_type == "usage":
            return []
        return super()._prepare_due_rows(until, covered)

    def _prepare_rows(self, periods):
        if self.line_type != "usage":
            return super()._prepare_rows(periods)
        purse = self.env["crm.usage.credit"]._open_purse(self.subscription_id)
        return self._prepare_usage_rows([(self, period) for period in periods], purse)

    def _price_days(self, date_from, date_to):
        """Of usage: what the billed events of these days cost under the versions known
        now, less what was drawn from credits for them."""
        if self.line_type != "usage":
            return super()._price_days(date_from, date_to)
        gross = self._price_usage(date_from, date_to, "billed")
        rows = self._get_usage_rows(date_from, date_to)
        drawn = sum((it for _book, it in rows._get_usage_books("money")), ZERO)
        return float(gross - drawn)

    def _price_usage(self, date_from, date_to, scope):
        """Exact price of days, before any credit in money."""
        jobs = [(self, it) for it in self._get_usage_periods(date_from, date_to)]
        cuts = (date_from, date_to + ONE_DAY)
        total = ZERO
        for (_line, period), metered in zip(
            jobs, self._meter_jobs(jobs, scope, cuts), strict=True
        ):
            rows = self._get_usage_rows(period.date_from, period.date_to)
            units = sum((it for _book, it in rows._get_usage_books("units")), ZERO)
            bills = self._price_metered(period, metered, units=units)
            total += sum(
                bill.amount
                for (run, _quantity), bill in zip(metered, bills, strict=True)
                if date_from <= run.first and run.last <= date_to
            )
        return total

    def _get_usage_periods(self, date_from, date_to):
        """The periods with these days, without what was billed elsewhere before; one
        that was billed in several parts is those parts."""
        periods = self._iter_usage_periods(date_from, date_to)
        opened = max(self._get_opening_rows().mapped("date_to"), default=None)
        if opened:
            day = opened + ONE_DAY
            periods = (it.starting(day) for it in periods if it.date_to >= day)
        parts = [part for period in periods for part in self._get_billed_parts(period)]
        return [
            it for it in parts if it.date_from <= date_to and it.date_to >= date_from
        ]

    def _get_opening_rows(self):
        return self.env["crm.billing.period"].search(
            [("line_id", "=", self.id), ("is_opening", "=", True)]
        )

    # ------------------------------------------------------------------ bridge
    def _to_usage_versions(self):
        versions = self.version_ids.sorted(lambda it: (it.date_from, it.id))
        tariffs = {price: price._to_tariff() for price in versions.usage_price_id}
        empty = self.env["crm.usage.price"]
        tariffs[empty] = empty._to_tariff()
        untaxed = self._get_untaxed_part()
        terms = [
            UsageTerms(
                version.date_from,
                self._get_factor(version, untaxed),
                tariffs[version.usage_price_id],
                version.id,
            )
            for version in versions
        ]
        return mark_closed(tuple(terms), self.subscription_id._get_closed_spans())

    def _get_factor(self, version, untaxed):
        """What multiplies the tariff; None while the line is not in force."""
        if not version.quantity:
            return None
        factor = exact(version.quantity) * exact(version.price_unit)
        factor *= 1 - exact(version.discount) / 100
        if version.usage_price_id:
            return factor
        return factor * untaxed.numerator / untaxed.denominator

    def _get_usage_runs(self, period, cuts=()):
        return runs(self._to_usage_versions(), period.date_from, period.date_to, cuts)

    def _to_intake(self, covered):
        """What the intake of events must know of the line."""
        subscription = self.subscription_id
        versions = self.version_ids.sorted(lambda it: (it.date_from, it.id))
        return Line(
            id=self.id,
            subscription_id=subscription.id,
            company_id=self.company_id.id,
            meter_id=self.meter_id.id,
            state=subscription.state,
            first=self._get_first_day(),
            last=subscription.date_term or None,
            covered=covered,
            runs=tuple((it.date_from, it.stop in TAKING_STOPS) for it in versions),
        )
