from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestIndexClause(SubscriptionCase):
    """What a clause may be, and what the law says of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ipc = cls.env.ref("crm_ext_subscriptions.crm_price_index_ipc")
        cls.ilc = cls.env.ref("crm_ext_subscriptions.crm_price_index_ilc")
        cls.company.country_id = cls.env.ref("base.fr")

    def clause_of(self, user=None, **values):
        subscription = self.subscribe(date(2014, 2, 1), 500.0, plan_id=self.yearly.id)
        return self.add_clause(subscription, user=user, **values)

    def test_indices_ship_ready_with_their_flags(self):
        found = {
            index.code: (index.period, index.legal_kind, index.value_count)
            for index in self.env["crm.price.index"]
            .with_user(self.seller)
            .search([("publisher", "=", "Insee")])
        }
        self.assertEqual(
            found,
            {
                "ILC": ("quarter", "lease", 0),
                "ILAT": ("quarter", "lease", 0),
                "ICC": ("quarter", "building", 0),
                "BT01": ("month", "building", 0),
                "IPC": ("month", "price_level", 0),
            },
        )

    def test_a_forbidden_index_is_refused_in_france_with_the_article(self):
        with self.assertRaisesRegex(ValidationError, "L112-2.*salaire minimum"):
            self.clause_of(index_id=self.ipc.id)
        smic = (
            self.env["crm.price.index"]
            .with_user(self.manager)
            .create({"name": "SMIC horaire", "code": "SMIC"})
        )
        self.assertEqual(smic.legal_kind, "minimum_wage")
        with self.assertRaisesRegex(ValidationError, "L112-2"):
            self.clause_of(index_id=smic.id)
        with self.assertRaisesRegex(ValidationError, "L112-2"):
            self.clause_of(
                term_ids=[
                    Command.create(
                        {
                            "index_id": smic.id,
                            "weight": 0.2,
                            "s0_month": date(2014, 2, 1),
                        }
                    )
                ]
            )

    def test_only_a_manager_logs_a_derogation(self):
        reason = "Rente, article L112-2 alinéa 3"
        with self.assertRaises(AccessError):
            self.clause_of(index_id=self.ipc.id, derogation_reason=reason)
        clause = self.clause_of(
            user=self.manager, index_id=self.ipc.id, derogation_reason=reason
        )
        self.assertEqual(clause.derogation_by, self.manager)
        self.assertTrue(clause.derogation_at)
        self.assertIn(reason, clause.legal_warning)
        self.assertIn(reason, str(clause.subscription_id.message_ids.mapped("body")))
        with self.assertRaises(AccessError):
            clause.with_user(self.manager).derogation_by = self.seller
        with self.assertRaises(AccessError):
            clause.with_user(self.seller).derogation_reason = "Other"
        with self.assertRaises(ValidationError):
            clause.with_user(self.manager).derogation_reason = False

    def test_elsewhere_a_forbidden_index_is_a_warning(self):
        self.company.country_id = self.env.ref("base.be")
        clause = self.clause_of(index_id=self.ipc.id)
        self.assertIn("L112-2", clause.legal_warning)

    def test_a_private_individual_waits_for_a_manager(self):
        self.partner.is_company = False
        self.verify_series()
        clause = self.clause_of()
        subscription = clause.subscription_id
        self.assertIn("R212-1", clause.legal_warning)
        with self.assertRaisesRegex(UserError, "private individual"):
            subscription.revise_price(date(2015, 2, 1))
        with self.assertRaises(AccessError):
            clause.individual_accepted = True
        clause.with_user(self.manager).individual_accepted = True
        self.assertEqual(clause.individual_accepted_by, self.manager)
        self.assertTrue(subscription.revise_price(date(2015, 2, 1)))

    def test_a_one_way_floor_is_computed_warned_and_signed(self):
        clause = self.clause_of(floor_percent=0.0)
        self.assertTrue(clause.has_floor)
        self.assertIn("19-23.038", clause.legal_warning)
        self.assertEqual(clause.one_way_accepted_by, self.seller)
        both_ways = self.clause_of(floor_percent=-2.0)
        self.assertFalse(both_ways.legal_warning or both_ways.one_way_accepted_by)

    def test_a_clause_belongs_to_a_subscription_or_a_plan(self):
        clauses = self.env["crm.index.clause"].with_user(self.manager)
        vals = {"index_id": self.syntec.id, "s0_month": date(2014, 2, 1)}
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            clauses.create(vals).flush_recordset()

    def test_a_plan_hands_its_clause_to_its_subscriptions(self):
        plan = self.yearly.copy({"name": "Yearly, SYNTEC"})
        clauses = self.env["crm.index.clause"]
        vals = {
            "plan_id": plan.id,
            "index_id": self.syntec.id,
            "s0_rule": "date_month",
            "s1_rule": "date_month",
            "cap_percent": 3.0,
        }
        with self.assertRaises(AccessError):
            clauses.with_user(self.seller).create(vals)
        clauses.with_user(self.manager).create(vals)
        taking = self.subscribe(date(2014, 2, 1), 500.0, plan_id=plan.id)
        self.assertEqual(taking.clause_ids.cap_percent, 3.0)
        self.assertEqual(taking.clause_ids.plan_id.id, False)
        revisions = self.env["crm.price.revision"].browse(
            taking.revise_price(date(2015, 2, 1))
        )
        self.assertEqual(revisions.p1, 502.44)
        own = self.subscribe(date(2014, 2, 1), 500.0, plan_id=plan.id, confirm=False)
        self.add_clause(own)
        own.action_confirm()
        self.assertFalse(own.clause_ids.has_cap)

    def test_weighted_indices_leave_something_for_the_first(self):
        other = {"index_id": self.ilc.id, "s0_month": date(2014, 2, 1)}
        clause = self.clause_of(
            fixed_part=0.15, term_ids=[Command.create(other | {"weight": 0.25})]
        )
        self.assertEqual(
            clause.formula,
            "P1 = P0 × (0.15 + 0.6 × S1 SYNTEC / S0 SYNTEC + 0.25 × S1 ILC / S0 ILC)",
        )
        with self.assertRaisesRegex(ValidationError, "leave nothing"):
            clause.fixed_part = 0.75
        with self.assertRaisesRegex(ValidationError, "already"):
            same = other | {"index_id": self.syntec.id, "weight": 0.1}
            clause.term_ids = [Command.create(same)]

    def test_a_term_needs_a_month_of_s0_too(self):
        with self.assertRaisesRegex(ValidationError, "Month of S0"):
            self.clause_of(
                term_ids=[Command.create({"index_id": self.ilc.id, "weight": 0.25})]
            )
