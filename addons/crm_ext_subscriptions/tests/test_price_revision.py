from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestPriceRevision(SubscriptionCase):
    def revise(self, subscription, day):
        ids = subscription.revise_price(day)
        return self.env["crm.price.revision"].with_user(self.manager).browse(ids)

    def yearly_of_2014(self, **clause):
        subscription = self.subscribe(date(2014, 2, 1), 500.0, plan_id=self.yearly.id)
        self.add_clause(subscription, **clause)
        return subscription

    def test_su_09_worked_example(self):
        subscription = self.yearly_of_2014()
        self.verify_series()
        revision = self.revise(subscription, date(2015, 2, 1))
        self.assertEqual((revision.p0, revision.s0, revision.s1), (500.0, 245.6, 246.8))
        self.assertEqual(revision.p1, 502.44)
        self.assertEqual(round(revision.ratio_percent, 3), 0.489)
        self.assertEqual(round(revision.price_percent, 3), 0.488)
        revision.action_approve()
        revision.action_apply()
        invoice = self.bill(subscription, date(2015, 2, 1))
        amounts = invoice.invoice_line_ids.sorted("id").mapped("price_subtotal")
        self.assertEqual(amounts, [500.0, 502.44])
        self.assertEqual(subscription.line_ids.current_price_unit, 502.44)

    def test_su_08_the_proof_can_be_read(self):
        subscription = self.yearly_of_2014()
        revision = self.revise(subscription, date(2015, 2, 1))
        self.assertEqual(revision.s0_value_id.month, date(2014, 2, 1))
        self.assertEqual(revision.s1_value_id.month, date(2015, 2, 1))
        self.assertIn("500 × 246.8 / 245.6 = 502.442996742", revision.proof)
        self.assertIn("+0.489 %", revision.proof)
        self.assertIn("+0.488 %", revision.proof)
        names = [step["name"] for step in revision.steps]
        self.assertEqual(names, ["ratio", "coefficient", "unit_price", "line"])
        self.assertEqual(revision.steps[-1]["after"], "502.44")
        self.assertEqual(revision.steps[-1]["rounding"], "2:half_up")

    def test_su_08_an_unconfirmed_series_makes_no_price(self):
        subscription = self.yearly_of_2014()
        revision = self.revise(subscription, date(2015, 2, 1))
        with self.assertRaisesRegex(UserError, "not confirmed"):
            revision.action_approve()
        with self.assertRaises(AccessError):
            self.syntec.with_user(self.seller).action_verify()
        with self.assertRaises(AccessError):
            self.syntec.with_user(self.accountant).verified = True
        with self.assertRaisesRegex(AccessError, "button only"):
            self.syntec.with_user(self.manager).create(
                {"name": "Forged", "code": "FORGED", "verified": True}
            )
        self.verify_series()
        revision.action_approve()
        self.assertEqual(revision.state, "approved")

    def test_su_08_last_published_knows_the_publication_day(self):
        index = self.make_index(
            (date(2026, 1, 1), 100.0, date(2026, 2, 27)),
            (date(2026, 2, 1), 110.0, date(2026, 3, 31)),
            (date(2026, 3, 1), 120.0, False),
        )
        subscription = self.subscribe(date(2025, 4, 1))
        self.add_clause(
            subscription,
            index_id=index.id,
            s0_month=date(2026, 1, 1),
            s0_value=0,
            s1_rule="last_published",
        )
        self.assertEqual(self.revise(subscription, date(2026, 3, 30)).s1, 100.0)
        with self.assertRaisesRegex(UserError, "03/2026.*not known"):
            self.revise(subscription, date(2026, 5, 1))
        subscription.clause_ids.missing = "last_known"
        revision = self.revise(subscription, date(2026, 5, 1))
        self.assertEqual(revision.s1, 110.0)
        self.assertIn("03/2026 is missing", revision.warnings)
        self.assertEqual(revision.s1_published_on, date(2026, 3, 31))
        with self.assertRaisesRegex(UserError, "publication date"):
            self.revise(subscription, date(2026, 2, 1))

    def make_index(self, *values):
        index = (
            self.env["crm.price.index"]
            .with_user(self.accountant)
            .create({"name": "Test index", "code": "TEST"})
        )
        self.env["crm.price.index.value"].with_user(self.accountant).create(
            [
                {
                    "index_id": index.id,
                    "month": month,
                    "value": value,
                    "published_on": published,
                }
                for month, value, published in values
            ]
        )
        index.action_verify()
        return index

    def test_su_08_original_or_last_revised_price(self):
        self.verify_series()
        for base, p0, s0 in (
            ("last_revised", 502.44, 246.8),
            ("original", 500.0, 245.6),
        ):
            with self.subTest(base):
                subscription = self.yearly_of_2014(base=base)
                first = self.revise(subscription, date(2015, 2, 1))
                first.action_approve()
                first.action_apply()
                second = self.revise(subscription, date(2016, 2, 1))
                self.assertEqual((second.p0, second.s0), (p0, s0))

    def test_a_revision_of_a_price_that_is_no_more_is_not_applied(self):
        subscription = self.yearly_of_2014(fixed_part=0.15)
        self.verify_series()
        late = self.revise(subscription, date(2016, 2, 1))
        early = self.revise(subscription, date(2015, 2, 1))
        (early + late).action_approve()
        early.action_apply()
        with self.assertRaisesRegex(UserError, "meanwhile"):
            late.action_apply()
        late.action_cancel()
        anew = self.revise(subscription, date(2016, 2, 1))
        self.assertEqual(anew.p0, early.p1)
        anew.action_approve()
        anew.action_apply()

    def test_su_08_link_of_the_two_syntec_series(self):
        subscription = self.subscribe(date(2021, 8, 1), 10000.0, plan_id=self.yearly.id)
        self.add_clause(subscription, s0_month=date(2021, 8, 1), s0_value=276.5)
        revision = self.revise(subscription, date(2023, 8, 1))
        self.assertEqual(revision.link, "0.97975")
        self.assertEqual(revision.p1, 10832.17)
        self.assertIn("305.7 × 0.97975 / 276.5", revision.proof)

    def test_a_missing_month_blocks_and_is_named(self):
        subscription = self.subscribe(date(2014, 2, 1))
        self.add_clause(subscription)
        with self.assertRaisesRegex(UserError, "01/2022"):
            self.revise(subscription, date(2022, 1, 1))
        subscription.clause_ids.s0_value = 999.0
        with self.assertRaisesRegex(UserError, "02/2014"):
            self.revise(subscription, date(2015, 2, 1))

    def test_a_billed_period_keeps_its_price(self):
        subscription = self.yearly_of_2014()
        self.verify_series()
        revision = self.revise(subscription, date(2015, 2, 1))
        revision.action_approve()
        self.bill(subscription, date(2015, 2, 1))
        with self.assertRaisesRegex(UserError, "billed until"):
            revision.action_apply()

    def test_a_line_is_revised_once_a_date(self):
        subscription = self.yearly_of_2014()
        revision = self.revise(subscription, date(2015, 2, 1))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.revise(subscription, date(2015, 2, 1))
        revision.action_cancel()
        self.assertEqual(self.revise(subscription, date(2015, 2, 1)).p1, 502.44)

    def test_only_managers_and_accountants_decide_and_nobody_edits_the_proof(self):
        subscription = self.yearly_of_2014()
        revision = self.revise(subscription, date(2015, 2, 1))
        with self.assertRaises(AccessError):
            revision.with_user(self.seller).action_approve()
        for user in (self.seller, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                revision.with_user(user).write({"p1": 1.0})

    def test_an_excluded_line_keeps_its_price(self):
        subscription = self.subscribe(
            date(2014, 2, 1), lines=[{"price_unit": 1.0, "is_indexed": False}]
        )
        self.add_clause(subscription)
        self.assertFalse(self.revise(subscription, date(2015, 2, 1)))

    def test_index_values_are_never_overwritten(self):
        values = self.env["crm.price.index.value"].with_user(self.accountant)
        march = values.search(
            [("index_id", "=", self.syntec.id), ("month", "=", date(2020, 3, 1))]
        )
        self.assertEqual(sorted(march.mapped("value")), [274.7, 275.3])
        with self.assertRaisesRegex(UserError, "never changed"):
            march[0].value = 300.0
        march[0].note = "checked"
        with self.assertRaises(AccessError):
            march[0].unlink()

    def test_the_window_proposes_the_next_due_date(self):
        subscription = self.yearly_of_2014()
        wizard = (
            self.env["crm.price.revise"]
            .with_user(self.seller)
            .create({"subscription_ids": subscription.ids})
        )
        self.assertEqual(wizard.effective_date, date(2014, 2, 1))
        wizard.effective_date = date(2015, 2, 1)
        action = wizard.action_revise()
        self.assertEqual(
            self.env["crm.price.revision"].browse(action["res_id"]).p1, 502.44
        )
