from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .revision_common import DAY, RevisionCase


@tagged("post_install", "-at_install")
class TestSu10Undo(RevisionCase):
    """Taken back while nothing was invoiced: terms, base and ledger as before."""

    def test_su_10_one_click_restores_the_price_and_deletes_nothing(self):
        subscription = self.indexed()
        revision = self.applied(subscription)
        versions = subscription.line_ids.version_ids
        self.assertEqual(self.price_at(subscription, DAY), 502.44)
        revision.action_undo()
        self.assertEqual(self.price_at(subscription, DAY), 500.0)
        self.assertEqual(revision.state, "undone")
        self.assertEqual(revision.undone_by, self.manager)
        self.assertTrue(versions.exists() == versions)
        restored = subscription.line_ids.version_ids - versions
        self.assertEqual(restored.undone_revision_id, revision)
        self.assertEqual(restored.reason, "revision")
        self.assertEqual(self.bill_at(subscription, DAY)[0], 500.0)

    def test_su_10_the_same_date_can_be_revised_again(self):
        subscription = self.indexed()
        self.applied(subscription).action_undo()
        again = self.revise(subscription)
        self.assertEqual((again.p0, again.s0, again.p1), (500.0, 245.6, 502.44))
        again.action_approve()
        again.action_apply()
        self.assertEqual(self.price_at(subscription, DAY), 502.44)

    def test_su_10_the_chained_base_goes_back(self):
        subscription = self.indexed()
        first = self.applied(subscription)
        day = date(2016, 2, 1)
        second = self.applied(subscription, day)
        self.assertEqual((second.p0, second.s0), (502.44, 246.8))
        self.assertEqual(second.previous_id, first)
        with self.assertRaisesRegex(UserError, "follows it. Undo that one first"):
            first.action_undo()
        second.action_undo()
        anew = self.revise(subscription, day)
        self.assertEqual((anew.p0, anew.s0, anew.p1), (502.44, 246.8, second.p1))
        anew.action_cancel()
        first.action_undo()
        anew = self.revise(subscription, date(2015, 3, 1))
        self.assertEqual((anew.p0, anew.s0), (500.0, 245.6))

    def test_su_10_refused_once_a_row_at_the_new_price_is_invoiced(self):
        subscription = self.indexed()
        revision = self.applied(subscription)
        self.bill(subscription, date(2015, 1, 1))
        self.assertFalse(revision.undo_problem)
        (invoice,) = self.bill(subscription, DAY)
        revision.invalidate_recordset(["undo_problem"])
        self.assertIn(invoice.name, revision.undo_problem)
        with self.assertRaisesRegex(UserError, "invoiced at the new price"):
            revision.action_undo()
        self.assertEqual(self.price_at(subscription, DAY), 502.44)

    def test_su_10_a_supplement_that_waits_is_dropped(self):
        subscription = self.indexed(billed_days="adjust")
        revision = self.approved(subscription)
        self.bill(subscription, date(2015, 3, 1))
        revision.action_apply()
        self.assertEqual(self.adjustments_of(subscription), [2.44, 2.44])
        revision.action_undo()
        self.assertEqual(self.adjustments_of(subscription), [])
        self.assert_ledger_agrees(subscription)
        self.assertEqual(self.bill_at(subscription, date(2015, 4, 1)), [500.0])

    def test_su_10_refused_once_the_supplement_is_invoiced(self):
        subscription = self.indexed(billed_days="adjust")
        revision = self.approved(subscription)
        self.bill(subscription, date(2015, 3, 1))
        revision.action_apply()
        self.bill(subscription, date(2015, 4, 1))
        with self.assertRaisesRegex(UserError, "invoiced at the new price"):
            revision.action_undo()

    def test_su_10_what_changed_meanwhile_stays(self):
        subscription = self.indexed()
        line = subscription.line_ids
        revision = self.applied(subscription)
        subscription.amend(
            "quantity", date(2015, 4, 1), {"line_id": line.id, "quantity": 3}
        )
        subscription.amend(
            "price", date(2015, 6, 1), {"line_id": line.id, "price_unit": 600.0}
        )
        revision.action_undo()
        april = line._get_version_at(date(2015, 4, 1))
        self.assertEqual((april.quantity, april.price_unit), (3, 500.0))
        self.assertEqual(self.price_at(subscription, date(2015, 6, 1)), 600.0)

    def test_su_10_only_who_decides_undoes(self):
        revision = self.applied(self.indexed())
        with self.assertRaises(AccessError):
            revision.with_user(self.seller).action_undo()
        revision.with_user(self.accountant).action_undo()
        self.assertEqual(revision.state, "undone")

    def test_su_10_an_update_from_the_origin(self):
        """Actualisation: each revision starts from the original price and index."""
        subscription = self.indexed(base="original")
        self.applied(subscription)
        later = self.applied(subscription, date(2016, 2, 1))
        self.assertEqual((later.p0, later.s0), (500.0, 245.6))
        later.action_undo()
        self.assertEqual(self.price_at(subscription, date(2016, 2, 1)), 502.44)
