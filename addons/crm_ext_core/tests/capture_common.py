import json
from uuid import UUID

from odoo.fields import Command
from odoo.tests import HttpCase

from .common import CrmExtCase

SITE = "https://www.ano-test.example"
LANDING = (
    f"{SITE}/devis?utm_source=Salon+Rennes&utm_medium=QR+code&utm_campaign=Rentree"
)


class CaptureCase(HttpCase, CrmExtCase):
    """A form on a website, and visitors who post it without any account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {"name": "Sales", "company_id": cls.env.company.id}
        )
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.salesperson.id}
        )
        cls.form = cls.env["crm.capture.form"].create(
            {
                "name": "Quotation",
                "title": "Ask for a quotation",
                "team_id": cls.team.id,
                "user_id": cls.salesperson.id,
                "consent_text": "I agree to be answered.",
                "tracking_text": "Recognise me.",
                "call_back": True,
                "allowed_origins": SITE,
                "rate_limit": 50,
                "field_ids": [
                    Command.create({"target": "contact_name", "required": True}),
                    Command.create({"target": "email_from", "required": True}),
                    Command.create({"target": "phone"}),
                    Command.create({"target": "description"}),
                    Command.create({"target": "file"}),
                ],
            }
        )

    # ------------------------------------------------------------------ visitor
    def key(self, number=1):
        return str(UUID(int=number))

    def values(self, **values):
        return {
            "contact_name": "Zoé Cœur",
            "email_from": "Zoe@Moulin.example",
            "phone": "02 99 00 00 01",
            "consent": True,
        } | values

    def post(self, number=1, path="", origin=SITE, form=None, **body):
        """Send JSON as the script on the website does; gives the response."""
        form = form or self.form
        if not path:
            body = {
                "key": self.key(number),
                "values": self.values(),
                "landing_page": LANDING,
            } | body
        return self.url_open(
            f"/crm/form/{form.token}{path}",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"}
            | ({"Origin": origin} if origin else {}),
        )

    def leads(self):
        return self.env["crm.lead"].search([("crm_capture_form_id", "=", self.form.id)])

    def counts(self):
        """What the form's statistics say, as the salesperson reads them."""
        form = self.form.with_user(self.salesperson)
        form.invalidate_recordset()
        return form.view_count, form.start_count, form.post_count, form.refused_count
