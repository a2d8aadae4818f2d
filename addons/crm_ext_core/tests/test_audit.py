from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.hooks import AuditCheck, AuditFinding
from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestAudit(CrmExtCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Offending record"})
        cls.finding = AuditFinding()
        check = AuditCheck("Nothing is wrong", "res.partner", "_audit_test")
        cls._plug_in("_audit_checks", {"test": check})
        cls._give_method("res.partner", "_audit_test", lambda partners: cls._answer())

    @classmethod
    def _answer(cls):
        if isinstance(cls.finding, Exception):
            raise cls.finding
        return cls.finding

    def _check(self, finding):
        type(self).finding = finding
        audit = self.env["crm.audit.result"].with_user(self.sales_manager)
        audit.action_check_now()
        return audit.search([("code", "=", "test")])

    def test_a_check_that_holds_is_green(self):
        result = self._check(AuditFinding())
        self.assertEqual((result.state, result.name), ("green", "Nothing is wrong"))

    def test_a_broken_check_is_red_and_opens_its_records(self):
        result = self._check(
            AuditFinding(1, "One contact", "res.partner", (self.partner.id,))
        )
        self.assertEqual((result.state, result.broken_count), ("red", 1))
        action = result.action_open_records()
        records = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(records, self.partner)

    def test_a_check_that_cannot_run_is_red_and_stops_no_other(self):
        with self.assertLogs("odoo.addons.crm_ext_core", "WARNING"):
            result = self._check(ValueError("no such thing"))
        self.assertEqual(
            (result.state, result.detail), ("red", "ValueError: no such thing")
        )
        others = result.search([("code", "!=", "test")])
        self.assertTrue(others)

    def test_one_row_a_check_and_none_for_a_check_that_left(self):
        self._check(AuditFinding())
        self._check(AuditFinding())
        audit = self.env["crm.audit.result"].sudo()
        self.assertEqual(audit.search_count([("code", "=", "test")]), 1)
        audit.create({"code": "left", "state": "green"})
        self._check(AuditFinding())
        self.assertFalse(audit.search([("code", "=", "left")]))

    def test_only_a_manager_reads_and_runs_the_audit(self):
        audit = self.env["crm.audit.result"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            audit.action_check_now()

    def test_the_score_of_a_lead_is_checked_against_its_ledger(self):
        lead = self.env["crm.lead"].create({"name": "Tampered with"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET crm_score = 999 WHERE id = %s", [lead.id]
        )
        self._check(AuditFinding())
        result = self.env["crm.audit.result"].search([("code", "=", "score_ledger")])
        self.assertEqual(result.state, "red")
        self.assertIn(lead.id, result.res_ids)
