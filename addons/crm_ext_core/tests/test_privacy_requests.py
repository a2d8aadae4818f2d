import base64
import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .privacy_common import MAIL, NAME, PHONE, PrivacyCase


@tagged("post_install", "-at_install")
class TestPrivacyRequests(PrivacyCase):
    """Issue 5, personal data: told, forgotten, not profiled."""

    def test_one_person_is_found_everywhere_by_its_address(self):
        request = self.request("access")
        request.action_find()
        counts = {one.res_model: one.count for one in request.finding_ids}
        for model in (
            "res.partner", "crm.lead", "crm.capture.post", "crm.capture.visit",
            "crm.score.event", "calendar.event",
        ):  # fmt: skip
            self.assertTrue(counts.get(model), model)
        self.assertEqual(request.state, "found")

    def test_the_copy_is_readable_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        request = self.request("access", email=MAIL, lang="fr_FR")
        request.action_do()
        self.assertEqual(request.state, "done")
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(request.export)))
        data = json.loads(archive.read("data.json"))
        self.assertEqual(data["emails"], [MAIL])
        told = json.dumps(data, ensure_ascii=False)
        for text in (NAME, MAIL, "192.0.2.7", f"Dear {NAME}"):
            self.assertIn(text, told)
        labels = (
            self.env["res.partner"].with_context(lang="fr_FR").fields_get(["phone"])
        )
        self.assertIn(labels["phone"]["string"], told)
        self.assertTrue([one for one in archive.namelist() if one.endswith(".csv")])
        self.assertTrue([one for one in archive.namelist() if "letter.txt" in one])

    def test_after_an_erasure_nothing_personal_is_left(self):
        self.assertIn("crm_lead.contact_name", self.find_texts(NAME))
        request = self.request("erasure")
        request.action_find()
        request.action_do()
        self.assertEqual(self.find_texts(NAME, MAIL, PHONE, "Testard"), [])

    def test_figures_stay(self):
        before = (self.lead.stage_id, self.lead.source_id, self.lead.create_date)
        events = len(self.lead.crm_score_event_ids)
        messages = len(self.lead.message_ids)
        self.request("erasure", lead_id=self.lead.id).action_do()
        lead = self.lead
        self.assertEqual((lead.stage_id, lead.source_id, lead.create_date), before)
        self.assertEqual(lead.expected_revenue, 5000)
        self.assertEqual(len(lead.crm_score_event_ids), events)
        self.assertEqual(len(lead.message_ids), messages)
        self.assertEqual(self.post.state, "forgotten")
        self.assertTrue(lead.crm_forgotten_date and self.contact.crm_forgotten_date)

    def test_others_keep_their_data(self):
        other = self.env["crm.lead"].create(
            {
                "name": "Other",
                "contact_name": "Ann Other",
                "email_from": "ann@o.example",
            }
        )
        self.request("erasure").action_do()
        self.assertEqual((other.contact_name, other.email_from),
                         ("Ann Other", "ann@o.example"))  # fmt: skip

    def test_a_lead_speaks_of_its_contact_whatever_its_address(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        person = self.env["res.partner"].create(
            {"name": "Ann", "email": "ann@private.example", "parent_id": firm.id}
        )
        lead, other = self.env["crm.lead"].create(
            [
                {"name": "One", "partner_id": person.id},
                {"name": "Two", "partner_id": firm.id, "email_from": "x@firm.example"},
            ]
        )
        # emptied on the lead alone: the host keeps the contact's
        lead.email_from = False
        self.assertEqual(person.email, "ann@private.example")
        self.request("erasure", lead_id=lead.id).action_do()
        self.assertFalse(person.email)
        # a company is nobody
        self.request("erasure", lead_id=other.id).action_do()
        self.assertEqual(firm.name, "Firm")

    def test_somebody_whose_address_ends_alike_keeps_the_mails(self):
        mail = self.env["mail.mail"].create(
            {"email_to": f"berenice-{MAIL}", "body_html": "Dear", "subject": "Offer"}
        )
        self.request("erasure").action_do()
        self.assertEqual((mail.subject, mail.mail_message_id.subject), ("Offer",) * 2)

    def test_what_merges_and_rules_kept_of_the_person_goes_too(self):
        rule = self.env["crm.funnel.rule"].create(
            {"name": "Greet", "stage_id": self.lead.stage_id.id, "active": False}
        )
        self.lead.type = "opportunity"
        firing = self.env["crm.funnel.firing"]._claim(rule, self.lead)
        firing.reason = f"{MAIL} was refused"
        self.env["crm.funnel.effect"].create(
            {"firing_id": firing.id, "kind": "mail", "done": f"E-mail to {MAIL}"}
        )
        twin = self.lead.copy({"phone": False, "user_id": self.salesperson.id})
        merges = self.env["crm.lead.merge"].with_user(self.salesperson)
        merge = merges._merge(
            twin.with_user(self.salesperson),
            self.lead.with_user(self.salesperson),
            {"phone": self.lead.id},
        )
        self.assertIn("crm_lead_merge_reference.new_value", self.find_texts(PHONE))
        self.request("erasure").action_do()
        self.assertEqual(self.find_texts(NAME, MAIL, PHONE), [])
        merge.action_undo()
        self.assertTrue(self.lead.active, "what names nobody can still be undone")
        self.assertEqual(self.find_texts(NAME, MAIL, PHONE), [])

    def test_a_file_of_the_copy_lies_where_we_put_it(self):
        self.env["ir.attachment"].create(
            {
                "name": "../../evil.txt",
                "raw": b"x",
                "res_model": "crm.lead",
                "res_id": self.lead.id,
            }
        )
        request = self.request("access")
        request.action_do()
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(request.export)))
        names = [name for name in archive.namelist() if "evil" in name]
        self.assertEqual([name.count("/") for name in names], [1])

    def test_the_request_itself_names_nobody_and_is_found_again(self):
        self.request("access").action_do()
        request = self.request("erasure")
        request.action_do()
        self.assertFalse(request.email)
        self.assertEqual(request.subject, "z…@v…")
        again = self.env["crm.privacy.request"].with_user(self.officer)
        self.assertIn(request, again.find_earlier(MAIL.title()))
        with self.assertRaises(UserError):
            request.action_do()

    def test_a_card_that_the_law_keeps_stays_the_rest_goes(self):
        self.lead.action_set_won()
        request = self.request("erasure")
        request.action_do()
        self.assertEqual(self.contact.name, NAME)
        self.assertFalse(self.lead.contact_name)
        self.assertFalse(self.post.email)
        kept = request.finding_ids.filtered("kept")
        self.assertTrue(kept.reason)

    def test_a_user_is_not_forgotten_by_mistake(self):
        request = self.request("erasure", partner_id=self.salesperson.partner_id.id)
        with self.assertRaisesRegex(UserError, "archive the user"):
            request.action_do()

    def test_objection_ends_scores_behaviour_and_recognition(self):
        token = self.post._get_visitor_token()
        self.request("objection").action_do()
        self.assertTrue(self.lead.crm_no_profiling and self.contact.crm_no_profiling)
        visits = self.env["crm.capture.visit"]
        self.assertFalse(visits.record_visit(token, "https://www.example.com/"))
        self.assertEqual(self.post._get_visitor_token(), "")
        before = len(self.lead.crm_score_event_ids)
        self.env["crm.score.event"]._log(
            "visit", [(self.lead.id, self.lead.create_date, "later")]
        )
        self.assertEqual(len(self.lead.crm_score_event_ids), before)
        behaved = self.env["crm.segment"].create(
            {
                "name": "Posted",
                "res_model": "all",
                "criterion_ids": [
                    (0, 0, {"code": "behaviour", "value": {"keys": ["form"]}})
                ],
            }
        )
        leads = self.env["crm.lead"].search(behaved._criteria_domain("crm.lead"))
        self.assertNotIn(self.lead, leads)

    def test_objection_of_somebody_without_contact_holds_for_later_leads(self):
        values = {"name": "A", "type": "lead", "email_from": "alone@x.example"}
        self.env["crm.lead"].create(values)
        self.request("objection", email="alone@x.example").action_do()
        self.assertTrue(self.env["crm.lead"].create(values).crm_no_profiling)

    def test_only_data_protection_reads_requests(self):
        request = self.request("access")
        for user in (self.salesperson, self.sales_manager, self.stranger):
            with self.assertRaises(AccessError):
                request.with_user(user).read(["email"])
            with self.assertRaises(AccessError):
                self.env["crm.privacy.request"].with_user(user).create({"email": MAIL})

    def test_an_address_pasted_with_its_name_finds_the_person(self):
        request = self.request("access", email=f"{NAME} <{MAIL.upper()}>")
        request.action_find()
        models = request.finding_ids.mapped("res_model")
        self.assertIn("crm.lead", models)
        self.assertIn("res.partner", models)

    def test_what_is_no_address_is_refused(self):
        for text in ("zoe at moulin", f"{MAIL}, other@moulin.example"):
            with self.assertRaisesRegex(UserError, "E-mail: .* is not one address"):
                self.request("erasure", email=text).action_do()

    def test_nobody_is_told_so(self):
        with self.assertRaisesRegex(UserError, "Nobody is known"):
            self.request("access", email=" ").action_find()
