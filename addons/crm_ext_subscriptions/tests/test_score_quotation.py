from odoo import fields
from odoo.tests import tagged

from odoo.addons.crm_ext_core.tests.common import CrmExtCase


@tagged("post_install", "-at_install")
class TestScoreQuotation(CrmExtCase):
    """What the customer does with a quotation moves the score of the opportunity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        models = cls.env["crm.score.model"]
        models.search([("state", "=", "published")]).action_retire()
        models.create(
            {
                "name": "Quotations",
                "rule_ids": [
                    (0, 0, {"name": name, "points": points, **values})
                    for name, points, values in (
                        (
                            "Seen",
                            10,
                            {"kind": "event", "event_source": "quotation_seen"},
                        ),
                        (
                            "Signed",
                            50,
                            {"kind": "event", "event_source": "quotation_signed"},
                        ),
                        (
                            "Big quotation",
                            5,
                            {"domain": "[('order_ids.client_order_ref', '=', 'BIG')]"},
                        ),
                    )
                ],
            }
        ).action_publish()
        cls.lead = (
            cls.env["crm.lead"]
            .with_user(cls.salesperson)
            .create({"name": "Deal", "user_id": cls.salesperson.id})
        )
        cls.order = (
            cls.env["sale.order"]
            .with_user(cls.salesperson)
            .create(
                {
                    "partner_id": cls.env["res.partner"].create({"name": "C"}).id,
                    "opportunity_id": cls.lead.id,
                    "user_id": cls.salesperson.id,
                }
            )
        )

    def test_co_17_a_quotation_seen_and_signed_gives_points(self):
        order = self.order.sudo()  # as the host's portal does
        for _twice in range(2):
            order.message_post(body="Seen", subtype_xmlid="sale.mt_order_viewed")
        self.assertEqual(self.lead.crm_score, 10)
        order.write({"signed_by": "C", "signed_on": fields.Datetime.now()})
        self.assertEqual(self.lead.crm_score, 60)

    def test_co_17_a_change_of_an_order_moves_its_lead(self):
        self.order.client_order_ref = "BIG"
        self.assertEqual(self.lead.crm_score, 5)
        self.order.client_order_ref = "small"
        self.assertEqual(self.lead.crm_score, 0)
