from odoo.fields import Command
from odoo.tests import tagged

from .privacy_common import MAIL, PrivacyCase

OLD_MAIL = "zoe.before@ailleurs.example"
COLUMN = "crm_funnel_effect.done"


@tagged("post_install", "-at_install")
class TestPrivacyFunnel(PrivacyCase):
    """What a rule of the funnel wrote about a person is forgotten with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "subject": "Bonjour",
                "email_to": "{{ object.email_from }}",
            }
        )
        stages = cls.env["crm.stage"].create(
            [{"name": "Greeted"}, {"name": "Greeted again"}]
        )
        cls.env["crm.funnel.rule"].create(
            [
                {
                    "name": "Greet",
                    "stage_id": stage.id,
                    "action_ids": [
                        Command.create({"kind": "mail", "template_id": template.id})
                    ],
                }
                for stage in stages
            ]
        )
        cls.lead.write({"type": "opportunity", "email_from": OLD_MAIL})
        cls.lead.stage_id = stages[0]
        cls.lead.email_from = MAIL
        cls.lead.stage_id = stages[1]

    def test_the_addresses_that_a_rule_wrote_to_are_told_then_forgotten(self):
        effects = self.lead.crm_funnel_firing_ids.effect_ids
        self.assertEqual(len(effects), 2)
        self.assertIn(COLUMN, self.find_texts(MAIL))
        self.assertIn(COLUMN, self.find_texts(OLD_MAIL), "nobody knows it any more")
        request = self.request("access")
        request.action_find()
        counts = {one.res_model: one.count for one in request.finding_ids}
        self.assertEqual(counts["crm.funnel.effect"], 2)
        self.request("erasure").action_do()
        self.assertNotIn(COLUMN, self.find_texts(MAIL, OLD_MAIL))
        self.assertEqual(effects.mapped("kind"), ["mail", "mail"], "figures stay")

    def test_the_effects_on_others_keep_their_words(self):
        other = self.env["crm.lead"].create(
            {"name": "Other", "type": "opportunity", "email_from": "ann@o.example"}
        )
        other.stage_id = self.lead.stage_id
        self.request("erasure").action_do()
        self.assertIn("ann@o.example", other.crm_funnel_firing_ids.effects)
