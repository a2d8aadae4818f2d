import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.tests import tagged

from odoo.addons.crm_ext_core.tests.capture_common import SITE, CaptureCase

from .common import CampaignsCase
from .test_tools_reader import FIREFOX

OFFER = f"{SITE}/offre?ref=spring"
BODY = f"""<p>Hello</p><a href="{OFFER}">Offer</a>
<a href="https://www.elsewhere.example/x">Else</a>"""


@tagged("post_install", "-at_install")
class TestCo16MailedVisitor(CaptureCase, CampaignsCase):
    """Who agreed to be recognised follows a link of a mailing and is recognised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the host asks the page of each new link for its title
        cls._give_method(
            "link.tracker", "_get_title_from_url", lambda self, url: "Page"
        )

    def person(self, number, **values):
        """Somebody who posted the form, with a lead and its contact."""
        email = f"person{number}@moulin.example"
        self.post(number, values=self.values(email_from=email, **values))
        lead = self.leads().filtered(lambda one: one.email_normalized == email)
        contact = self.env["res.partner"].create({"name": email, "email": email})
        lead.partner_id = contact
        return lead

    def mail(self, leads, model="res.partner"):
        """Send the mailing to the contacts, or to a list with their addresses;
        {lead: [links of its mail]}."""
        records = leads.partner_id
        if model == "mailing.contact":
            records = records.env[model].create(
                [{"name": one.name, "email": one.email} for one in records]
            )
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.marketing)
            .create(
                {
                    "subject": "Spring",
                    "body_html": BODY,
                    "mailing_model_id": self.env["ir.model"]._get_id(model),
                    "mailing_domain": repr([("id", "in", records.ids)]),
                }
            )
        )
        traces = self.send(mailing)
        traces.sent_datetime = fields.Datetime.now() - timedelta(hours=1)
        return {lead: self.links(lead) for lead in leads}

    def links(self, lead):
        bodies = [
            mail["body"]
            for mail in self._mails
            if lead.email_normalized in mail["email_to"][0]
        ]
        return [unescape(url) for url in re.findall(r'href="([^"]*)"', bodies[-1])]

    def follow(self, link, agent=FIREFOX):
        """The address to which the host sends a click on."""
        self.env.flush_all()
        path = urlsplit(link)._replace(scheme="", netloc="").geturl()
        answer = self.url_open(
            path, headers={"User-Agent": agent}, allow_redirects=False
        )
        return answer.headers["Location"]

    def token_of(self, url):
        return parse_qs(urlsplit(url).query).get("crm_v", [""])[0]

    def visit(self, token):
        return self.post(path="/visit", visitor=token, url=OFFER).json()["status"]

    # ------------------------------------------------------------------ mailings
    def test_co_16_only_who_agreed_is_recognised_after_a_click(self):
        known, other = self.person(1, tracking=True), self.person(2)
        links = self.mail(known | other)
        self.assertFalse([link for link in links[other] if "crm_v" in link])
        self.assertFalse(self.token_of(self.follow(links[other][0])))
        short = links[known][0]
        self.assertIn("/r/", short)
        target = self.follow(short)
        self.assertTrue(target.startswith(OFFER), "what the link asked for is kept")
        self.assertEqual(self.visit(self.token_of(target)), "known")
        events = self.env["crm.score.event"].search(
            [("lead_id", "in", (known | other).ids), ("source", "=", "visit")]
        )
        self.assertEqual(events.lead_id, known)
        task = known.with_user(self.salesperson).activity_ids
        self.assertEqual(task.user_id, self.salesperson)
        self.assertFalse(other.activity_ids)

    def test_co_16_a_subscriber_who_agreed_is_recognised_too(self):
        known = self.person(1, tracking=True)
        target = self.follow(self.mail(known, "mailing.contact")[known][0])
        self.assertEqual(self.visit(self.token_of(target)), "known")

    def test_who_has_not_confirmed_the_address_is_not_recognised(self):
        self.form.double_opt_in = True
        with self.mock_mail_gateway():
            self.post(1, values=self.values(tracking=True))
        tokens = self.form.post_ids._get_visitor_tokens("zoe@moulin.example")
        self.assertEqual(tokens, {})
        self.form.post_ids.state = "done"
        tokens = self.form.post_ids._get_visitor_tokens("zoe@moulin.example")
        self.assertEqual(list(tokens), [SITE])

    def test_a_token_goes_to_no_other_website(self):
        known = self.person(1, tracking=True)
        elsewhere = self.follow(self.mail(known)[known][1])
        self.assertTrue(elsewhere.startswith("https://www.elsewhere.example/x"))
        self.assertFalse(self.token_of(elsewhere))

    def test_nothing_of_the_person_is_kept_in_the_shared_link(self):
        known = self.person(1, tracking=True)
        link = self.mail(known)[known][0]
        trackers = self.env["link.tracker"].search([])
        self.assertFalse([url for url in trackers.mapped("url") if "crm_v" in url])
        bare = link.partition("?")[0]
        self.assertFalse(self.token_of(self.follow(bare)), "a number can be guessed")
        self.assertFalse(self.token_of(self.follow(f"{bare}?crm_v=1-forged")))

    def test_who_objected_since_is_not_recognised(self):
        known = self.person(1, tracking=True)
        link = self.mail(known)[known][0]
        known.partner_id.with_user(self.sales_manager).crm_no_profiling = True
        self.assertFalse(self.token_of(self.follow(link)))
        again = self.mail(known)[known]
        self.assertFalse([one for one in again if "crm_v" in one])

    def test_a_filter_that_follows_links_gets_no_token(self):
        known = self.person(1, tracking=True)
        link = self.mail(known)[known][0]
        self.assertFalse(self.token_of(self.follow(link, agent="Barracuda Sentinel")))

    # ------------------------------------------------------------------ one mail
    def test_a_mail_written_to_a_lead_recognises_its_reader_alone(self):
        known, other = self.person(1, tracking=True), self.person(2)
        with self.mock_mail_gateway():
            known.with_user(self.salesperson).message_post(
                body=BODY,
                body_is_html=True,
                partner_ids=(known | other).partner_id.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        found = {lead: self.links(lead) for lead in known | other}
        mine = next(link for link in found[known] if link.startswith(OFFER))
        self.assertEqual(self.visit(self.token_of(mine)), "known")
        self.assertFalse([link for link in found[other] if "crm_v" in link])
