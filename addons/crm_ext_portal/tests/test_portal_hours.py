from datetime import date

from odoo.tests import tagged

from .common import CrmPortalCase


@tagged("post_install", "-at_install")
class TestPortalHours(CrmPortalCase):
    """Hours bought, used and left, and which request used them (2f-2)."""

    def test_2f_2_hours_left_and_time_per_request(self):
        book = self._new_book(10, expires_on=date(2031, 12, 31))
        case = self._new_case()
        self._log(case, 1.25)
        self._log(case, 0.5, billable=False, description="Searched in vain")
        case.action_close()
        reopened = self._new_case(name="Reopened")
        self._log(reopened, 2)
        reopened.action_close()
        reopened.action_reopen()
        self.login(self.claire)
        text = self.main_text("/my/hours")
        self.assertIn(book.name, text)
        for figure in ("10:00", "01:15", "08:45", "12/31/2031"):
            self.assertIn(figure, text)
        self.assertIn(case.number, text)
        self.assertNotIn(reopened.number, text, "its hours came back")
        bar = self.page("/my/hours").xpath("//*[@role='progressbar']")[0]
        self.assertEqual(bar.get("aria-valuenow"), "88")
        case_text = self.main_text(f"/my/cases/{case.id}")
        self.assertIn("01:15", case_text)
        self.assertNotIn("Searched in vain", case_text)

    def test_2f_2_without_a_book_the_page_says_so(self):
        self.login(self.rita)
        self.assertIn("No hour book", self.main_text("/my/hours"))

    def test_2f_2_a_cancelled_book_is_not_shown(self):
        book = self._new_book(5)
        book._cancel()
        self.login(self.claire)
        self.assertNotIn(book.name, self.main_text("/my/hours"))
