import unittest
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.day_count import BASES, count_days
from odoo.addons.crm_ext_subscriptions.tools.instalments import (
    RULES,
    Instalments,
    round_to,
)
from odoo.addons.crm_ext_subscriptions.tools.periods import (
    UNITS,
    BillingTerms,
    BillingTermsError,
    due_periods,
    parse_anchor_days,
    period_at,
    remaining_periods,
    schedule,
)
from odoo.addons.crm_ext_subscriptions.tools.pricing import (
    Pricing,
    Version,
    price_days,
    stretches,
)

patient = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
ONE_DAY = timedelta(days=1)
START = date(2024, 1, 17)
# currencies with two, no, and three decimals, and Swiss cash
ROUNDINGS = st.sampled_from([Decimal(text) for text in ("0.01", "1", "0.001", "0.05")])
PRICES = st.decimals(-5000, 50000, places=4)
QUANTITIES = st.decimals(0, 50, places=2)
DISCOUNTS = st.decimals(0, 100, places=2)
DAYS_LATER = st.integers(0, 500)
SPLITS = st.none() | st.builds(Instalments, st.integers(1, 40), st.sampled_from(RULES))


@st.composite
def terms(draw):
    unit = draw(st.sampled_from(UNITS))
    several = unit == "month" and draw(st.booleans())
    anchors = st.sampled_from([(1, 15), (10, 20, 31), (5, 25)])
    one = st.tuples() | st.tuples(st.integers(1, 31))
    return BillingTerms(
        START,
        interval=1 if several else draw(st.integers(1, 4)),
        unit=unit,
        anchor_days=draw(anchors if several else one),
        in_advance=draw(st.booleans()),
        end=draw(st.none() | st.just(START + timedelta(days=draw(DAYS_LATER)))),
        basis=draw(st.sampled_from(BASES)),
    )


@st.composite
def pricings(draw):
    later = sorted(draw(st.lists(DAYS_LATER, max_size=6)))
    versions = tuple(
        Version(
            START + timedelta(days=days),
            draw(QUANTITIES),
            draw(PRICES),
            draw(DISCOUNTS),
            key,
        )
        for key, days in enumerate([0, *later])
    )
    untaxed = draw(st.sampled_from([Fraction(1), Fraction(5, 6)]))
    return Pricing(versions, draw(ROUNDINGS), draw(SPLITS), untaxed)


class TestPricing(unittest.TestCase):
    def price(self, *versions):
        return Pricing(
            tuple(
                Version(day, Decimal(quantity), Decimal(price))
                for day, quantity, price in versions
            )
        )

    def test_su_05_from_the_17th_the_days_of_the_month(self):
        monthly = BillingTerms(date(2026, 2, 17), anchor_days=(1,))
        pricing = self.price((monthly.start, 1, 280))
        (part,) = stretches(period_at(monthly, 1), pricing)
        self.assertEqual((part.days, part.whole_days), (12, 28))
        self.assertEqual(part.amount, Decimal("120.00"))

    def test_su_05_the_same_in_months_of_30_days(self):
        monthly = BillingTerms(date(2026, 2, 17), anchor_days=(1,), basis="30_360")
        pricing = self.price((monthly.start, 1, 300))
        (part,) = stretches(period_at(monthly, 1), pricing)
        self.assertEqual((part.days, part.whole_days), (14, 30))
        self.assertEqual(part.amount, Decimal("140.00"))

    def test_su_05_without_prorata_a_period_begun_is_due_in_full(self):
        monthly = BillingTerms(
            date(2026, 2, 17), anchor_days=(1,), end=date(2026, 3, 3), basis="none"
        )
        pricing = self.price((monthly.start, 1, 280))
        amounts = [
            part.amount
            for period in schedule(monthly, 5)[0]
            for part in stretches(period, pricing)
        ]
        self.assertEqual(amounts, [Decimal(280), Decimal(280)])

    def test_su_05_a_change_within_a_period_splits_it(self):
        monthly = BillingTerms(date(2026, 3, 1))
        pricing = self.price((monthly.start, 1, 100), (date(2026, 3, 11), 3, 100))
        before, after = stretches(period_at(monthly, 1), pricing)
        self.assertEqual((before.days, after.days, after.whole_days), (10, 21, 31))
        self.assertEqual(before.amount, Decimal("32.26"))
        self.assertEqual(before.amount + after.amount, Decimal("235.48"))

    def test_terms_entered_again_unchanged_split_nothing(self):
        monthly = BillingTerms(date(2026, 3, 1))
        pricing = self.price((monthly.start, 1, 100), (date(2026, 3, 11), 1, 100))
        (whole,) = stretches(period_at(monthly, 1), pricing)
        self.assertEqual(whole.amount, Decimal(100))

    def test_the_version_entered_last_wins_its_day(self):
        day = date(2026, 3, 1)
        pricing = self.price((day, 1, 100), (day, 1, 90))
        self.assertEqual(pricing.at(day).price, 90)
        self.assertIsNone(pricing.at(day - ONE_DAY))

    def test_su_01_a_total_in_instalments_sums_to_the_cent(self):
        total = Decimal("1000.00")
        shares = {
            rule: [
                Instalments(3, rule).share(total, rank, Decimal("0.01"))
                for rank in (1, 2, 3)
            ]
            for rule in RULES
        }
        low, high = Decimal("333.33"), Decimal("333.34")
        self.assertEqual(shares["last"], [low, low, high])
        self.assertEqual(shares["first"], [high, low, low])
        self.assertEqual(shares["spread"], [low, high, low])

    def test_anchor_days_as_typed(self):
        self.assertEqual(parse_anchor_days("15, 1;"), (1, 15))
        self.assertEqual(parse_anchor_days(" "), ())
        with self.assertRaises(BillingTermsError):
            parse_anchor_days("first")
        for days in ((0,), (32,), (28, 31), (1, 15, 15)):
            with self.subTest(days), self.assertRaises(BillingTermsError):
                BillingTerms(START, anchor_days=days)
        with self.assertRaises(BillingTermsError):
            BillingTerms(START, unit="quarter", anchor_days=(1, 15))

    def test_su_02_the_1st_and_the_15th(self):
        terms = BillingTerms(date(2026, 2, 17), anchor_days=(1, 15))
        periods = schedule(terms, 4)[0]
        self.assertEqual(
            [period.date_from for period in periods],
            [date(2026, 2, 17), date(2026, 3, 1), date(2026, 3, 15), date(2026, 4, 1)],
        )
        self.assertEqual(periods[0].fraction, Fraction(12, 14))
        self.assertEqual({period.fraction for period in periods[1:]}, {1})

    def test_a_period_reopened_in_its_middle_is_billed_for_what_is_left(self):
        monthly = BillingTerms(date(2026, 3, 1))
        rest = next(remaining_periods(monthly, date(2026, 3, 10)))
        self.assertEqual((rest.date_from, rest.due_date), (date(2026, 3, 11),) * 2)
        self.assertEqual(rest.fraction, Fraction(21, 31))

    def test_a_line_that_joins_later_keeps_the_periods(self):
        terms = BillingTerms(date(2026, 3, 1), first=date(2026, 4, 21))
        (part,) = due_periods(terms, date(2026, 4, 30))
        self.assertEqual((part.number, part.days, part.whole_days), (2, 10, 30))
        self.assertEqual(part.due_date, terms.first)

    @patient
    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), DAYS_LATER, DAYS_LATER)
    def test_days_add_up_in_every_basis(self, first, one, two):
        middle = first + timedelta(days=one)
        last = middle + timedelta(days=two + 1)
        for basis in BASES:
            parts = count_days(basis, first, middle)
            parts += count_days(basis, middle + ONE_DAY, last)
            self.assertEqual(parts, count_days(basis, first, last))
            self.assertGreaterEqual(count_days(basis, first, middle), 0)

    @patient
    @given(terms(), pricings(), st.integers(1, 8))
    def test_su_05_the_stretches_of_a_period_sum_to_it(self, terms, pricing, number):
        """Whatever the chain of versions, to the smallest unit of the currency."""
        period = period_at(terms, number)
        if not (period):
            reject()
        parts = stretches(period, pricing)
        self.assertEqual(parts[0].date_from, period.date_from)
        self.assertEqual(parts[-1].date_to, period.date_to)
        for before, after in zip(parts, parts[1:], strict=False):
            self.assertEqual(after.date_from, before.date_to + ONE_DAY)
            self.assertNotEqual(before.version.terms, after.version.terms)
        exact = sum(
            Fraction(pricing.full_amount(part.version, number))
            * Fraction(part.days, part.whole_days)
            for part in parts
        )
        total = sum(part.amount for part in parts)
        self.assertEqual(total, round_to(exact, pricing.rounding))
        self.assertEqual(sum(part.days for part in parts), period.days)

    @patient
    @given(terms(), pricings(), st.lists(DAYS_LATER, min_size=2, max_size=6))
    def test_su_05_the_prices_of_any_chain_of_ranges_sum_to_the_whole(
        self, terms, pricing, days
    ):
        cuts = sorted({START + timedelta(days=day) for day in days})
        if not (len(cuts) > 1):
            reject()
        whole = price_days(terms, pricing, cuts[0], cuts[-1])
        chain = price_days(terms, pricing, cuts[0], cuts[0])
        for before, after in zip(cuts, cuts[1:], strict=False):
            chain += price_days(terms, pricing, before + ONE_DAY, after)
        self.assertEqual(chain, whole)

    @patient
    @given(terms(), pricings(), st.lists(DAYS_LATER, max_size=5))
    def test_billed_in_pieces_is_billed_as_one(self, terms, pricing, stops):
        """Rows written at any moments, each going on after the last, make the price."""
        last, billed, after = START + timedelta(days=300), Decimal(0), None
        for until in sorted(START + timedelta(days=stop) for stop in stops):
            for period in due_periods(terms, min(until, last), after):
                parts = stretches(period, pricing)
                billed += sum(part.amount for part in parts)
                after = period.date_to
        if after:
            self.assertEqual(billed, price_days(terms, pricing, START, after))

    @patient
    @given(
        PRICES,
        st.integers(1, 60),
        st.sampled_from(RULES),
        ROUNDINGS,
        st.integers(0, 20),
    )
    def test_su_01_instalments_sum_to_the_total(
        self, price, count, rule, rounding, skipped
    ):
        if not (skipped < count):
            reject()
        total = round_to(price, rounding)
        split = Instalments(count, rule, skipped)
        shares = [
            split.share(total, rank, rounding) for rank in range(skipped + 1, count + 1)
        ]
        self.assertEqual(sum(shares), total)
        self.assertEqual(split.share(total, count + 1, rounding), 0)
        if rule == "spread":
            self.assertLessEqual(max(shares) - min(shares), rounding)
        else:
            self.assertLess(max(shares) - min(shares), rounding * count)
