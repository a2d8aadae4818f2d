import base64
from datetime import date
from pathlib import Path

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.subscription_file import template_csv, template_rows
from .usage_common import UsageCase

HEADER = "external_ref;customer;date_start;interval;unit;product;quantity;price_unit"


@tagged("post_install", "-at_install")
class TestMigrationImport(UsageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "MAINTENANCE"
        cls.partner.ref = "C42"

    def feed(self, *rows, header=HEADER, kind="subscription", user=None):
        """A file chosen by the administrator."""
        text = "\n".join([header, *rows])
        return (
            self.env["crm.subscription.import"]
            .with_user(user or self.manager)
            .create(
                {
                    "kind": kind,
                    "filename": "file.csv",
                    "file": base64.b64encode(text.encode()),
                }
            )
        )

    def bring(self, *rows, **values):
        run = self.feed(*rows, **values)
        run.action_start()
        self.run_batches()
        self.env.invalidate_all()
        return run

    def found(self, reference):
        return self.env["crm.subscription"].search([("external_ref", "=", reference)])

    def test_rows_of_one_reference_make_a_running_subscription(self):
        run = self.bring(
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;450,00",
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;35;11,70",
            "CT-2;Client;2026-02-15;3;month;Maintenance;2;100",
        )
        self.assertEqual((run.state, run.created_count), ("done", 3))
        subscription = self.found("CT-1")
        self.assertEqual((subscription.state, subscription.interval), ("running", 1))
        self.assertEqual(subscription.partner_id, self.partner)
        self.assertEqual(subscription.line_ids.mapped("price_unit"), [450.0, 11.7])
        self.assertEqual(self.found("CT-2").interval, 3)

    def test_nothing_before_the_opening_is_ever_billed(self):
        self.bring(
            "CT-1;C42;01/01/2025;1;month;MAINTENANCE;1;100;31/10/2026",
            header=f"{HEADER};billed_until",
        )
        subscription = self.found("CT-1")
        (opening,) = subscription.period_ids
        self.assertTrue(opening.is_opening)
        self.assertEqual((opening.quantity, opening.amount), (0, 0))
        self.assertEqual(opening.date_to, date(2026, 10, 31))
        self.assertEqual(subscription.next_due_date, date(2026, 11, 1))
        self.assertFalse(self.bill(subscription, date(2026, 10, 31)))
        invoice = self.bill(subscription, date(2026, 11, 1))
        self.assertEqual(invoice.amount_untaxed, 100.0)
        audit = self.env["crm.audit.result"]
        audit._check_all()
        gaps = audit.search([("code", "=", "billing_gaps")])
        self.assertEqual(gaps.state, "green")

    def test_an_opening_in_mid_period_leaves_its_other_days_to_bill(self):
        self.bring(
            "CT-1;C42;01/09/2026;1;month;MAINTENANCE;1;300;15/09/2026",
            header=f"{HEADER};billed_until",
        )
        invoice = self.bill(self.found("CT-1"), date(2026, 9, 30))
        self.assertEqual(invoice.amount_untaxed, 150.0)

    def test_a_catch_up_of_more_than_two_periods_waits(self):
        self.bring(
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;100;31/03/2026",
            "CT-2;C42;01/01/2026;1;month;MAINTENANCE;1;100;31/08/2026",
            header=f"{HEADER};billed_until",
        )
        late, fine = self.found("CT-1"), self.found("CT-2")
        due = (late + fine).with_user(self.accountant)
        wizard = (
            self.env["crm.bill.due"]
            .with_user(self.accountant)
            .create({"date": date(2026, 10, 1), "invoice_date": date(2026, 10, 1)})
        )
        self.assertIn(fine, wizard.subscription_ids)
        self.assertNotIn(late, wizard.subscription_ids)
        self.assertEqual(len(due), 2)

    def test_checking_creates_nothing(self):
        run = self.feed(
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;100",
            "CT-2;Nobody;01/01/2026;1;month;MAINTENANCE;1;100",
        )
        counts = run.action_check()
        self.assertEqual(counts, {"created": 1, "replayed": 0, "rejected": 1})
        self.assertFalse(self.found("CT-1"))
        self.assertEqual(run.state, "checked")
        self.assertIn("Nobody", run.preview_html)

    def test_a_file_fed_twice_creates_nothing_twice(self):
        row = "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;100"
        self.bring(row)
        run = self.bring(row)
        self.assertEqual((run.created_count, run.known_count), (0, 1))
        self.assertEqual(len(self.found("CT-1")), 1)

    def test_a_refused_row_is_told_why_and_given_back(self):
        run = self.bring(
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;100",
            "CT-2;C42;never;1;month;MAINTENANCE;1;100",
            "CT-3;C42;01/01/2026;-1;month;MAINTENANCE;1;100",
            "CT-4;C42;01/01/2026;1;month;NOTHING;1;100",
            "CT-5;C42;01/01/2026;1;month;MAINTENANCE;1;100",
            "CT-5;C42;01/01/2026;1;month;NOTHING;1;100",
            "CT-6;C42;01/01/2026;1;fortnight;MAINTENANCE;1;100",
        )
        self.assertEqual((run.created_count, run.reject_count), (1, 6))
        reasons = {row.number: row.reason for row in run.reject_ids}
        self.assertIn("date_start: not a date", reasons[2])
        self.assertIn("Every", reasons[3])
        self.assertIn("NOTHING is unknown", reasons[4])
        self.assertIn("Row 6 is refused", reasons[5])
        rejects = base64.b64decode(run.reject_file).decode("utf-8-sig")
        self.assertIn("CT-4;C42;01/01/2026;1;month;NOTHING;1;100;4;", rejects)
        mended = rejects.replace("NOTHING", "MAINTENANCE")
        header, *rows = mended.splitlines()
        self.bring(*[row for row in rows if "CT-4" in row], header=header)
        self.assertTrue(self.found("CT-4"))

    def test_two_customers_of_one_name_are_not_guessed(self):
        self.partner.copy({"name": "Client", "ref": False})
        run = self.feed("CT-1;Client;01/01/2026;1;month;MAINTENANCE;1;100")
        run.action_check()
        self.assertIn("several records", run.preview_html)

    def test_a_line_that_ends(self):
        self.bring(
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;100;31/01/2026",
            header=f"{HEADER};line_end",
        )
        subscription = self.found("CT-1")
        self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(sum(subscription.period_ids.mapped("amount")), 100.0)

    def test_only_administrators_import_subscriptions(self):
        run = self.feed(
            "CT-1;C42;01/01/2026;1;month;MAINTENANCE;1;100", user=self.accountant
        )
        with self.assertRaises(AccessError):
            run.action_check()
        with self.assertRaises(AccessError):
            self.feed("CT-1", user=self.seller)
        with self.assertRaisesRegex(UserError, "itself"):
            run.preview = {"counts": {}}

    def test_the_template_is_a_file_that_can_be_fed(self):
        self.partner.ref = "Client SAS"
        self.product.create({"name": "Licence", "default_code": "LICENCE"})
        folder = Path(__file__).parents[1] / "static/templates"
        for name in ("subscription.csv", "subscription.xlsx"):
            content = (folder / name).read_bytes()
            run = self.feed("")
            run.file = base64.b64encode(content)
            self.assertEqual(run.action_check()["created"], 2, run.preview)
        for kind in ("subscription", "usage"):
            self.assertEqual((folder / f"{kind}.csv").read_bytes(), template_csv(kind))
            sheet = openpyxl.load_workbook(folder / f"{kind}.xlsx").active
            values = [[it.value or "" for it in row] for row in sheet.iter_rows()]
            self.assertEqual(values, template_rows(kind))

    # ------------------------------------------------------------------ usage
    def test_su_06_usage_by_file(self):
        subscription = self.metered(self.tariff)
        name = subscription.name
        header = "Compteur;Abonnement;Date;Quantité"
        rows = (
            f"api;{name};10/02/2026 09:30;1 000,5",
            f"api;{name};10/02/2026 09:30;1 000,5",
            f"api;{name};2026-02-11T08:00:00Z;2",
            f"water;{name};11/02/2026;2",
            f"api;{name};11/02/2026;many",
        )
        values = {"header": header, "kind": "usage", "user": self.accountant}
        run = self.feed(*rows, **values)
        self.assertEqual(
            run.action_check(), {"created": 3, "replayed": 0, "rejected": 2}
        )
        self.assertFalse(subscription.line_ids.usage_event_ids)
        run.action_start()
        self.run_batches()
        events = subscription.line_ids.usage_event_ids
        self.assertEqual(sum(events.mapped("quantity")), 2003.0)
        self.assertEqual(set(events.mapped("source")), {"file"})
        self.assertEqual(min(events.mapped("at")).hour, 8)  # 9:30 in Paris
        self.assertEqual(run.reject_ids.mapped("number"), [4, 5])
        self.assertIn("water does not exist", run.reject_ids[0].reason)
        again = self.bring(*rows, **values)
        self.assertEqual((again.created_count, again.known_count), (0, 3))
