from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.crm_ext_core.tests.funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelSms(FunnelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["sms.template"].create(
            {
                "name": "Order received",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "body": "Commande reçue : {{ object.name }}",
            }
        )

    def _fire(self, phone):
        self._rule(actions=[("sms", {"crm_sms_template_id": self.template.id})])
        card = self._card(phone=phone)
        card.stage_id = self.qualified
        return card.crm_funnel_firing_ids

    def test_co_28_a_text_message_on_order_received(self):
        firing = self._fire("+33612345678")
        sms = self.env["sms.sms"].search([("number", "=", "+33612345678")])
        self.assertEqual(
            (sms.state, sms.body), ("outgoing", "Commande reçue : Refonte du site")
        )
        self.assertIn("+33612345678", firing.effects)
        sms.state = "sent"
        with self.assertRaisesRegex(UserError, "cannot be called back"):
            firing.action_undo()

    def test_co_28_without_a_number_the_move_is_kept_and_the_reason_told(self):
        firing = self._fire(False)
        self.assertEqual(firing.lead_id.stage_id, self.qualified)
        self.assertEqual(firing.state, "failed")
        self.assertIn("no phone number", firing.reason)
        self.assertFalse(self.env["sms.sms"].search([("body", "ilike", "reçue")]))
