from odoo.tests import tagged

from .common import PDF, CrmPortalCase

EXE = b"MZ" + b"\0" * 200


@tagged("post_install", "-at_install")
class TestPo03Tickets(CrmPortalCase):
    """Tickets of the own company: seen, created with files, corrected, discussed."""

    def test_po_03_own_company_s_tickets_only(self):
        mine = self._new_case(name="Mine")
        colleague = self._new_case(name="Colleague's", partner_id=self.colleague.id)
        theirs = self._new_case(name="Theirs", partner_id=self.rita.partner_id.id)
        self.login(self.claire)
        page = self.main_text("/my/cases")
        self.assertIn(mine.number, page)
        self.assertIn(colleague.number, page)
        self.assertNotIn(theirs.number, page)

    def test_po_03_files_come_with_the_request(self):
        self.login(self.claire)
        self.send_request(
            {"subject": "With files"},
            files=[
                ("offer.pdf", PDF, "application/pdf"),
                ("trace.log", b"12:00 boom", "text/plain"),
            ],
        )
        case = self.env["crm.case"].search([("name", "=", "With files")])
        (message,) = self.fetch(case)
        self.assertEqual(len(message["attachment_ids"]), 2)
        names = case.message_ids.attachment_ids.mapped("name")
        self.assertEqual(sorted(names), ["offer.pdf", "trace.log"])

    def test_po_03_dangerous_and_large_files_are_refused_in_words(self):
        self.env["ir.config_parameter"].set_param("crm_ext_portal.max_upload_mib", "1")
        self.login(self.claire)
        refusals = {
            "not accepted": ("run.exe", EXE, "application/pdf"),
            "type are not": (
                "page.pdf",
                b"<html><script>1</script></html>",
                "image/png",
            ),
            "too large": ("big.txt", b"x" * (1024 * 1024 + 1), "text/plain"),
            "is empty": ("void.txt", b"", "text/plain"),
        }
        for words, file in refusals.items():
            with self.subTest(file[0]):
                response = self.send_request({"subject": "Bad file"}, files=[file])
                self.assertIn(words, response.text)
        self.assertFalse(self.env["crm.case"].search([("name", "=", "Bad file")]))
        case = self._new_case()
        self.assertIn("not accepted", self.upload(case, "run.exe", EXE)["error"])

    def test_po_03_customer_corrects_an_open_ticket_and_the_log_keeps_the_old_text(
        self,
    ):
        case = self._new_case(description="<p>It <b>smokes</b>.</p>")
        self.login(self.claire)
        form = self.form_of(f"/my/cases/{case.id}", f"/my/cases/{case.id}/edit")
        self.assertEqual(form["description"], "It *smokes*.")
        url = f"/my/cases/{case.id}/edit"
        self.url_open(url, data=form | {"subject": "Printer is on fire"})
        self.assertEqual(case.name, "Printer is on fire")
        self.assertIn("<b>", case.description, "an untouched text keeps its form")
        form = self.form_of(f"/my/cases/{case.id}", url)
        self.url_open(url, data=form | {"description": "It burns."})
        self.assertIn("It burns.", case.description)
        self.assertIn("smokes", str(case.message_ids.mapped("body")))
        self.assertNotIn("smokes", str(self.fetch(case)), "the log is for the team")

    def test_po_03_a_closed_ticket_is_not_corrected(self):
        case = self._new_case()
        self.login(self.claire)
        url = f"/my/cases/{case.id}/edit"
        form = self.form_of(f"/my/cases/{case.id}", url)
        case.action_close()
        response = self.url_open(url, data=form | {"subject": "Changed"})
        self.assertIn("This request is closed", response.text)
        self.assertEqual(case.name, "Printer is dead")

    def test_po_03_comment_with_a_file_is_exchanged(self):
        case = self._new_case()
        self.login(self.claire)
        uploaded = self.upload(case, "photo.pdf", PDF)
        (stored,) = uploaded["data"]["store_data"]["ir.attachment"]
        self.comment(case, "Here is the photo.", [stored])
        message = case.message_ids[0]
        self.assertEqual(message.author_id, self.contact)
        self.assertIn("Here is the photo.", message.body)
        self.assertEqual(message.attachment_ids.name, "photo.pdf")
        shown = self.fetch(case)[0]
        self.assertIn("Here is the photo.", str(shown["body"]))
        (attachment,) = shown["attachment_ids"]
        address = f"/web/content/{attachment['id']}"
        token = attachment["raw_access_token"]
        self.assertEqual(self.url_open(f"{address}?access_token={token}").content, PDF)

    def test_po_03_a_comment_reopens_what_was_closed_or_waited(self):
        for kind in ("waiting", "closed"):
            with self.subTest(kind):
                case = self._new_case()
                case.stage_id = self.env["crm.case.stage"].search(
                    [("kind", "=", kind)], limit=1
                )
                self.answer(case)
                self.assertEqual(case.stage_kind, kind, "our own answer moves nothing")
                self.login(self.claire)
                self.comment(case, "It happens again.")
                self.assertEqual(case.stage_kind, "progress")
                self.assertFalse(case.has_new_answer)

    def test_po_03_internal_notes_and_their_files_stay_inside(self):
        case = self._new_case()
        note = self.note(case, attachments=[("margin.txt", b"60 %")])
        self.login(self.claire)
        self.assertNotIn("He never pays.", str(self.fetch(case)))
        self.assertEqual(
            self.call("mail.message", "search_count", [("id", "=", note.id)]), 0
        )
        self.assert_refused("AccessError", "mail.message", "read", [note.id], ["body"])
        attachment = note.attachment_ids
        self.assertEqual(len(attachment), 1)
        self.assertEqual(
            self.url_open(f"/web/content/{attachment.id}").status_code, 404
        )
        self.assert_refused(
            "AccessError", "ir.attachment", "read", [attachment.id], ["name"]
        )

    def test_po_03_a_link_without_login_reads_and_comments_one_ticket(self):
        case = self._new_case()
        token = case.sudo()._portal_ensure_token()
        self.authenticate(None, None)
        self.assertIn(
            case.number, self.main_text(f"/my/cases/{case.id}?access_token={token}")
        )
        self.comment(case, "By the link.", token=token)
        message = case.message_ids[0]
        self.assertIn("By the link.", message.body)
        self.assertEqual(message.author_id, self.contact)
        with self.assertRaisesRegex(Exception, "NotFound"):
            self.comment(case, "No.", token="0" * 36)
