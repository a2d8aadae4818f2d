import base64
from itertools import pairwise

from odoo.exceptions import UserError
from odoo.tests import tagged

from .usage_common import UsageCase

HEADER = "external_ref;customer;date_start;interval;unit;product;quantity;price_unit"


@tagged("post_install", "-at_install")
class TestMigrationLong(UsageCase):
    """Files of thousands of rows: checked by the lanes, unit by unit, with progress."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "MAINTENANCE"
        cls.partner.ref = "C42"

    def choose(self, kind, header, rows, user):
        text = "\n".join([header, *rows])
        values = {
            "kind": kind,
            "filename": "file.csv",
            "file": base64.b64encode(text.encode()),
        }
        return self.env["crm.subscription.import"].with_user(user).create(values)

    def usage_file(self, subscription, count, **changes):
        """One event a row; row 7 has no such meter, the last key is row 0's."""
        rows = [
            f"api;{subscription.name};2026-02-{1 + n % 28:02}T08:00:00+01:00;1;k{n}"
            for n in range(count - 1)
        ]
        rows[7] = rows[7].replace("api;", "fax;")
        rows.append(rows[0])
        header = "meter;subscription;at;quantity;key"
        return self.choose("usage", header, rows, self.accountant)

    def take_chunk(self):
        """One chunk of one lane, as the scheduled action does it."""
        return self.env["crm.batch.run"]._process_next_chunk()

    def test_su_06_5000_rows_of_usage_are_checked_by_the_lanes_then_imported(self):
        subscription = self.metered(self.tariff)
        run = self.usage_file(subscription, 5_000)
        told = run.action_check()
        self.assertEqual(told, {"rows": 5_000, "checking": True})
        self.assertEqual(run.state, "checking")
        steps = [run.progress]
        while run.state == "checking":
            self.take_chunk()
            steps.append(run.progress)
        self.assertGreater(len(set(steps)), 5, "progress is seen")
        self.assertTrue(all(one <= two for one, two in pairwise(steps)), steps)
        foreseen = {"created": 4_998, "replayed": 1, "rejected": 1}
        self.assertEqual(run.preview["counts"], foreseen)
        self.assertIn("fax", run.preview_html)
        self.assertFalse(subscription.line_ids.usage_event_ids)
        run.action_start()
        self.run_batches()
        self.assertEqual(run.state, "done")
        done = (run.created_count, run.known_count, run.reject_count)
        self.assertEqual(done, (4_998, 1, 1), "as was foreseen")
        self.env.invalidate_all()
        self.assertEqual(subscription.usage_event_count, 4_998)

    def test_subscriptions_of_a_long_file_take_no_number_before_they_are_made(self):
        sequence = self.env["ir.sequence"].search([("code", "=", "crm.subscription")])
        number = sequence[:1].number_next_actual
        rows = [
            f"CT-{n // 50};C42;01/01/2026;1;month;MAINTENANCE;1;{n % 50 + 1}"
            for n in range(2_050)
        ]
        rows[100] = rows[100].replace("C42", "Nobody")
        run = self.choose("subscription", HEADER, rows, self.manager)
        self.assertEqual(run.action_check()["rows"], 2_050)
        self.run_batches()
        self.assertEqual(run.state, "checked")
        # the 50 rows of the reference that has a bad one
        counts = {"created": 2_000, "replayed": 0, "rejected": 50}
        self.assertEqual(run.preview["counts"], counts)
        found = self.env["crm.subscription"].search([("external_ref", "like", "CT-")])
        self.assertFalse(found)
        self.env.invalidate_all()
        self.assertEqual(sequence[:1].number_next_actual, number)

    def test_a_long_file_may_be_started_without_waiting_for_its_check(self):
        subscription = self.metered(self.tariff)
        run = self.usage_file(subscription, 2_100)
        run.action_check()
        self.take_chunk()
        check = run.check_run_id
        run.action_start()
        self.assertEqual((check.state, run.state), ("cancelled", "running"))
        self.run_batches()
        self.assertEqual((run.state, run.created_count), ("done", 2_098))
        with self.assertRaisesRegex(UserError, "already started"):
            run.action_check()
