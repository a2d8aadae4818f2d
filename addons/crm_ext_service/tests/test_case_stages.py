from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestCaseStages(CrmServiceCase):
    def test_new_case_has_number_stage_and_link(self):
        case = self._new_case()
        self.assertRegex(case.number, r"^C\d{5}$")
        self.assertEqual(case.stage_id, self.env.ref("crm_ext_service.stage_new"))
        self.assertEqual(case.access_url, f"/my/cases/{case.id}")
        self.assertEqual(case.commercial_partner_id, self.customer)
        self.assertIn("claire@moulin-test.example", case.email_from)
        self.assertFalse(case.closed_at)

    def test_close_and_reopen_keep_the_dates(self):
        case = self._new_case()
        case.action_close()
        self.assertEqual(case.stage_kind, "closed")
        self.assertTrue(case.closed_at)
        case.action_reopen()
        self.assertEqual(case.stage_kind, "progress")
        self.assertFalse(case.closed_at)

    def test_time_of_a_closed_case_stands(self):
        case = self._new_case()
        entry = self._log(case, 1)
        case.action_close()
        with self.assertRaisesRegex(UserError, "reopen"):
            entry.hours = 2
        with self.assertRaisesRegex(UserError, "reopen"):
            entry.unlink()
        with self.assertRaisesRegex(UserError, "reopen"):
            self._log(case, 1)

    def test_stage_with_cases_keeps_its_meaning(self):
        self._new_case()
        stage = self.env.ref("crm_ext_service.stage_new").with_user(self.manager)
        with self.assertRaises(ValidationError):
            stage.kind = "closed"

    def test_se_20_kind_comes_from_the_category(self):
        problem = self.env.ref("crm_ext_service.category_problem")
        case = self._new_case(category_id=problem.id)
        self.assertEqual(case.kind, "problem")
        found = case.search([("kind", "=", "problem"), ("team_id", "=", self.team.id)])
        self.assertEqual(found, case)
