from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestImportRights(ImportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._new_user(
            "test_colleague", "sales_team.group_sale_salesman"
        )
        cls.core_user = cls._new_user("test_core", "crm_ext_core.group_core_user")

    def test_everybody_sees_his_own_imports_and_managers_all(self):
        run = self.import_file(
            self.table("ALPHA;voir carte;Un;", "BÊTA;b@x.example;Deux;")
        )
        for records in (run, run.row_ids, run.reject_ids):
            self.assertTrue(records.with_user(self.sales_manager).has_access("read"))
            self.assertFalse(records.with_user(self.colleague).has_access("read"))
            self.assertFalse(records.with_user(self.stranger).has_access("read"))

    def test_only_managers_write_profiles(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.salesperson).name = "Mine"
        self.profile.with_user(self.sales_manager).name = "Salons"

    def test_an_import_needs_the_right_to_create_what_it_makes(self):
        run = self.new_run(self.table("ALPHA;a@x.example;Un;"), user=self.core_user)
        with self.assertRaises(AccessError):
            run.action_preview()

    def test_records_belong_to_whoever_imports(self):
        run = self.import_file(self.table("ALPHA;a@x.example;Un;"))
        self.assertEqual(run.row_ids.contact_id.create_uid, self.salesperson)
        self.assertEqual(run.row_ids.lead_id.create_uid, self.salesperson)

    def test_a_client_cannot_forge_what_the_import_writes(self):
        run = self.new_run(self.table("ALPHA;a@x.example;Un;"))
        for values in ({"preview": {"counts": {}}}, {"batch_run_id": 1}):
            with self.assertRaises(AccessError):
                run.write(values)
        with self.assertRaises(AccessError):
            self.env["crm.import.row"].with_user(self.salesperson).create(
                {"run_id": run.id}
            )
        started = self.import_file(self.table("BÊTA;b@x.example;Deux;"))
        with self.assertRaises(AccessError):
            started.write({"batch_run_id": False})

    def test_a_profile_refuses_what_a_file_cannot_fill(self):
        profile = self.profile.with_user(self.sales_manager)
        for values in (
            {"headers": "A", "target": "contact", "field_name": "nowhere"},
            {"headers": "A", "target": "contact", "field_name": "child_ids"},
            {"target": "contact", "field_name": "city"},
            {
                "headers": "A",
                "target": "contact",
                "field_name": "city",
                "value_table": "no equal sign",
            },
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                profile.line_ids = [Command.create(values)]
