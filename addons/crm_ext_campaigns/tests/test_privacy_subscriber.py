from odoo.fields import Command, Datetime
from odoo.tests import tagged

from odoo.addons.crm_ext_core.tests.privacy_common import MAIL, PrivacyCase


@tagged("post_install", "-at_install")
class TestPrivacySubscriber(PrivacyCase):
    """Retention: who reads our newsletters is no prospect fallen silent."""

    def setUp(self):
        super().setUp()
        self.age(48)
        rule = self.env.ref("crm_ext_core.crm_privacy_rule_leads")
        self.rule = rule.with_user(self.officer)
        self.list = self.env["mailing.list"].create({"name": "News"})

    def _subscribe(self):
        return self.env["mailing.contact"].create(
            {"name": "Zoé", "email": MAIL, "list_ids": [Command.set(self.list.ids)]}
        )

    def test_who_subscribed_lately_is_kept(self):
        self.assertIn(self.lead.id, self.rule._find_concerned())
        reader = self._subscribe()
        self.assertNotIn(self.lead.id, self.rule._find_concerned())
        reader.subscription_ids.opt_out = True
        self.assertIn(self.lead.id, self.rule._find_concerned())

    def test_who_clicked_in_a_newsletter_is_kept(self):
        reader = self._subscribe()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mailing_contact SET create_date = '2015-01-01' WHERE id = %s",
            [reader.id],
        )
        self.assertIn(self.lead.id, self.rule._find_concerned())
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env.ref("mass_mailing.model_mailing_list").id,
                "contact_list_ids": [Command.set(self.list.ids)],
            }
        )
        self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id,
                "model": "mailing.contact",
                "res_id": reader.id,
                "email": MAIL,
                "links_click_datetime": Datetime.now(),
            }
        )
        self.assertNotIn(self.lead.id, self.rule._find_concerned())
