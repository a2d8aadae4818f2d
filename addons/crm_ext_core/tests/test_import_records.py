from odoo import Command
from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestImportRecords(ImportCase):
    """CO-09: one row makes a company, a contact and a lead, linked."""

    def test_co_09_one_row_fills_three_tables(self):
        header = "Raison sociale;CP;Prénom;Nom;E-mail;Origine;Besoin;Budget"
        row = "CIDRERIE DU GUÉ;35470;ZOÉ;LE GOFF;zoe@gue.example;Salon;Audit;2 500,00"
        run = self.import_file(self.table(row, header=header))
        lead = run.row_ids.lead_id
        self.assertEqual(lead.name, "Audit")
        self.assertEqual(lead.expected_revenue, 2500)
        self.assertEqual(lead.source_id.name, "Salon")
        self.assertFalse(lead.user_id, "nobody's until it is handed over")
        self.assertTrue(lead.team_id)
        self.assertEqual(lead.partner_id.name, "Zoé Le Goff")
        self.assertEqual(lead.partner_id.parent_id.name, "CIDRERIE DU GUÉ")
        self.assertEqual(lead.partner_id.zip, "35470")
        self.assertTrue(lead.partner_id.parent_id.is_company)
        self.assertEqual(
            (run.partner_company_count, run.contact_count, run.lead_count), (1,) * 3
        )

    def test_co_09_buttons_open_what_was_made(self):
        run = self.import_file(
            self.table("ALPHA;a@alpha.example;Un;1", "ALPHA;b@alpha.example;Deux;")
        )
        for action, count in (
            (run.action_open_companies(), 1),
            (run.action_open_contacts(), 2),
            (run.action_open_leads(), 2),
        ):
            model = self.env[action["res_model"]].with_user(self.salesperson)
            self.assertEqual(model.search_count(action["domain"]), count)

    def test_a_company_of_the_base_gets_the_new_contact(self):
        company = self.env["res.partner"].create(
            {
                "name": "Brasserie Kermadec",
                "is_company": True,
                "zip": "29000",
                "city": "Quimper",
                "company_registry": "000 520 015 00017",
            }
        )
        header = "Raison sociale;SIRET;CP;Nom;E-mail"
        row = "BRASSERIE KERMADEC SAS;00052001500017;35000;MORVAN;m@kermadec.example"
        run = self.import_file(self.table(row, header=header))
        self.assertEqual(run.row_ids.contact_id.parent_id, company)
        self.assertEqual(run.row_ids.contact_id.city, "Quimper")
        self.assertFalse(run.row_ids.company_created)
        self.assertEqual(company.zip, "29000")

    def test_somebody_entered_since_the_check_is_not_doubled(self):
        run = self.new_run(self.table("ALPHA;a@alpha.example;Un;1"))
        run.action_start()
        known = self.env["res.partner"].create(
            {"name": "Un", "email": "A@alpha.example"}
        )
        self.run_batches()
        self.assertEqual((run.created_count, run.duplicate_count), (0, 1))
        self.assertEqual(run.row_ids.contact_id, known)

    def test_five_encodings_give_the_same_records(self):
        seen = []
        for name in (
            "cp1252_semicolon",
            "latin1_semicolon",
            "utf16le_bom_tab",
            "utf8_comma",
            "utf8bom_semicolon",
        ):
            run = self.import_file(
                self.sample(f"variants/{name}.csv"), profile=self.companies_profile
            )
            companies = run.row_ids.sorted("number").partner_company_id
            seen.append(
                companies.mapped(lambda it: (it.name, it.company_registry, it.zip))
            )
            self.assertTrue(companies)
            self.assertTrue(
                all(siret.startswith("00") for _name, siret, _zip in seen[-1])
            )
            run.row_ids.sudo().unlink()
            companies.sudo().unlink()
        self.assertEqual(seen, seen[:1] * 5)

    def test_a_killed_lane_makes_nothing_twice(self):
        rows = [f"FIRME {n};p{n}@firme.example;Nom {n};" for n in range(300)]
        # what an upgrade may have queued goes first
        self.run_batches()
        run = self.new_run(self.table(*rows))
        run.action_start()
        batch = self.env["crm.batch.run"].sudo()
        batch._process_next_chunk()
        done = run.created_count
        self.assertTrue(0 < done < 300)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            batch._process_next_chunk()
            raise ZeroDivisionError  # the process dies before its commit
        self.assertEqual(run.created_count, done)
        self.run_batches()
        self.assertEqual(run.created_count, 300)
        mails = run.row_ids.contact_id.mapped("email")
        self.assertEqual(len(set(mails)), 300)

    def test_links_choices_and_translations_of_a_profile(self):
        profile = (
            self.env["crm.import.profile"]
            .with_user(self.sales_manager)
            .create(
                {
                    "name": "Prospects belges",
                    "country_id": self.env.ref("base.be").id,
                    "line_ids": [
                        Command.create(values)
                        for values in (
                            {
                                "headers": "Nom",
                                "target": "contact",
                                "field_name": "name",
                            },
                            {
                                "headers": "GSM",
                                "target": "contact",
                                "field_name": "phone",
                            },
                            {
                                "headers": "Urgence",
                                "target": "lead",
                                "field_name": "priority",
                                "value_table": "oui = 3\nnon = 0",
                            },
                            {
                                "headers": "Pays",
                                "target": "contact",
                                "field_name": "country_id",
                            },
                            {
                                "target": "lead",
                                "field_name": "type",
                                "default_value": "lead",
                            },
                        )
                    ],
                }
            )
        )
        self.assertEqual(profile.line_ids.mapped("transform")[:2], ["name", "phone"])
        content = self.table(
            "PEETERS;0470 12 34 56;Oui;Belgium",
            "MAES;;non;Nulle Part",
            header="Nom;GSM;Urgence;Pays",
        )
        run = self.import_file(content, profile=profile)
        lead = run.row_ids.lead_id
        self.assertEqual((lead.priority, lead.type), ("3", "lead"))
        self.assertEqual(run.row_ids.contact_id.phone, "+32470123456")
        self.assertEqual(run.row_ids.contact_id.country_id, self.env.ref("base.be"))
        self.assertEqual(run.reject_ids.reason, "Pays: unknown value")
