from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.crm_ext_core.wizards import crm_lead2opportunity_partner_mass

from .conversion_common import ConversionCase


@tagged("post_install", "-at_install")
class TestCo26Mass(ConversionCase):
    """Many leads at once, with as many queries as for a few."""

    def convert(self, leads, companies=None, **values):
        wizard = (
            self.env["crm.lead2opportunity.partner.mass"]
            .with_user(self.salesperson)
            .with_context(active_ids=leads.ids, active_model="crm.lead")
            .with_context(allowed_company_ids=(companies or self.env.company).ids)
            .create({"deduplicate": False} | values)
        )
        return wizard.action_mass_convert()

    def leads(self, first, last):
        return self.env["crm.lead"].concat(
            *[
                self.new_lead(
                    name=f"Lead {number}",
                    partner_name=f"Company {number // 2} of {first}",
                    contact_name=f"Person {number}",
                    email_from=f"p{number}@c{number // 2}.example",
                    phone=False,
                    crm_siret=False,
                )
                for number in range(first, last)
            ]
        )

    def test_co_26_in_mass_known_ones_are_taken_others_made_once(self):
        known = self.env["res.partner"].create(
            {"name": "Somebody", "email": "p11@c5.example"}
        )
        leads = self.leads(10, 14)
        self.convert(leads)
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})
        self.assertEqual(leads[1].partner_id, known)
        self.assertEqual(len(leads.partner_id), 4)
        self.assertEqual(len(leads.crm_conversion_ids.account_id), 2)
        answer = self.convert(leads)
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual(len(self.partners("Person 12")), 1)

    def test_co_26_in_mass_the_queries_do_not_grow(self):
        counts = []
        for first, last in ((100, 102), (200, 210), (300, 380)):
            leads = self.leads(first, last)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.convert(leads)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[2], counts[1] + 30, counts)

    def test_beyond_a_screenful_a_run_does_it(self):
        leads = self.leads(1000, 1007)
        with patch.object(crm_lead2opportunity_partner_mass, "CHUNK", 5):
            self.convert(leads)
        self.assertFalse(leads.crm_conversion_ids)
        self.run_batches()
        leads.invalidate_recordset()
        self.assertEqual(len(leads.crm_conversion_ids), 7)

    def test_beyond_a_screenful_leads_of_two_companies_have_a_run_each(self):
        here = self.salesperson.company_id
        there = self.env["res.company"].create({"name": "Vannes"})
        self.salesperson.company_ids += there
        leads = self.leads(2000, 2007)
        leads[1::2].write({"team_id": False, "company_id": there.id})
        leads[:1].write({"team_id": False, "company_id": False})
        with patch.object(crm_lead2opportunity_partner_mass, "CHUNK", 5):
            self.convert(leads, companies=here + there)
        self.run_batches()
        runs = self.env["crm.batch.run"].search([("kind", "=", "conversion")])
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertEqual(runs.company_id, here + there)
        self.env.invalidate_all()
        self.assertEqual(len(leads.crm_conversion_ids), 7)
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})

    def test_co_26_duplicates_are_merged_so_that_it_can_be_undone(self):
        twins = self.new_lead() + self.new_lead()
        other = self.leads(20, 21)
        self.lead.unlink()
        self.convert(twins + other, deduplicate=True)
        kept = twins.filtered("active")
        gone = twins - kept
        self.assertEqual(len(gone), 1, "archived, not deleted")
        self.assertEqual(gone.crm_merged_into_id, kept)
        self.assertEqual((kept + other).mapped("type"), ["opportunity"] * 2)
        self.assertEqual(gone.type, "lead", "what was merged away is not converted")
        kept.crm_merge_ids.with_user(self.salesperson).action_undo()
        self.assertTrue(gone.active)
        self.assertFalse(gone.crm_merged_into_id)
