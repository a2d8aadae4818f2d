import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..controllers.capture import MAX_BODY
from .capture_common import LANDING, SITE, CaptureCase

PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n").decode()


@tagged("post_install", "-at_install")
class TestCo15Capture(CaptureCase):
    """A post from a website makes exactly one lead, with its source."""

    def test_co_15_one_post_one_lead_with_source(self):
        answer = self.post()
        self.assertEqual(
            (answer.status_code, answer.json()["status"]), (200, "accepted")
        )
        lead = self.leads().with_user(self.salesperson)
        self.assertEqual(
            (lead.contact_name, lead.email_from, lead.phone),
            ("Zoé Cœur", "zoe@moulin.example", "+33299000001"),
        )
        self.assertEqual(
            (lead.source_id.name, lead.medium_id.name, lead.campaign_id.title),
            ("Salon Rennes", "QR code", "Rentree"),
        )
        self.assertEqual(lead.crm_landing_page, LANDING)
        self.assertEqual((lead.team_id, lead.user_id), (self.team, self.salesperson))

    def test_double_click_and_replay_make_one_lead(self):
        first, again = self.post(), self.post()
        self.assertEqual(first.json(), again.json())
        self.assertEqual(len(self.leads()), 1)
        self.assertEqual(len(self.leads().crm_capture_post_ids), 1)
        self.assertEqual(self.counts(), (0, 0, 1, 0))

    def test_a_post_that_is_too_large_is_refused_and_counted(self):
        answer = self.post(values=self.values(description="x" * (MAX_BODY + 1)))
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self.leads())
        self.assertEqual(self.counts()[2:], (0, 1))

    def test_a_conflict_with_another_post_is_tried_again_with_what_was_sent(self):
        forms = self.registry["crm.capture.form"]
        receive, conflicts = forms.receive, ["serialization_failure"]

        def _receive(form, *args):
            if conflicts:
                form.env.cr.execute(f"DO $$ BEGIN RAISE {conflicts.pop()}; END $$")
            return receive(form, *args)

        self.patch(forms, "receive", _receive)
        self.assertEqual(self.post().status_code, 200)
        self.assertFalse(conflicts)
        self.assertEqual(self.leads().contact_name, "Zoé Cœur")

    def test_another_post_of_the_person_joins_the_open_lead(self):
        self.post()
        self.post(2, values=self.values(description="Any news?"))
        lead = self.leads()
        self.assertEqual(len(lead), 1)
        posts = lead.crm_capture_post_ids
        self.assertEqual(sorted(posts.mapped("state")), ["done", "joined"])
        self.assertIn("Any news?", lead.message_ids[0].body)

    def test_rule_always_a_new_lead(self):
        self.form.duplicate_rule = "new"
        self.post()
        self.post(2)
        self.assertEqual(len(self.leads()), 2)

    def test_the_known_contact_is_linked(self):
        contact = self.env["res.partner"].create(
            {"name": "Zoé", "email": "zoe@moulin.example"}
        )
        self.post()
        self.assertEqual(self.leads().partner_id, contact)

    def test_a_stranger_changes_nothing_of_the_contact(self):
        """Whoever knows a customer's address may post it with any phone."""
        contact = self.env["res.partner"].create(
            {"name": "Zoé", "email": "zoe@moulin.example", "phone": "+33123456789"}
        )
        self.post()
        contact.invalidate_recordset()
        self.assertEqual(contact.phone, "+33123456789")
        self.assertEqual(self.leads().phone, "+33299000001")

    def test_a_form_without_team_makes_leads_where_leads_are_used(self):
        self.form.write({"team_id": False, "user_id": False})
        people = self.env.ref("base.group_user")
        uses = self.env.ref("crm.group_use_lead")
        self.form.duplicate_rule = "new"
        people.implied_ids |= uses
        self.post()
        self.assertEqual(self.leads().type, "lead")
        people.implied_ids -= uses
        self.post(2)
        self.assertEqual(self.leads().sorted("id")[-1:].type, "opportunity")

    def test_consent_is_recorded_with_time_text_version_and_address(self):
        self.form.consent_text = "I agree, and read the notice."
        self.post()
        post = self.leads().crm_capture_post_ids.with_user(self.salesperson)
        self.assertEqual(post.consent_text, "I agree, and read the notice.")
        self.assertEqual(post.consent_version, 2)
        self.assertTrue(post.consent_date)
        self.assertTrue(post.address)

    def test_a_text_of_consent_in_another_language_is_another_version(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        texts = {"fr_FR": "J'accepte."}
        self.form.update_field_translations("consent_text", texts)
        self.assertEqual(self.form.consent_version, 2)
        self.form.update_field_translations("title", {"fr_FR": "Contact"})
        self.assertEqual(self.form.consent_version, 2)

    def test_without_consent_nothing_is_kept(self):
        answer = self.post(values=self.values(consent=False))
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(list(answer.json()["faults"]), ["consent"])
        self.assertFalse(self.leads())

    def test_wrong_values_name_their_field(self):
        answer = self.post(
            values=self.values(email_from="zoe@", phone="12", contact_name=" ")
        )
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(
            set(answer.json()["faults"]), {"email_from", "phone", "contact_name"}
        )
        self.assertFalse(self.leads())

    def test_file_goes_to_the_lead_and_programs_are_refused(self):
        self.post(values=self.values(file={"name": "cahier.pdf", "data": PDF}))
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.leads().id)]
        )
        self.assertEqual(files.name, "cahier.pdf")
        for file in (
            {"name": "a.exe", "data": PDF},
            {"name": "a.pdf", "data": "??"},
            3,
        ):
            answer = self.post(2, values=self.values(file=file))
            self.assertEqual(list(answer.json()["faults"]), ["file"], file)

    def test_another_website_is_refused_and_counted(self):
        answer = self.post(origin="https://evil.example")
        self.assertEqual(answer.status_code, 403)
        self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
        self.assertFalse(self.leads())
        self.assertEqual(self.counts()[3], 1)

    def test_our_website_may_read_the_answer(self):
        answer = self.post()
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], SITE)
        # words come in the language that the browser asks for
        self.assertIn("Accept-Language", answer.headers["Vary"])
        page = self.url_open(f"/crm/form/{self.form.token}")
        self.assertEqual(
            page.headers["Content-Security-Policy"], f"frame-ancestors 'self' {SITE}"
        )

    def test_honeypot_makes_no_lead_and_tells_the_program_nothing(self):
        answer = self.post(values=self.values(homepage_url="https://buy.example"))
        self.assertEqual(answer.json()["status"], "accepted")
        self.assertFalse(self.leads())
        self.assertEqual(self.counts()[3], 1)

    def test_a_burst_is_refused_and_counted_the_first_ones_are_kept(self):
        self.form.write({"rate_limit": 3, "duplicate_rule": "new"})
        statuses = [self.post(number).status_code for number in range(1, 7)]
        self.assertEqual(statuses, [200] * 3 + [429] * 3)
        self.assertEqual(len(self.leads()), 3)
        self.assertEqual(self.counts()[2:], (3, 3))

    def test_statistics(self):
        self.post(path="/event", kind="view")
        self.post(path="/event", kind="view")
        self.post(path="/event", kind="start")
        self.post()
        self.assertEqual(self.counts(), (2, 1, 1, 0))

    def test_confirmation_by_mail(self):
        self.form.double_opt_in = True
        self.assertEqual(self.post().json()["status"], "confirm")
        self.assertFalse(self.leads())
        post = self.env["crm.capture.post"].search([("form_id", "=", self.form.id)])
        mail = self.env["mail.mail"].search([("model", "=", post._name)], limit=1)
        self.assertIn(post._get_opt_in_token(), mail.body_html)
        path = f"/crm/form/{self.form.token}/confirm/{post.id}"
        self.assertEqual(self.url_open(f"{path}/forged").status_code, 404)
        self.assertFalse(self.leads())
        for _twice in range(2):
            page = self.url_open(f"{path}/{post._get_opt_in_token()}")
            self.assertEqual(page.status_code, 200)
        self.assertEqual(len(self.leads()), 1)
        self.assertTrue(post.confirmed_date)

    def test_unknown_form_and_bad_bodies(self):
        url = f"/crm/form/{self.form.token}"
        self.assertEqual(self.url_open("/crm/form/nothing").status_code, 404)
        self.assertEqual(self.url_open(url, data="no json").status_code, 400)
        self.assertEqual(self.post(key="not-a-uuid").status_code, 400)
        self.form.active = False
        self.assertEqual(self.post().status_code, 404)

    def test_origin_must_be_an_origin(self):
        with self.assertRaisesRegex(ValidationError, "example.com/page"):
            self.form.allowed_origins = "https://example.com/page"

    def test_other_users_read_no_post(self):
        self.post()
        post = self.leads().crm_capture_post_ids
        with self.assertRaises(AccessError):
            post.with_user(self.stranger).read(["email"])
        self.leads().user_id = self.sales_manager
        with self.assertRaises(AccessError):
            post.with_user(self.salesperson).read(["email"])
