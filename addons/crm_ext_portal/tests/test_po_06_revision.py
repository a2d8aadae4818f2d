from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmPortalCase

TOLD = date(2021, 11, 20)
REASON = "Our contract speaks of another index."


@tagged("post_install", "-at_install")
class TestPo06Revision(CrmPortalCase):
    """A customer reads letter and proof, accepts the price, or contests it in time."""

    def setUp(self):
        super().setUp()
        self.subscription = self.subscribe(start=date(2021, 11, 1))
        self.revision = self.revise(self.subscription).with_user(self.accountant)
        self.url = f"/my/revisions/{self.revision.id}"

    def announce(self):
        self.revision.action_approve()
        self.customer.email = "moulin@moulin-test.example"
        with freeze_time(TOLD):
            self.revision.action_send_letter()
        self.login(self.claire)

    def send(self, answer, **values):
        """Post as the page's form does."""
        data = {"answer": answer, "csrf_token": self.csrf(), **values}
        return self.url_open(f"{self.url}/answer", data=data)

    def said(self):
        return str(self.subscription.message_ids.mapped("body"))

    def test_su_08_the_customer_reads_letter_and_proof(self):
        self.announce()
        text = self.main_text(self.url)
        self.assertIn("P1 = P0 × S1 / S0", text)
        self.assertIn(" ".join(self.revision._get_formula_in_numbers().split()), text)
        self.assertIn("Only one known", text)
        letter = self.url_open(f"{self.url}/letter")
        self.assertEqual(letter.headers["Content-Type"], "application/pdf")
        self.assertEqual(letter.content, self.revision.sudo().letter_id.raw)
        page = self.page(f"/my/subscriptions/{self.subscription.id}")
        self.assertIn(self.url, page.xpath("//a/@href"))
        self.assertIn(self.url, self.said())

    def test_su_08_two_prices_of_one_subscription_go_in_one_letter(self):
        both = self.subscribe(
            start=date(2021, 11, 1), lines=[{"price_unit": 100}, {"price_unit": 250}]
        )
        first = self.revise(both, lines=both.line_ids[0])
        revisions = first | self.revise(both, lines=both.line_ids[1])
        revisions = revisions.with_user(self.accountant)
        revisions.action_approve()
        self.customer.email = "moulin@moulin-test.example"
        with freeze_time(TOLD):
            revisions.action_send_letter()
        self.assertEqual(len(revisions.sudo().letter_id), 1)
        self.assertEqual(revisions.mapped("notice_sent_on"), [TOLD, TOLD])

    def test_su_08_a_draft_is_not_shown(self):
        self.login(self.claire)
        response = self.url_open(self.url)
        self.assertTrue(response.url.endswith("/my"))

    @freeze_time("2021-11-25")
    def test_su_08_accepted_once_whatever_the_clicks(self):
        self.announce()
        for _click in range(2):
            self.assertEqual(self.send("accepted").status_code, 200)
        self.assertEqual(self.revision.answer, "accepted")
        self.assertEqual(self.revision.answered_by, self.contact)
        self.assertTrue(self.revision.answered_at)
        self.assertEqual(self.said().count("accepted"), 1)
        self.assertIn("You accepted this price", self.main_text(self.url))

    @freeze_time("2021-11-25")
    def test_su_08_contested_with_a_reason_it_waits_for_a_manager(self):
        self.announce()
        response = self.send("contested", reason=" ")
        self.assertIn("outcome=reason", response.url)
        self.assertFalse(self.revision.answer)
        for _click in range(2):
            self.send("contested", reason=REASON)
        self.assertEqual(self.revision.answer, "contested")
        self.assertEqual(self.said().count(REASON), 1)
        message = self.subscription.message_ids.filtered(
            lambda one: REASON in str(one.body)
        )
        self.assertEqual(message.author_id, self.contact)
        self.assertEqual(len(self.revision.sudo().activity_ids), 1)
        self.assertIn(REASON, self.main_text(self.url))
        with self.assertRaisesRegex(UserError, "contested"):
            self.revision.action_apply()

    @freeze_time("2021-12-20")
    def test_su_08_too_late_to_contest(self):
        self.announce()
        self.assertNotIn("Contest...", self.main_text(self.url))
        self.assertIn("outcome=late", self.send("contested", reason=REASON).url)
        self.assertFalse(self.revision.answer)

    @freeze_time("2021-11-25")
    def test_su_08_strangers_are_refused(self):
        self.announce()
        self.login(self.rita)
        for response in (
            self.url_open(self.url),
            self.url_open(f"{self.url}/letter"),
            self.send("accepted"),
        ):
            self.assertTrue(response.url.endswith("/my"))
        self.assertFalse(self.revision.answer)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(self.url).url)
        refused = self.url_open(f"{self.url}/answer", data={"answer": "accepted"})
        self.assertIn("/web/login", refused.url)
        self.assertFalse(self.revision.answer)

    @freeze_time("2021-11-25")
    def test_su_08_a_customer_writes_nothing_by_rpc(self):
        self.announce()
        ids = self.revision.ids
        for method, args in (
            ("write", [ids, {"answer": "accepted"}]),
            ("action_apply", [ids]),
            ("action_uphold", [ids]),
            ("record_notice", [ids, "2021-11-01"]),
            ("_record_answer", [ids, "accepted", self.contact.id]),
        ):
            with self.subTest(method):
                self.assert_refused("AccessError", "crm.price.revision", method, *args)
        self.assertFalse(self.revision.answer)
