from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .revision_common import DAY, RevisionCase

JANUARY = date(2026, 1, 1)
ACTIVITY = "crm_ext_subscriptions.mail_activity_type_regularise"


@tagged("post_install", "-at_install")
class TestSu08Regularisation(RevisionCase):
    """A price made with a value that was not final: proposed, approved, settled."""

    def setUp(self):
        super().setUp()
        self.index = self.make_index()
        self.enter(self.index, date(2025, 1, 1), 100.0, date(2025, 2, 28))

    def contract(self, price=1000.0, **clause):
        return self.indexed(
            price=price,
            start=date(2025, 1, 1),
            index_id=self.index.id,
            s0_month=date(2025, 1, 1),
            s0_value=0,
            **clause,
        )

    def provisional(self, **clause):
        """1,030 from January on, made with a provisional 103."""
        self.enter(
            self.index,
            JANUARY,
            103.0,
            date(2026, 1, 20),
            status="provisional",
            vintage="first",
        )
        return self.applied(self.contract(**clause), JANUARY)

    def final(self, value, month=JANUARY):
        return self.enter(
            self.index, month, value, date(2026, 4, 30), vintage="settled"
        )

    def proposals(self):
        return (
            self.env["crm.price.revision"]
            .with_user(self.accountant)
            .search([("regularises_id", "!=", False), ("state", "=", "draft")])
        )

    def test_su_08_the_final_value_proposes_and_changes_nothing(self):
        revision = self.provisional()
        self.assertTrue(revision.provisional)
        self.assertEqual(revision.p1, 1030.0)
        self.final(102.4)
        proposal = self.proposals()
        self.assertEqual(proposal.regularises_id, revision)
        self.assertEqual((proposal.p0, proposal.s1, proposal.p1), (1000, 102.4, 1024))
        self.assertIn("1000 × 102.4 / 100 = 1024", proposal.proof)
        self.assertEqual(self.price_at(revision.subscription_id, JANUARY), 1030.0)
        task = self.index.activity_ids
        self.assertEqual(task.activity_type_id, self.env.ref(ACTIVITY))
        self.assertIn("1", task.summary)

    def test_su_08_applied_it_settles_the_billed_days_to_the_cent(self):
        revision = self.provisional()
        subscription = revision.subscription_id
        self.bill(subscription, date(2026, 3, 1))
        self.final(102.4)
        proposal = self.proposals()
        proposal.action_approve()
        proposal.action_apply()
        self.assertEqual(self.adjustments_of(subscription), [-6.0, -6.0, -6.0])
        rows = proposal.sudo().adjustment_ids
        self.assertEqual(set(rows.mapped("cause")), {"regularisation"})
        self.assert_ledger_agrees(subscription)
        self.assertEqual(self.price_at(subscription, JANUARY), 1024.0)
        amounts = self.bill_at(subscription, date(2026, 4, 1))
        self.assertEqual(sorted(amounts), [-6.0, -6.0, -6.0, 1024.0])
        # the first proof is what it was, and is replayed to the same cents
        self.assertEqual((revision.p1, revision.s1), (1030.0, 103.0))
        self.assertTrue(revision.replay()["same"])
        self.assertEqual(revision.replay()["p1"], "1030")
        self.assertTrue(proposal.replay()["same"])
        self.assertFalse(revision.provisional)

    def test_su_08_the_next_revision_starts_from_the_final_price(self):
        revision = self.provisional()
        self.final(102.4)
        proposal = self.proposals()
        proposal.action_approve()
        proposal.action_apply()
        self.enter(self.index, date(2027, 1, 1), 105.0, date(2027, 2, 26))
        later = self.revise(revision.subscription_id, date(2027, 1, 1))
        self.assertEqual((later.p0, later.s0), (1024.0, 102.4))
        self.assertEqual(later.previous_id, proposal)

    def test_su_08_a_price_made_on_top_is_regularised_in_turn(self):
        revision = self.provisional(fixed_part=0.15)
        subscription = revision.subscription_id
        self.assertEqual(revision.p1, 1025.5)
        self.enter(self.index, date(2027, 1, 1), 105.0, date(2027, 2, 26))
        second = self.applied(subscription, date(2027, 1, 1))
        self.assertEqual(second.p1, 1042.43)
        self.final(102.4)
        first_final = self.proposals()
        self.assertEqual(first_final.p1, 1020.4)
        first_final.action_approve()
        first_final.action_apply()
        self.assertEqual(self.price_at(subscription, date(2027, 1, 1)), 1042.43)
        second_final = self.proposals()
        self.assertEqual(second_final.regularises_id, second)
        self.assertEqual(
            (second_final.p0, second_final.s0, second_final.p1),
            (1020.4, 102.4, 1042.42),
        )
        second_final.action_approve()
        second_final.action_apply()
        self.assertEqual(self.price_at(subscription, date(2026, 12, 1)), 1020.4)
        self.assertEqual(self.price_at(subscription, date(2027, 1, 1)), 1042.42)

    def test_su_08_a_missing_value_that_comes_late(self):
        self.enter(self.index, date(2025, 12, 1), 102.0, date(2026, 1, 30))
        revision = self.applied(self.contract(missing="regularise"), JANUARY)
        self.assertEqual((revision.p1, revision.wanted_month), (1020.0, JANUARY))
        self.enter(self.index, date(2026, 2, 1), 109.0, date(2026, 3, 30))
        self.assertFalse(self.proposals())
        self.final(103.0)
        proposal = self.proposals()
        self.assertEqual((proposal.s1, proposal.p1), (103.0, 1030.0))
        self.assertFalse(proposal.provisional)

    def test_su_08_a_final_value_that_came_before_the_price_was_applied(self):
        self.enter(self.index, JANUARY, 103.0, status="provisional", vintage="first")
        revision = self.approved(self.contract(), JANUARY)
        self.final(102.4)
        self.assertFalse(self.proposals())
        revision.action_apply()
        self.assertEqual(self.price_at(revision.subscription_id, JANUARY), 1030.0)
        self.assertEqual(self.proposals().p1, 1024.0)

    def test_su_08_the_same_final_value_owes_nothing(self):
        revision = self.provisional()
        self.final(103.0)
        self.assertFalse(self.proposals())
        revision.invalidate_recordset()
        self.assertFalse(revision.provisional)
        self.assertFalse(self.index.activity_ids)

    def test_su_08_a_correction_only_proposes(self):
        subscription = self.indexed()
        revision = self.applied(subscription)
        self.enter(
            self.syntec, DAY, 246.9, date(2015, 9, 30), vintage="corrected in 2015"
        )
        proposal = self.proposals()
        self.assertEqual(proposal.p1, 502.65)
        self.assertIn("as known at the effective date", proposal.warnings)
        self.assertEqual(self.price_at(subscription, DAY), 502.44)
        self.assertEqual(revision.replay()["p1"], "502.44")
        proposal.with_user(self.manager).action_cancel()
        revision.action_propose_regularisation()
        self.assertEqual(self.proposals().p1, 502.65)

    def test_su_08_an_unconfirmed_final_value_makes_no_price(self):
        self.provisional()
        self.env["crm.price.index.value"].with_user(self.accountant).create(
            {
                "index_id": self.index.id,
                "month": JANUARY,
                "value": 102.4,
                "published_on": date(2026, 4, 30),
                "vintage": "unseen",
            }
        )
        with self.assertRaisesRegex(UserError, "not confirmed"):
            self.proposals().action_approve()

    def test_su_08_a_newer_value_replaces_the_proposal(self):
        revision = self.provisional()
        self.final(102.4)
        stale = self.proposals()
        self.enter(self.index, JANUARY, 102.5, date(2026, 5, 29), vintage="again")
        self.assertEqual(stale.state, "cancelled")
        self.assertEqual(self.proposals().p1, 1025.0)
        self.assertEqual(len(revision.regularised_by_ids), 2)

    def test_su_08_a_regularisation_is_undone_too(self):
        revision = self.provisional()
        subscription = revision.subscription_id
        self.bill(subscription, date(2026, 2, 1))
        self.final(102.4)
        proposal = self.proposals()
        proposal.action_approve()
        proposal.action_apply()
        with self.assertRaisesRegex(UserError, "invoiced"):
            revision.action_undo()
        proposal.action_undo()
        self.assertEqual(self.price_at(subscription, JANUARY), 1030.0)
        self.assertEqual(self.adjustments_of(subscription), [])
        self.assertTrue(revision.provisional)
        self.assert_ledger_agrees(subscription)
