from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmExtCase


@tagged("post_install", "-at_install")
class TestContactMerge(CrmExtCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user(
            "test_seller",
            "sales_team.group_sale_salesman,base.group_partner_manager",
        )
        partner = cls.env["res.partner"]
        shared = {"is_company": True, "email": "contact@vinouze.example"}
        cls.one = partner.create({"name": "Vinouze", "zip": "35000"} | shared)
        cls.two = partner.create(
            {"name": "VINOUZE SARL", "phone": "+33 2 99 00 12 34"} | shared
        )

    def preview(self, user):
        wizard = self.env["crm.partner.merge.preview"].with_user(user)
        action = wizard._open((self.one | self.two).with_user(user))
        wizard = wizard.browse(action["res_id"])
        wizard.winner_id = self.one
        return wizard

    def invoice(self):
        if "account.move" not in self.env:
            self.skipTest("the host's accounting is not installed")
        for partner in self.one | self.two:
            self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2026-06-01",
                    "invoice_line_ids": [
                        (0, 0, {"name": "Audit", "price_unit": 100, "tax_ids": False})
                    ],
                }
            ).action_post()

    def test_co_25_contacts_merge_by_the_host_with_a_preview(self):
        lead = self.env["crm.lead"].create(
            {"name": "Of the second", "partner_id": self.two.id}
        )
        segment = self.env["crm.segment"].create({"name": "Cellars", "kind": "static"})
        member = self.env["crm.segment.member"].create(
            {
                "segment_id": segment.id,
                "res_model": "res.partner",
                "res_id": self.two.id,
                "added_at": "2026-06-01",
            }
        )
        wizard = self.preview(self.seller)
        kept = {row["field"]: row["kept"] for row in wizard.table["rows"]}
        self.assertEqual(kept["name"], self.one.id)
        self.assertEqual(kept["phone"], self.two.id)
        self.assertFalse(wizard.conflicts)
        wizard.action_merge()
        self.assertFalse(self.two.exists())
        self.assertEqual(self.one.name, "Vinouze")
        self.assertEqual(self.one.phone, "+33 2 99 00 12 34")
        self.assertEqual(lead.partner_id, self.one)
        self.assertEqual(member.res_id, self.one.id)
        self.assertIn(
            "VINOUZE SARL merged into", "".join(self.one.message_ids.mapped("body"))
        )

    def test_co_25_refused_when_both_have_posted_invoices(self):
        self.invoice()
        wizard = self.preview(self.seller)
        self.assertIn("VINOUZE SARL: 1", wizard.invoiced)
        wizard.confirmed = True
        with self.assertRaisesRegex(AccessError, "accountant"):
            wizard.action_merge()
        self.assertTrue(self.two.exists())

    def test_co_25_an_accountant_confirms(self):
        self.invoice()
        accountant = self._new_user(
            "test_accountant",
            "sales_team.group_sale_salesman,base.group_partner_manager,"
            "account.group_account_invoice",
        )
        wizard = self.preview(accountant)
        self.assertTrue(wizard.is_accountant)
        with self.assertRaisesRegex(UserError, "confirmation"):
            wizard.action_merge()
        wizard.confirmed = True
        wizard.action_merge()
        self.assertFalse(self.two.exists())
        notes = "".join(self.one.message_ids.mapped("body"))
        self.assertIn("Joint invoices were confirmed", notes)

    def host_merge(self, user, **context):
        """The host's own wizard, as its action opens it or an RPC client calls it."""
        partners = self.one | self.two
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(user)
            .with_context(
                active_model="res.partner", active_ids=partners.ids, **context
            )
            .create({})
        )
        return wizard.action_merge()

    def test_co_25_the_hosts_wizard_refuses_joint_invoices_too(self):
        self.invoice()
        for context in ({}, {"crm_joint_invoices": True}, {"crm_joint_invoices": {}}):
            with (
                self.subTest(context),
                self.assertRaisesRegex(AccessError, "accountant"),
            ):
                self.host_merge(self.seller, **context)
        self.assertTrue((self.one | self.two).exists() == self.one | self.two)
        accountant = self._new_user(
            "test_accountant",
            "base.group_partner_manager,account.group_account_invoice",
        )
        with self.assertRaisesRegex(UserError, "from the list of contacts"):
            self.host_merge(accountant)
        self.assertTrue(self.two.exists())

    def test_co_25_the_hosts_wizard_merges_where_one_is_invoiced(self):
        self.invoice()
        third = self.one.copy({"name": "Vinouze again", "email": self.one.email})
        self.two = third
        self.host_merge(self.seller)
        self.assertEqual(len((self.one | third).exists()), 1)

    def test_co_25_the_hosts_search_leaves_joint_invoices_out(self):
        self.invoice()
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(self.seller)
            .create({"group_by_email": True, "maximum_group": 0})
        )
        query = (
            f"SELECT {self.one.id}, ARRAY[{self.one.id}, {self.two.id}] UNION ALL"
            f" SELECT {self.two.id}, ARRAY[{self.two.id}, {self.seller.partner_id.id}]"
        )
        wizard.with_context(crm_skip_joint_invoices=True)._process_query(query)
        self.assertEqual(wizard.number_group, 1, "of two groups")
        self.assertEqual(wizard.line_ids.min_id, self.two.id)

    def test_co_25_conflicts_of_numbers_are_named(self):
        self.one.company_registry = "35600000000048"
        self.two.company_registry = "73282932000074"
        self.two.email = "other@vinouze.example"
        conflicts = self.preview(self.seller).conflicts
        self.assertIn("35600000000048, 73282932000074", conflicts)
        self.assertIn("e-mails differ", conflicts)

    def test_co_25_who_may_not_change_contacts_merges_none(self):
        with self.assertRaises(AccessError):
            self.preview(self.salesperson)
