import json
import re

from odoo.tests import tagged

from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
)

from .common import CrmExtCase

SHOWN = {
    "leads": {"crm.lead.outcome", "crm.stage.passage"},
    "forecast": {"crm.forecast", "crm.forecast.accuracy"},
}


@tagged("post_install", "-at_install")
class TestCo39Dashboards(CrmExtCase):
    """The shipped dashboards name what exists, and are open to who sells."""

    def snapshots(self, user):
        """{name: what the browser of a user gets}."""
        found = self.env["spreadsheet.dashboard"].with_user(user).search([])
        dashboards = {
            name: self.env.ref(f"crm_ext_core.spreadsheet_dashboard_{name}")
            for name in SHOWN
        }
        return {
            name: json.loads(
                dashboard.with_user(user)._get_serialized_readonly_dashboard()
            )["snapshot"]
            for name, dashboard in dashboards.items()
            if dashboard in found
        }

    def test_co_39_who_sells_opens_them_and_a_stranger_does_not(self):
        for user in (self.salesperson, self.sales_manager):
            self.assertEqual(set(self.snapshots(user)), set(SHOWN))
        self.assertFalse(self.snapshots(self.stranger))

    def test_co_39_their_models_fields_and_menus_exist(self):
        for name, snapshot in self.snapshots(self.salesperson).items():
            fields = fields_in_spreadsheet(snapshot)
            self.assertEqual(set(fields), SHOWN[name])
            for model, chains in fields.items():
                own = {chain.split(".")[0] for chain in chains}
                self.assertLessEqual(own - {"__count"}, set(self.env[model]._fields))
            for xml_id in menus_xml_ids_in_spreadsheet(snapshot):
                self.assertTrue(self.env.ref(xml_id).action, xml_id)

    def test_co_39_every_pivot_that_a_cell_names_exists(self):
        for snapshot in self.snapshots(self.salesperson).values():
            cells = " ".join(
                content
                for sheet in snapshot["sheets"]
                for content in sheet["cells"].values()
            )
            named = set(re.findall(r"PIVOT(?:\.VALUE)?\((\d+)", cells))
            self.assertEqual(named, set(snapshot["pivots"]))

    def test_co_39_what_they_show_is_read_in_the_users_rights(self):
        """Conversion by source and answer, as a salesperson reads it."""
        source = self.env["utm.source"].create({"name": "Fair"})
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "opportunity",
                    "source_id": source.id,
                    "user_id": user.id,
                }
                for number, user in enumerate(
                    (self.salesperson, self.salesperson, self.sales_manager)
                )
            ]
        )
        leads[0].action_set_won()
        leads[1].action_set_lost()
        leads[2].action_set_won()
        leads[0].crm_first_response_date = leads[0].create_date
        leads[0].crm_first_response_hours = 3
        for user, percent, count in (
            (self.salesperson, 50, 2),
            (self.sales_manager, 200 / 3, 3),
        ):
            rows = self.env["crm.lead.outcome"].with_user(user)
            ((number, rate, hours),) = rows._read_group(
                [("source_id", "=", source.id)],
                [],
                ["__count", "won_percent:avg", "response_hours:avg"],
            )
            self.assertEqual((number, hours), (count, 3))
            self.assertAlmostEqual(rate, percent)
