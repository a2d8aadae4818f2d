from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestImportLong(ImportCase):
    """A long file is checked by the lanes, with progress; a short one at once."""

    def long_file(self, count=2_500):
        return self.table(
            *(
                f"Société {number};p{number}@client{number}.example;Nom {number};10"
                for number in range(count)
            )
        )

    def test_a_long_file_is_checked_by_the_lanes_and_creates_nothing(self):
        run = self.new_run(self.long_file())
        told = run.action_preview()
        self.assertEqual(told, {"rows": 2_500, "checking": True})
        self.assertEqual((run.state, run.progress), ("checking", 0.0))
        self.assertFalse(run.preview)
        before = self.env["res.partner"].search_count([])
        self.run_batches()
        self.assertEqual((run.state, run.progress), ("checked", 100.0))
        self.assertEqual(run.created_count, 2_500)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(run.check_problem)

    def test_a_short_file_is_checked_at_once(self):
        run = self.new_run(self.long_file(20))
        self.assertEqual(run.action_preview()["create"], 20)
        self.assertEqual(run.state, "checked")
        self.assertFalse(run.check_run_id)

    def test_another_file_chosen_meanwhile_is_the_one_that_counts(self):
        run = self.new_run(self.long_file())
        run.action_preview()
        first = run.check_run_id
        run.file = self.new_run(self.long_file(3)).file
        self.assertEqual((first.state, run.state), ("cancelled", "draft"))
        run.action_preview()
        self.run_batches()
        self.assertEqual(run.created_count, 3)

    def test_a_check_that_fails_says_why_and_is_done_again(self):
        run = self.new_run(self.long_file(), user=self.salesperson)
        run.action_preview()
        missing = self.profile.line_ids.filtered(
            lambda line: line.field_name == "zip" and line.target == "company"
        )
        missing.required = True
        self.run_batches()
        self.assertEqual(run.state, "draft")
        self.assertIn("Raison sociale, E-mail", run.check_problem)
        missing.required = False
        run.check_run_id.action_retry_failures()
        self.run_batches()
        self.assertEqual(run.state, "checked")

    def test_what_was_begun_is_not_checked_again(self):
        run = self.new_run(self.long_file())
        run.action_preview()
        run.action_start()
        self.assertEqual(run.state, "running")
        with self.assertRaisesRegex(UserError, "already started"):
            run.action_preview()
