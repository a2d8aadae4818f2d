from datetime import date

from odoo.fields import Command
from odoo.tests import tagged, users

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestCaseContract(CrmServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hosting, cls.backup = cls.env["product.product"].create(
            [
                {"name": "Hosting", "type": "service"},
                {"name": "Backup", "type": "service"},
            ]
        )
        cls.hosting_contract = cls._new_contract(cls.hosting)

    @classmethod
    def _new_contract(cls, product):
        contract = cls.env["crm.subscription"].create(
            {
                "partner_id": cls.customer.id,
                "date_start": date(2026, 1, 1),
                "unit": "month",
                "interval": 1,
                "invoicing": "advance",
                "line_ids": [
                    Command.create({"product_id": product.id, "price_unit": 100})
                ],
            }
        )
        contract.action_confirm()
        return contract

    @users("test_agent_a")
    def test_se_01_case_carries_customer_product_and_contract(self):
        case = self._new_case(product_id=self.hosting.id)
        self.assertEqual(case.commercial_partner_id, self.customer)
        self.assertEqual(case.product_id, self.hosting)
        self.assertEqual(case.crm_subscription_id, self.hosting_contract)
        self.assertEqual(
            case.crm_subscription_id.display_name, self.hosting_contract.display_name
        )

    @users("test_agent_a")
    def test_se_01_contract_is_proposed_from_the_product_held(self):
        backup_contract = self._new_contract(self.backup)
        self.assertFalse(self._new_case().crm_subscription_id, "two: none is proposed")
        case = self._new_case(product_id=self.backup.id)
        self.assertEqual(case.crm_subscription_id, backup_contract)
        case.product_id = self.hosting
        self.assertEqual(case.crm_subscription_id, self.hosting_contract)

    @users("test_agent_a")
    def test_se_01_the_choice_of_the_agent_stays(self):
        self._new_contract(self.backup)
        case = self._new_case()
        case.crm_subscription_id = self.hosting_contract
        case.invalidate_recordset()
        self.assertEqual(case.crm_subscription_id, self.hosting_contract)
