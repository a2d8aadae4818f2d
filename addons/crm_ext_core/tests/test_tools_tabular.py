import datetime
import io
import unittest
from decimal import Decimal
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools import tabular
from odoo.addons.crm_ext_core.tools.reject_file import write_rejects

SAMPLES = Path(__file__).parent / "samples" / "import"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "import"
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(alphabet="abcéèàç' ;,\n\"", max_size=8).map(str.strip)
tables = st.lists(st.lists(texts, min_size=3, max_size=3), min_size=2, max_size=6)


def workbook(*rows, formats=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


class TestTabular(unittest.TestCase):
    def assertUnreadable(self, code, content, *options):
        with self.assertRaises(tabular.UnreadableFile) as caught:
            tabular.read_sheet(content, *options)
        self.assertEqual(caught.exception.code, code)

    def test_encodings_and_separators_are_recognised(self):
        text = "Société{0}Ville\r\nCafé de l'Ère{0}Pacé\r\n"
        for encoding in (
            "utf-8",
            "utf-8-sig",
            "utf-16",
            "utf-16-le",
            "cp1252",
            "mac_roman",
            "cp850",
        ):
            for separator in tabular.SEPARATORS:
                with self.subTest(encoding=encoding, separator=separator):
                    content = text.format(separator).encode(encoding)
                    sheet = tabular.read_sheet(content)
                    self.assertEqual(sheet.rows[0], ("Société", "Ville"))
                    self.assertEqual(sheet.rows[1], ("Café de l'Ère", "Pacé"))
                    self.assertEqual(sheet.separator, separator)

    def test_the_choice_of_an_encoding_is_obeyed_or_refused(self):
        self.assertUnreadable("encoding", "é;à\n".encode("cp1252"), "utf-8")
        sheet = tabular.read_sheet("é;à\n".encode("cp850"), "cp850", ";")
        self.assertEqual(sheet.rows, (("é", "à"),))

    def test_cells_of_a_workbook_are_what_the_user_sees(self):
        content = workbook(
            ["SIRET", "CP", "Budget", "Date", "Faux"],
            [973718000019, 1000, 12.345, datetime.date(2026, 10, 12), "#N/A"],
            formats={"A2": "00000000000000", "B2": "00000"},
        )
        self.assertEqual(
            tabular.read_sheet(content).rows[1],
            (
                "00973718000019",
                "01000",
                Decimal("12.345"),
                datetime.datetime(2026, 10, 12),
                "#N/A",
            ),
        )

    def test_what_holds_no_table_is_told_apart(self):
        self.assertUnreadable("empty", b" \n")
        self.assertUnreadable("empty", b";;\n;;\n")
        self.assertUnreadable("not_table", b"<html><table></table></html>")
        self.assertUnreadable("not_table", b"%PDF-1.7")
        self.assertUnreadable("damaged", b"PK\x03\x04 cut short")
        self.assertUnreadable("damaged", b"\xd0\xcf\x11\xe0" + b"\x00" * 600)

    @unittest.skipUnless(SHARED.exists(), "the real encrypted workbook is elsewhere")
    def test_a_password_is_named(self):
        name = "messytables_encrypted_no_password.xls"
        self.assertUnreadable("encrypted", (SHARED / "xls" / name).read_bytes())

    def test_no_file_crashes_the_reader(self):
        roots = [SHARED] if SHARED.exists() else [SAMPLES]
        for path in (path for root in roots for path in root.rglob("*.*")):
            with self.subTest(path.name):
                try:
                    self.assertTrue(tabular.read_sheet(path.read_bytes()).rows)
                except tabular.UnreadableFile as error:
                    self.assertEqual(error.code, "encrypted")

    @patient
    @given(st.binary(max_size=200))
    def test_no_bytes_crash_the_reader(self, content):
        try:
            tabular.read_sheet(content)
        except tabular.UnreadableFile as error:
            self.assertTrue(error.code)

    @patient
    @given(tables, st.sampled_from(["utf-8-sig", "cp1252", "utf-16"]))
    def test_what_is_rejected_is_read_back_unchanged(self, table, encoding):
        content = write_rejects(table[0], table[1:], encoding, ";")
        if any(any(row) for row in table):
            rows = tabular.read_sheet(content, encoding, ";").rows
            self.assertEqual([list(row) for row in rows], table)

    def test_a_reason_the_encoding_cannot_write_makes_the_file_utf8(self):
        content = write_rejects(["a"], [["Ω"]], "cp1252")
        self.assertEqual(content.decode("utf-8-sig"), "a\r\nΩ\r\n")
