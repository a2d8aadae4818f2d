import json
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestIndexRecord(SubscriptionCase):
    """What a revision keeps, and a replay that needs nothing else."""

    def revision_of(self, price=500.0, day=date(2015, 2, 1), line=None, **clause):
        subscription = self.subscribe(
            date(2014, 2, 1),
            plan_id=self.yearly.id,
            lines=[{"price_unit": price} | (line or {})],
        )
        self.add_clause(subscription, **clause)
        return self.revise(subscription, day)

    def revise(self, subscription, day):
        ids = subscription.revise_price(day)
        return self.env["crm.price.revision"].with_user(self.manager).browse(ids)

    def apply(self, revision):
        self.verify_series()
        revision.action_approve()
        revision.action_apply()
        return revision

    def test_the_record_holds_every_figure_as_a_string(self):
        record = self.revision_of().record
        self.assertEqual((record["p0"], record["p1"]), ("500", "502.44"))
        pair = record["pairs"][0]
        self.assertEqual((pair["s0"]["value"], pair["s1"]["value"]), ("245.6", "246.8"))
        self.assertEqual(pair["s0"]["month"], "2014-02-01")
        values = self.env["crm.price.index.value"]
        self.assertEqual(values.browse(pair["s1"]["id"]).value, 246.8)
        self.assertEqual(record["formula"]["unit_price"], "2:half_up")
        self.assertNotIn("float", {type(x).__name__ for x in self.leaves(record)})
        json.dumps(record)

    def leaves(self, node):
        if isinstance(node, dict):
            node = list(node.values())
        if isinstance(node, list):
            return [leaf for child in node for leaf in self.leaves(child)]
        return [node]

    def test_su_08_a_replay_gives_the_same_cents_whatever_changed_since(self):
        revision = self.revision_of(
            fixed_part=0.15, coefficient_rounding="up", coefficient_digits=3
        )
        before = revision.read(["p1", "steps"])[0]
        clause = revision.clause_id
        clause.write({"fixed_part": 0.5, "coefficient_digits": 1, "cap_percent": 0.0})
        values = self.env["crm.price.index.value"].with_user(self.accountant)
        values.create(
            {
                "index_id": self.syntec.id,
                "month": date(2015, 2, 1),
                "value": 300.0,
                "vintage": "corrected",
            }
        )
        again = revision.replay()
        self.assertTrue(again["same"])
        self.assertEqual(float(again["p1"]), before["p1"])
        self.assertEqual(again["steps"], before["steps"])

    def test_a_six_decimal_price_reaches_the_invoice(self):
        index = self.env["crm.price.index"].with_user(self.accountant)
        index = index.create({"name": "Vector A02", "code": "A02"})
        self.env["crm.price.index.value"].with_user(self.accountant).create(
            [
                {"index_id": index.id, "month": month, "value": value}
                for month, value in (
                    (date(2014, 2, 1), 321.5),
                    (date(2015, 2, 1), 333.2),
                )
            ]
        )
        index.action_verify()
        revision = self.revision_of(
            35.0,
            line={"quantity": 12},
            index_id=index.id,
            s0_value=321.5,
            fixed_part=0.15,
            unit_price_digits=6,
        )
        self.apply(revision)
        self.assertEqual(revision.p1, 36.082659)
        invoice = self.bill(revision.subscription_id, date(2015, 2, 1))
        line = invoice.invoice_line_ids.sorted("id")[-1:]
        self.assertEqual((line.price_unit, line.price_subtotal), (36.082659, 432.99))

    def test_a_line_rounded_up_is_billed_so(self):
        revision = self.revision_of(
            35.0,
            line={"quantity": 12},
            unit_price_digits=6,
            line_rounding="up",
            line_digits=0,
        )
        self.assertEqual(revision.line_amount, 423.0)
        self.apply(revision)
        invoice = self.bill(revision.subscription_id, date(2015, 2, 1))
        self.assertEqual(invoice.invoice_line_ids.sorted("id")[-1:].price_subtotal, 423)
        second = self.revise(revision.subscription_id, date(2016, 2, 1))
        self.assertEqual(second.p0, revision.p1)

    def test_su_10_the_chain_drops_the_link_after_its_year(self):
        subscription = self.subscribe(date(2021, 8, 1), 10000.0, plan_id=self.yearly.id)
        self.add_clause(subscription, s0_month=date(2021, 8, 1), s0_value=276.5)
        first = self.apply(self.revise(subscription, date(2023, 8, 1)))
        self.assertEqual((first.link, first.p1), ("0.97975", 10832.17))
        second = self.revise(subscription, date(2024, 8, 1))
        self.assertEqual((second.link, second.p1), (False, 11129.82))
        self.assertEqual(second.s0_value_id, first.s1_value_id)

    def test_below_the_threshold_nothing_is_approved(self):
        revision = self.revision_of(threshold_percent=2.0)
        self.assertEqual((revision.p1, revision.limit_kind), (500.0, "threshold"))
        self.verify_series()
        with self.assertRaisesRegex(UserError, "threshold"):
            revision.action_approve()

    def test_no_notice_no_revision(self):
        revision = self.revision_of(notice_required=True, notice_days=30)
        self.verify_series()
        revision.action_approve()
        with self.assertRaisesRegex(UserError, "2015-01-02"):
            revision.action_apply()
        revision.record_notice("2015-01-03", "email")
        with self.assertRaises(UserError):
            revision.action_apply()
        revision.record_notice("2015-01-02", "email")
        revision.action_apply()
        self.assertEqual(revision.notice_channel, "email")
        with self.assertRaises(AccessError):
            revision.with_user(self.seller).record_notice("2015-01-02")

    def test_l112_1_refuses_a_real_revision_too(self):
        with self.assertRaisesRegex(UserError, "L112-1"):
            self.revision_of(
                day=date(2014, 8, 1), s0_month=date(2013, 8, 1), s0_value=0
            )

    def test_weighted_indices_keep_all_their_values(self):
        index = self.env["crm.price.index"].with_user(self.accountant)
        energy = index.create({"name": "Energy", "code": "NRJ"})
        self.env["crm.price.index.value"].with_user(self.accountant).create(
            [
                {"index_id": energy.id, "month": month, "value": value}
                for month, value in (
                    (date(2014, 2, 1), 100.0),
                    (date(2015, 2, 1), 104.0),
                    (date(2016, 2, 1), 108.0),
                )
            ]
        )
        term = {"index_id": energy.id, "weight": 0.25, "s0_month": date(2014, 2, 1)}
        revision = self.revision_of(
            1000.0, fixed_part=0.15, term_ids=[Command.create(term)]
        )
        self.assertEqual(revision.p1, 1012.93)
        self.assertEqual(len(revision.value_ids), 4)
        self.assertIn("0.25 × 104 / 100", revision.proof)
        self.verify_series()
        with self.assertRaisesRegex(UserError, "NRJ"):
            revision.action_approve()
        energy.action_verify()
        self.apply(revision)
        second = self.revise(revision.subscription_id, date(2016, 2, 1))
        self.assertEqual(second.record["pairs"][1]["s0"]["value"], "104")
