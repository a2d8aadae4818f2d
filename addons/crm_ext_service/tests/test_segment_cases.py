from odoo.tests import tagged

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestSegmentCases(CrmServiceCase):
    """SU-16: segments on the number of open cases; tags of cases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls._new_user(
            "test_marketing",
            "sales_team.group_sale_salesman_all_leads,"
            "crm_ext_service.group_service_manager",
        )

    def _held(self, value):
        segment = (
            self.env["crm.segment"]
            .with_user(self.marketing)
            .create(
                {
                    "name": "Busy",
                    "criterion_ids": [(0, 0, {"code": "cases_open", "value": value})],
                }
            )
        )
        people = self.customer | self.contact
        return people & segment._get_records().sudo(False)

    def test_su_16_customers_with_many_open_cases(self):
        self._new_case()
        self._new_case()
        people = self.customer | self.contact
        self.assertEqual(self._held({"low": 2}), people)
        self.assertFalse(self._held({"low": 3}))
        self.assertFalse(self._held({"high": 1}))
        self.assertEqual(self._held({"high": 2}), people)

    def test_co_22_a_case_holds_the_tags_of_the_product(self):
        case = self._new_case()
        tag = self.env["crm.tag"].create({"name": "Escalated"})
        case.with_user(self.manager).crm_tag_ids = tag
        holders = (
            self.env["crm.tag.holder"]
            .with_user(self.marketing)
            .search([("tag_id", "=", tag.id)])
        )
        self.assertEqual(holders.mapped("res_model"), ["crm.case"])
        self.assertEqual(holders.origin, self.manager.name)
