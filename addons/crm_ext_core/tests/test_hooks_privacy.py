from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_ext_core.tools.hooks import PrivacySource

from .privacy_common import MAIL, PrivacyCase


@tagged("post_install", "-at_install")
class TestHooksPrivacy(PrivacyCase):
    """What other addons add to data protection and to forms."""

    def test_privacy_source(self):
        self._plug_in(
            "_privacy_sources",
            {
                "test_paper": PrivacySource(
                    label="Paper",
                    model="crm.white.paper",
                    find=lambda _env, person: Domain("name", "in", list(person.names)),
                    shown=("name",),
                    fixed={"name": "gone %(id)s"},
                )
            },
        )
        paper = self.env["crm.white.paper"].create({"name": self.contact.name})
        request = self.request("erasure")
        request.action_do()
        self.assertIn("Paper", request.finding_ids.mapped("label"))
        self.assertEqual(paper.name, f"gone {paper.id}")

    def test_privacy_protected(self):
        kept = self.env["res.partner"].create({"name": "Kept", "email": "k@k.example"})
        query = SQL("SELECT %s::int", kept.id)
        self._plug_in("_privacy_protected", lambda _self: [query])
        self.request("erasure", email="k@k.example").action_do()
        self.assertEqual(kept.email, "k@k.example")

    def test_privacy_recent(self):
        self.age(48)
        query = SQL("SELECT %s::int, NULL::int", self.contact.id)
        rule = self.env.ref("crm_ext_core.crm_privacy_rule_contacts")
        self.assertIn(self.contact.id, rule._find_concerned())
        self._plug_in("_privacy_recent", lambda _self, _since: [query])
        self.assertNotIn(self.contact.id, rule._find_concerned())

    def test_privacy_swept(self):
        hooks = self.registry["crm.hooks"]
        own = hooks._privacy_swept
        self._give_method(
            "crm.hooks", "_privacy_swept", lambda it: (*own(it), "crm.white.paper")
        )
        paper = self.env["crm.white.paper"].create({"name": f"Of {MAIL}"})
        self.request("erasure").action_do()
        paper.invalidate_recordset()
        self.assertEqual(paper.name, "Of …")

    def test_capture_opt_in(self):
        told = []
        self._give_method(
            "crm.hooks", "_capture_opt_in", lambda _self, post: told.append(post.email)
        )
        self.form.field_ids = [Command.create({"target": "opt_in"})]
        posted = {"email_from": "o@o.example", "consent": True, "opt_in": True}
        for key in ("a", "a", "b"):
            self.form.receive(key, posted, {"landing_page": ""})
        self.form.receive("c", posted | {"opt_in": False}, {})
        self.assertEqual(told, ["o@o.example"] * 2)
