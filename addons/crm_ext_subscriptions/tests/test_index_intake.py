import base64
import io
from datetime import date

import openpyxl
import xlwt

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import SubscriptionCase

CSV = """series;period;value;published_on
SYNTEC-R;2025-10;322.2;2025-11-28
SYNTEC-R;2025-11;322,9;
SYNTEC-R;2025-11;n/a;
SYNTEC-R;2025-11;3229;
SYNTEC-R;2019-11;250.1;
SYNTEC-R;2025-11;322.9;2025-12-31
SYNTEC-R;2025-11;322.9;2025-12-31
"""


@tagged("post_install", "-at_install")
@freeze_time("2026-01-15")
class TestIndexIntake(SubscriptionCase):
    """Values come in by a form, a file or a call; nothing is guessed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.revised = cls.syntec.successor_id

    def load(self, content, user=None, **values):
        wizard = (
            self.env["crm.price.index.file"]
            .with_user(user or self.accountant)
            .create({"file": base64.b64encode(content), **values})
        )
        wizard.action_preview()
        return wizard

    def test_a_wrong_file_is_refused_row_by_row(self):
        wizard = self.load(CSV.encode())
        found = [(line.number, line.outcome) for line in wizard.line_ids]
        self.assertEqual(
            found,
            [
                (2, "dated"),
                (3, "refused"),
                (4, "refused"),
                (5, "refused"),
                (6, "refused"),
                (7, "new"),
                (8, "refused"),
            ],
        )
        messages = " ".join(wizard.line_ids.mapped(lambda line: line.message or ""))
        for word in ("comma", "not a number", "10 %", "before the series", "twice"):
            self.assertIn(word, messages)
        before = self.revised.value_count
        wizard.action_take_in()
        self.revised.invalidate_recordset(["value_ids"])
        self.assertEqual(self.revised.value_count, before + 2)
        self.assertEqual((wizard.taken_count, wizard.refused_count), (2, 5))
        last = self.revised.value_ids.sorted("month")[-1:]
        self.assertEqual((last.value, last.month), (322.9, date(2025, 11, 1)))
        self.assertFalse(last.verified)
        self.assertEqual(last.entered_by, self.accountant)

    def test_workbooks_new_and_old(self):
        rows = [
            ("period", "value", "published_on"),
            ("2025-11", 322.9, "2025-12-31"),
        ]
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        new = io.BytesIO()
        book.save(new)
        old_book = xlwt.Workbook()
        sheet = old_book.add_sheet("a")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(place, column, cell)
        old = io.BytesIO()
        old_book.save(old)
        for content in (new.getvalue(), old.getvalue()):
            wizard = self.load(content, index_id=self.revised.id)
            self.assertEqual(wizard.line_ids.mapped("outcome"), ["new"])
            self.assertEqual(wizard.line_ids.value, "322.9")

    def test_a_file_without_columns_says_which(self):
        with self.assertRaisesRegex(UserError, "period, value"):
            self.load(b"a;b\n1;2\n")

    def test_the_month_in_one_form(self):
        form = Form(
            self.env["crm.price.index.enter"]
            .with_user(self.accountant)
            .with_context(default_index_id=self.revised.id)
        )
        self.assertEqual(form.month, date(2025, 11, 1))
        self.assertEqual(form.last_text, "10/2025: 322.2")
        form.value = 422.9
        self.assertIn("10 %", form.problem)
        form.value = 322.9
        form.published_on = date(2025, 12, 31)
        self.assertFalse(form.problem)
        form.save().action_save()
        value = self.revised.value_ids.filtered(
            lambda value: value.month == date(2025, 11, 1)
        )
        self.assertTrue(value.verified)
        self.assertEqual(value.verified_by, self.accountant)

    def test_the_form_refuses_in_words(self):
        wizard = (
            self.env["crm.price.index.enter"]
            .with_user(self.manager)
            .create(
                {
                    "index_id": self.revised.id,
                    "month": date(2025, 10, 1),
                    "value": 322.3,
                }
            )
        )
        with self.assertRaisesRegex(UserError, "known already"):
            wizard.action_save()
        wizard.vintage = "corrected"
        wizard.published_on = date(2025, 12, 1)
        wizard.action_save()
        october = self.revised.value_ids.filtered(
            lambda value: value.month == date(2025, 10, 1)
        )
        self.assertEqual(sorted(october.mapped("value")), [322.2, 322.3])

    def test_a_program_gives_values(self):
        rows = [
            {"series": "revised", "period": "2025-11", "value": "322.9"},
            {"series": "revised", "period": "2025-11", "value": "323.9"},
            {"series": "XX", "period": "2025-11", "value": "1"},
        ]
        indices = self.env["crm.price.index"].with_user(self.accountant)
        trial = indices.intake(rows, dry_run=True)
        self.assertEqual((trial["created"], trial["refused"]), (0, 2))
        answer = indices.intake(rows, confirm=True)
        self.assertEqual((answer["created"], answer["refused"]), (1, 2))
        self.assertEqual(answer["rows"][0]["change_percent"], "0.217")
        value = self.env["crm.price.index.value"].browse(answer["rows"][0]["id"])
        self.assertTrue(value.verified)
        with self.assertRaises(AccessError):
            indices.with_user(self.seller).intake(rows)

    def test_a_new_value_waits_for_the_accountant(self):
        self.verify_series()
        self.assertFalse(self.revised.unverified_count)
        self.env["crm.price.index"].with_user(self.manager).intake(
            [{"series": "SYNTEC-R", "period": "2025-11", "value": "322.9"}]
        )
        self.revised.invalidate_recordset()
        self.assertEqual(self.revised.unverified_count, 1)
        subscription = self.subscribe(date(2024, 11, 1), 100.0)
        self.add_clause(
            subscription,
            index_id=self.revised.id,
            s0_month=date(2024, 12, 1),
            s0_value=0,
        )
        revision = self.env["crm.price.revision"].browse(
            subscription.revise_price(date(2025, 11, 1))
        )
        with self.assertRaisesRegex(UserError, "11/2025.*not confirmed"):
            revision.with_user(self.manager).action_approve()
        revision.value_ids.with_user(self.accountant).action_verify()
        revision.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError):
            revision.value_ids.with_user(self.accountant).write({"verified": False})

    def test_a_late_value_raises_one_activity_until_it_comes(self):
        self.revised.user_id = self.accountant
        ask = self.env["crm.price.index"]._cron_ask_late_values
        ask()
        ask()
        activity = self.revised.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("11/2025", activity.summary)
        self.assertFalse(self.syntec.activity_ids)
        self.env["crm.price.index"].with_user(self.accountant).intake(
            [{"series": "SYNTEC-R", "period": "2025-11", "value": "322.9"}]
        )
        self.assertFalse(self.revised.activity_ids)
        ask()
        self.assertFalse(self.revised.activity_ids)
