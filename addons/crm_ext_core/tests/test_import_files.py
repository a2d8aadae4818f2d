from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestImportFiles(ImportCase):
    """A file that cannot be imported is refused with its cause and what to do."""

    def assertRefused(self, sentence, content, **options):
        run = self.new_run(content, **options)
        with self.assertRaisesRegex(UserError, sentence):
            run.action_preview()
        self.assertEqual(run.state, "draft")
        self.assertTrue(run.file)

    def test_each_cause_has_its_sentence(self):
        for sentence, content in (
            ("is empty", b" "),
            ("is not a table", b"<html><table/></html>"),
            ("is damaged", b"PK\x03\x04 cut short"),
            ("no row below", self.table()),
            ("Column missing: Raison sociale", b"E-mail;Nom\r\na@x.example;Un"),
            ("The file has: a, b", b"a;b\r\n1;2"),
        ):
            with self.subTest(sentence):
                self.assertRefused(sentence, content)

    def test_a_wrong_encoding_is_named(self):
        run = self.new_run("Raison sociale;Nom\r\nCafé;Un".encode("cp1252"))
        run.encoding = "utf-8"
        with self.assertRaisesRegex(UserError, "utf-8"):
            run.action_preview()
        run.encoding = False
        self.assertEqual(run.action_preview()["create"], 1)

    def test_another_file_asks_for_another_check(self):
        run = self.new_run(self.table("ALPHA;a@alpha.example;Un;"))
        run.action_preview()
        self.assertEqual(run.state, "checked")
        run.separator = ";"
        self.assertEqual(run.state, "draft")

    def test_a_started_import_keeps_its_file(self):
        run = self.import_file(self.table("ALPHA;a@alpha.example;Un;"))
        with self.assertRaisesRegex(UserError, "has started"):
            run.write({"file": b"YQ=="})
        with self.assertRaisesRegex(UserError, "already started"):
            run.action_start()
        with self.assertRaisesRegex(UserError, "is kept"):
            run.unlink()
