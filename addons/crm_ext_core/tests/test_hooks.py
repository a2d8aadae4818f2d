from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged

from ..tools.hooks import (
    AuditCheck,
    AuditFinding,
    BatchKind,
    ContextSection,
    PartnerCounter,
    PortalCard,
    ScoreCriterion,
    ScoreEventSource,
    SegmentCriterion,
)
from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestHooks(CrmExtCase):
    """What an addon adds to a hook of core shows up where the user sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.partner"].create(
            {"name": "Parent", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Child", "parent_id": cls.company.id, "ref": "hooked"}
        )

    def test_batch_kind(self):
        done = []
        self._plug_in("_batch_kinds", {"test": BatchKind("Test work", "res.partner")})
        self._give_method(
            "res.partner", "_batch_process", lambda _self, run, units: done.append(1)
        )
        run = (
            self.env["crm.batch.run"]
            .with_user(self.salesperson)
            ._enqueue("test", [{"res_id": self.contact.id}], name="A run")
        )
        kinds = run.fields_get(["kind"])["kind"]["selection"]
        self.assertIn(("test", "Test work"), kinds)
        self.run_batches()
        self.assertEqual((run.state, done), ("done", [1]))

    def test_every_batch_kind_has_a_model_that_does_the_work(self):
        for code, kind in self.env["crm.hooks"]._batch_kinds().items():
            with self.subTest(code):
                self.assertTrue(hasattr(self.env[kind.model], "_batch_process"))

    def test_every_audit_check_has_its_method(self):
        for code, check in self.env["crm.hooks"]._audit_checks().items():
            with self.subTest(code):
                self.assertIsInstance(
                    getattr(self.env[check.model], check.method)(), AuditFinding
                )

    def test_audit_check(self):
        self._plug_in(
            "_audit_checks", {"t": AuditCheck("All is well", "res.partner", "_audit_t")}
        )
        self._give_method("res.partner", "_audit_t", lambda _self: AuditFinding(2))
        audit = self.env["crm.audit.result"].with_user(self.sales_manager)
        audit.action_check_now()
        result = audit.search([("code", "=", "t")])
        self.assertEqual((result.name, result.state), ("All is well", "red"))

    def test_score_event_source(self):
        self._plug_in(
            "_score_event_sources", {"visit": ScoreEventSource("Page visited")}
        )
        rules = self.env["crm.score.rule"].with_user(self.sales_manager)
        sources = rules.fields_get(["event_source"])["event_source"]["selection"]
        self.assertIn(("visit", "Page visited"), sources)

    def test_score_criterion(self):
        criterion = ScoreCriterion("Hooked", (("partner_id.ref", "=", "hooked"),))
        self._plug_in("_score_criteria", {"hooked": criterion})
        rules = self.env["crm.score.rule"].with_user(self.sales_manager)
        criteria = rules.fields_get(["criterion"])["criterion"]["selection"]
        self.assertIn(("hooked", "Hooked"), criteria)

    def test_mail_bounce_domain(self):
        self.contact.email = "hooked@crm-ext.example"
        contact = self.contact.with_user(self.salesperson)
        self.assertEqual(contact.crm_mail_state, "valid")
        self._plug_in("_mail_bounce_domain", Domain("ref", "=", "hooked"))
        contact.invalidate_recordset()
        self.assertEqual(contact.crm_mail_state, "bounced")

    def test_segment_criterion(self):
        criterion = SegmentCriterion("Hooked", "res.partner", (("ref", "=", "hooked"),))
        self._plug_in("_segment_criteria", {"hooked": criterion})
        segments = self.env["crm.segment"].with_user(self.salesperson)
        segment = segments.create(
            {
                "name": "Test",
                "res_model": "res.partner",
                "criterion_ids": [(0, 0, {"code": "hooked"})],
            }
        )
        self.assertEqual(segment._get_records(), self.contact)
        self.assertEqual(segment.record_count, 1)

    def test_partner_counter(self):
        self._plug_in(
            "_partner_counters",
            {
                "below": PartnerCounter(
                    "Hooked", "fa-plug", "res.partner", "parent_id"
                ),
                "hidden": PartnerCounter("Hidden", "fa-plug", "ir.cron", "user_id"),
            },
        )
        company = self.company.with_user(self.salesperson)
        counter = [c for c in company.crm_counters if c["code"] == "below"]
        self.assertEqual(
            counter,
            [{"code": "below", "label": "Hooked", "icon": "fa-plug", "value": "1"}],
        )
        self.assertFalse([c for c in company.crm_counters if c["code"] == "hidden"])
        action = company.action_open_crm_counter("below")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.contact)
        self.assertIn("crm_counters", company.get_view(view_type="form")["arch"])

    def test_partner_counters_cost_the_same_for_one_contact_and_for_many(self):
        self._plug_in(
            "_partner_counters",
            {
                "one": PartnerCounter("One", "fa-plug", "res.partner", "parent_id"),
            },
        )
        many = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(30)])
        self.assertEqual(self._counter_queries(many[:1]), self._counter_queries(many))

    def _counter_queries(self, partners):
        partners.mapped("crm_counters")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partners.mapped("crm_counters")
        return self.env.cr.sql_log_count - before

    def test_customer_context(self):
        self._plug_in(
            "_customer_context",
            lambda hooks, partner: [
                ContextSection("Hooked", (("Name", partner.name),), "/here")
            ],
        )
        expected = {"title": "Hooked", "rows": [["Name", "Child"]], "url": "/here"}
        self.assertIn(expected, self.contact.with_user(self.salesperson).crm_context)
        lead = self.env["crm.lead"].create({"name": "L", "partner_id": self.contact.id})
        self.assertIn(expected, lead.with_user(self.sales_manager).crm_context)
        for model in ("res.partner", "crm.lead"):
            with self.subTest(model):
                view = (
                    self.env[model]
                    .with_user(self.salesperson)
                    .get_view(view_type="form")
                )
                self.assertIn('widget="crm_context"', view["arch"])


@tagged("post_install", "-at_install")
class TestPortalCards(HttpCase, CrmExtCase):
    def test_portal_card(self):
        portal = new_test_user(
            self.env, "test_portal", "base.group_portal", password="test_portal"
        )
        card = PortalCard(
            title="Hooked card",
            text="Added by an addon",
            url="/my/hooked",
            counter="hooked_count",
            icon="/portal/static/src/img/portal-addresses.svg",
            model="res.partner",
            domain=(("id", "=", portal.partner_id.id),),
        )
        self._plug_in("_portal_cards", {"hooked": card})
        self.authenticate("test_portal", "test_portal")
        page = self.url_open("/my/home").text
        self.assertIn("Hooked card", page)
        self.assertIn('data-placeholder_count="hooked_count"', page)
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["hooked_count"]}
        )
        self.assertEqual(counts["hooked_count"], 1)
