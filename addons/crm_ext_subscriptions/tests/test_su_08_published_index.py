from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SubscriptionCase

SERIES = (
    (date(2023, 1, 1), 293.9, date(2023, 2, 28)),
    (date(2023, 2, 1), 298.5, date(2023, 3, 31)),
    (date(2024, 1, 1), 310.2, date(2024, 2, 29)),
    (date(2024, 2, 1), 311.1, date(2024, 3, 29)),
    (date(2025, 1, 1), 315.2, date(2025, 2, 28)),
    (date(2025, 2, 1), 316.0, None),
)


@tagged("post_install", "-at_install")
class TestSu08PublishedIndex(SubscriptionCase):
    """P1 = P0 x S1/S0 at each due date, with the last index published by then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = cls.env["crm.price.index"].create(
            {"name": "Published", "code": "PUB", "earliest_days": 20}
        )
        cls.env["crm.price.index.value"].create(
            [
                {"index_id": cls.index.id, "month": m, "value": v, "published_on": p}
                for m, v, p in SERIES
            ]
        )

    def sold(self, **clause):
        subscription = self.subscribe(date(2023, 3, 1), 500.0, plan_id=self.yearly.id)
        self.add_clause(
            subscription,
            index_id=self.index.id,
            s0_rule="last_published",
            s0_month=False,
            s0_value=0,
            s1_rule="last_published",
            **clause,
        )
        self.index.with_user(self.accountant).action_verify()
        return subscription

    def revise(self, subscription, day):
        """The salesperson's button, its window, and what it opens."""
        action = subscription.action_revise_price()
        window = self.env[action["res_model"]].with_user(self.seller)
        form = Form(window.with_context(**action["context"]))
        form.effective_date = day
        opened = form.save().action_revise()
        revision = self.env["crm.price.revision"].with_user(self.manager)
        return revision.browse(opened["res_id"])

    def test_su_08_p0_s0_s1_dates_formula_and_result_are_read(self):
        revision = self.revise(self.sold(), date(2024, 3, 1))
        self.assertEqual((revision.p0, revision.s0, revision.s1), (500.0, 293.9, 310.2))
        self.assertEqual(revision.s0_published_on, date(2023, 2, 28))
        self.assertEqual(revision.s1_published_on, date(2024, 2, 29))
        self.assertEqual(revision.p1, 527.73)
        self.assertIn("500 × 310.2 / 293.9", revision.proof)
        self.assertIn("2024-02-29", revision.proof)

    def test_su_08_the_next_due_date_starts_from_the_last_revision(self):
        subscription = self.sold()
        first = self.revise(subscription, date(2024, 3, 1))
        first.action_approve()
        first.action_apply()
        second = self.revise(subscription, date(2025, 3, 1))
        self.assertEqual((second.p0, second.s0, second.s1), (527.73, 310.2, 315.2))
        self.assertEqual(second.p1, 536.24)

    def test_su_08_an_index_whose_day_is_unknown_blocks_and_is_named(self):
        subscription = self.sold()
        with self.assertRaisesRegex(UserError, "02/2025"):
            self.revise(subscription, date(2025, 4, 15))

    def test_su_08_the_mean_of_four_quarters_is_kept_with_its_parts(self):
        icc = self.env.ref("crm_ext_subscriptions.crm_price_index_icc")
        figures = (
            2077,
            2123,
            2106,
            2162,
            2227,
            2205,
            2143,
            2108,
            2110,
            2120,
            2130,
            2140,
        )
        self.env["crm.price.index.value"].with_user(self.accountant).create(
            [
                {
                    "index_id": icc.id,
                    "month": date(2022 + (n + 1) // 4, (n + 1) % 4 * 3 + 1, 1),
                    "value": figure,
                }
                for n, figure in enumerate(figures)
            ]
        )
        icc.with_user(self.accountant).action_verify()
        subscription = self.subscribe(date(2023, 3, 1), 1200.0, plan_id=self.yearly.id)
        clause = self.add_clause(
            subscription,
            index_id=icc.id,
            mean_of=4,
            s0_rule="date_month",
            s0_month=False,
            s0_value=0,
        )
        self.assertIn("mean of 4", clause.formula)
        first = self.revise(subscription, date(2024, 3, 1))
        self.assertEqual((first.p1, first.s1), (1230.47, 2170.75))
        self.assertEqual(len(first.value_ids), 8)
        self.assertIn("2205 (2023-07)", first.proof)
        first.action_approve()
        first.action_apply()
        second = self.revise(subscription, date(2025, 3, 1))
        self.assertEqual((second.s0, second.s1), (2170.75, 2125.0))
        self.assertTrue(second.replay()["same"])
