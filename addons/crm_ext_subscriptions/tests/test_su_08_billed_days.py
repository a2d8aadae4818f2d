from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .revision_common import DAY, RevisionCase


@tagged("post_install", "-at_install")
class TestSu08BilledDays(RevisionCase):
    """A revision that reaches days already billed, or begins within a period."""

    def test_su_08_the_clause_lets_billed_days_owe_a_supplement(self):
        subscription = self.indexed(billed_days="adjust")
        revision = self.approved(subscription)
        self.bill(subscription, date(2015, 4, 1))
        self.assertEqual(revision.billed_until, date(2015, 4, 30))
        revision.action_apply()
        self.assertEqual(self.adjustments_of(subscription), [2.44, 2.44, 2.44])
        self.assertEqual(revision.adjustment_total, 7.32)
        rows = revision.sudo().adjustment_ids
        self.assertEqual(set(rows.mapped("cause")), {"revision"})
        self.assert_ledger_agrees(subscription)
        amounts = self.bill_at(subscription, date(2015, 5, 1))
        self.assertEqual(sorted(amounts), [2.44, 2.44, 2.44, 502.44])

    def test_su_08_else_a_person_confirms(self):
        subscription = self.indexed()
        revision = self.approved(subscription)
        self.bill(subscription, date(2015, 2, 1))
        with self.assertRaisesRegex(UserError, "billed until 02/28/2015"):
            revision.action_apply()
        self.assertEqual(self.price_at(subscription, DAY), 500.0)
        revision.action_apply_to_billed()
        self.assertEqual(self.adjustments_of(subscription), [2.44])
        self.assertEqual(revision.applied_by, self.manager)

    def test_su_08_an_accountant_applies_to_billed_days(self):
        subscription = self.indexed()
        revision = self.approved(subscription)
        self.bill(subscription, date(2015, 2, 1))
        revision.with_user(self.accountant).action_apply_to_billed()
        self.assertEqual(self.adjustments_of(subscription), [2.44])

    def test_su_08_a_falling_index_owes_a_credit(self):
        index = self.make_index()
        self.enter(index, date(2025, 1, 1), 100.0)
        self.enter(index, date(2026, 1, 1), 98.75)
        subscription = self.indexed(
            price=1234.56,
            start=date(2025, 1, 1),
            index_id=index.id,
            s0_month=date(2025, 1, 1),
            s0_value=0,
            billed_days="adjust",
        )
        revision = self.approved(subscription, date(2026, 1, 1))
        self.bill(subscription, date(2026, 2, 1))
        revision.action_apply()
        self.assertEqual(revision.p1, 1219.13)
        self.assertEqual(self.adjustments_of(subscription), [-15.43, -15.43])
        self.assert_ledger_agrees(subscription)

    def test_su_08_within_a_period_the_days_are_split(self):
        subscription = self.indexed(billed_days="adjust")
        day = date(2015, 2, 15)
        revision = self.approved(subscription, day)
        self.bill(subscription, date(2015, 3, 1))
        revision.action_apply()
        # 14 of the 28 days of February at 502.44: 251.22 for 250.00
        self.assertEqual(self.adjustments_of(subscription), [1.22, 2.44])
        february = revision.sudo().adjustment_ids.sorted("date_from")[0]
        self.assertEqual(
            (february.date_from, february.date_to), (day, date(2015, 2, 28))
        )
        self.assert_ledger_agrees(subscription)

    def test_su_08_days_not_billed_yet_are_split_too(self):
        subscription = self.indexed()
        self.bill(subscription, date(2015, 1, 1))
        self.applied(subscription, date(2015, 2, 15))
        amounts = self.bill_at(subscription, date(2015, 2, 1))
        self.assertEqual(amounts, [251.22, 250.0])

    def test_su_08_or_the_price_waits_for_the_next_period(self):
        subscription = self.indexed(billed_days="adjust", mid_period="next_period")
        revision = self.approved(subscription, date(2015, 2, 15))
        self.assertEqual(revision.price_from, date(2015, 3, 1))
        self.bill(subscription, date(2015, 3, 1))
        revision.action_apply()
        self.assertEqual(self.adjustments_of(subscription), [2.44])
        self.assertEqual(self.price_at(subscription, date(2015, 2, 28)), 500.0)
        self.assertEqual(self.price_at(subscription, date(2015, 3, 1)), 502.44)

    def test_su_08_the_first_day_of_a_period_is_not_put_off(self):
        subscription = self.indexed(mid_period="next_period")
        self.assertEqual(self.revise(subscription).price_from, DAY)

    def test_su_08_a_later_price_of_its_own_stays(self):
        subscription = self.indexed()
        line = subscription.line_ids
        subscription.amend(
            "price", date(2015, 6, 1), {"line_id": line.id, "price_unit": 600.0}
        )
        subscription.amend(
            "quantity", date(2015, 4, 1), {"line_id": line.id, "quantity": 2}
        )
        self.applied(subscription)
        self.assertEqual(self.price_at(subscription, DAY), 502.44)
        april = line._get_version_at(date(2015, 4, 1))
        self.assertEqual((april.quantity, april.price_unit), (2, 502.44))
        self.assertEqual(self.price_at(subscription, date(2015, 6, 1)), 600.0)
