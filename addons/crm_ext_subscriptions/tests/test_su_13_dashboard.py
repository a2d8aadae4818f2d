import json
import re

from odoo.tests import tagged

from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
)

from .mrr_common import MrrCase


@tagged("post_install", "-at_install")
class TestDashboard(MrrCase):
    """The shipped spreadsheet names what exists, and is open to who may read MRR."""

    def dashboard(self, user):
        """What the browser of a user gets."""
        dashboard = self.env.ref("crm_ext_subscriptions.spreadsheet_dashboard_revenue")
        found = self.env["spreadsheet.dashboard"].with_user(user).search([])
        self.assertIn(dashboard, found)
        return json.loads(
            dashboard.with_user(user)._get_serialized_readonly_dashboard()
        )

    def test_su_13_managers_accountants_and_salespeople_open_it(self):
        for user in (self.manager, self.accountant, self.seller):
            snapshot = self.dashboard(user)["snapshot"]
            self.assertEqual(
                [sheet["name"] for sheet in snapshot["sheets"]], ["Dashboard", "Data"]
            )

    def test_su_13_its_models_fields_and_menus_exist(self):
        snapshot = self.dashboard(self.manager)["snapshot"]
        for model, chains in fields_in_spreadsheet(snapshot).items():
            self.assertEqual(model, "crm.mrr.move")
            self.assertLessEqual(set(chains), set(self.env[model]._fields))
        for xml_id in menus_xml_ids_in_spreadsheet(snapshot):
            self.assertTrue(self.env.ref(xml_id).action, xml_id)

    def test_su_13_every_pivot_that_a_cell_names_exists(self):
        snapshot = self.dashboard(self.manager)["snapshot"]
        cells = " ".join(
            content
            for sheet in snapshot["sheets"]
            for content in sheet["cells"].values()
        )
        named = set(re.findall(r"PIVOT(?:\.VALUE)?\((\d+)", cells))
        self.assertEqual(named, set(snapshot["pivots"]))

    def test_su_13_one_period_rules_what_moves_in_it(self):
        """The period filter reaches the moves; MRR today does not depend on it."""
        snapshot = self.dashboard(self.manager)["snapshot"]
        (period,) = (one for one in snapshot["globalFilters"] if one["type"] == "date")
        ruled = {
            code
            for code, pivot in snapshot["pivots"].items()
            if period["id"] in pivot["fieldMatching"]
        }
        self.assertEqual(ruled, {"1", "6"})
