import base64
import json
from datetime import timedelta

from lxml import etree

from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .capture_common import CaptureCase

PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n").decode()


@tagged("post_install", "-at_install")
class TestCaptureKept(CaptureCase):
    """What of a post is kept, how long, and where it is seen."""

    def posts(self):
        return self.env["crm.capture.post"].search([("form_id", "=", self.form.id)])

    def vacuum(self, days):
        """The nightly cleaning, that many days after the posts."""
        self.posts().date = Datetime.now() - timedelta(days=days)
        # the cleaning is the server's own
        return self.env["crm.capture.post"].sudo()._gc_unconfirmed()

    def test_a_post_that_nobody_confirms_is_deleted_with_its_file_and_mail(self):
        self.form.double_opt_in = True
        self.post(values=self.values(file={"name": "cahier.pdf", "data": PDF}))
        post = self.posts()
        link = f"/confirm/{post.id}/{post._get_opt_in_token()}"
        traces = {
            model: self.env[model].search([(name, "=", post._name), key])
            for model, name, key in (
                ("ir.attachment", "res_model", ("res_id", "=", post.id)),
                ("mail.mail", "model", ("res_id", "=", post.id)),
            )
        }
        self.assertTrue(all(traces.values()))
        self.vacuum(29)
        self.assertTrue(self.posts())
        self.vacuum(31)
        self.assertFalse(self.posts())
        for model, records in traces.items():
            self.assertFalse(records.exists(), model)
        page = self.url_open(f"/crm/form/{self.form.token}{link}")
        self.assertEqual(page.status_code, 404)

    def test_the_days_are_a_parameter_and_leads_keep_their_posts(self):
        self.post()
        self.form.double_opt_in = True
        self.post(2)
        # sudo: an administrator's setting
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("crm_ext_core.unconfirmed_post_days", "5")
        self.vacuum(6)
        self.assertEqual(self.posts().mapped("state"), ["done"])

    def test_names_beyond_the_daily_limit_are_seen_on_the_lead(self):
        self.form.new_source_limit = 0
        self.post()
        lead = self.leads().with_user(self.salesperson)
        self.assertIn("utm_source=Salon Rennes", lead.crm_unknown_source)
        view = lead.get_view(view_type="form")
        for page in ("extra", "lead"):  # of a lead, of an opportunity
            found = etree.fromstring(view["arch"]).xpath(
                f"//page[@name='{page}']//field[@name='crm_unknown_source']"
            )
            self.assertEqual(len(found), 1, page)

    def test_the_campaign_is_seen_on_the_contact(self):
        contacts = self.env["res.partner"].with_user(self.salesperson)
        view = contacts.get_view(view_type="form")
        found = etree.fromstring(view["arch"]).xpath("//field[@name='crm_campaign_id']")
        self.assertTrue(found)

    def test_each_visitor_reads_the_words_of_the_form_in_his_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        # the test's words come from the addon's own translations
        self.env["ir.module.module"]._load_module_terms(["crm_ext_core"], ["fr_FR"])
        form = (
            self.env["crm.capture.form"]
            .with_context(lang="fr_FR")
            .create(
                {
                    "name": "Devis",
                    "allowed_origins": "https://www.ano-test.example",
                    "field_ids": [
                        # as the screen sends it: the label that it proposes
                        Command.create({"target": "contact_name", "label": "Nom"}),
                        Command.create({"target": "email_from"}),
                        Command.create({"target": "other", "label": "Couleur"}),
                    ],
                }
            )
        )
        words = {}
        for lang in ("fr", "en"):
            answer = self.url_open(
                f"/crm/form/{form.token}/snippet.js", headers={"Accept-Language": lang}
            )
            config = answer.text.partition("const form = ")[2].partition("};\n")[0]
            shown = json.loads(config + "}")
            labels = [field["label"] for field in shown["fields"]]
            words[lang] = [shown["button"], shown["thank_you"], *labels]
        self.assertEqual(words["fr"][0], "Envoyer")
        self.assertEqual(words["fr"][2:], ["Nom", "E-mail", "Couleur"])
        self.assertEqual(
            words["en"],
            [
                "Send",
                "Thank you. We will answer you shortly.",
                "Name",
                "E-mail",
                "Couleur",
            ],
        )
        self.assertNotEqual(words["fr"][1], words["en"][1])
