from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestImportTradeFair(ImportCase):
    def assertAsExpected(self, run):
        """Every row ended as expected.csv says: outcome, reason and records."""
        rows = {row.number: row for row in run.row_ids}
        rejects = {reject.number: reject for reject in run.reject_ids}
        for number, expected in self.expected().items():
            with self.subTest(number):
                if expected["outcome"] == "reject":
                    self.assertEqual(rejects[number].reason, expected["reason"])
                    continue
                row = rows[number]
                self.assertEqual(row.outcome, expected["outcome"])
                self.assertEqual(row.reason or "", expected["reason"])
                if row.outcome == "create":
                    self.assertRow(row, expected)
        self.assertEqual(len(rows) + len(rejects), len(self.expected()))

    def assertRow(self, row, expected):
        outcome = self.outcome(row)
        budget = float(expected["budget"] or 0)
        self.assertEqual(
            outcome, {name: expected[name] for name in outcome} | {"budget": budget}
        )
        self.assertEqual(row.contact_id.parent_id, row.partner_company_id)
        self.assertEqual(row.lead_id.partner_id, row.contact_id)
        self.assertTrue(row.lead_id.source_id.name)

    def test_co_07_csv_in_windows_encoding(self):
        run = self.import_file(self.sample("salon/leads_salon.csv"))
        self.assertEqual(run.read_encoding, "cp1252")
        self.assertAsExpected(run)

    def test_co_07_old_excel(self):
        self.assertAsExpected(
            self.import_file(self.sample("salon/leads_salon.xls"), "a.xls")
        )

    def test_co_07_excel(self):
        content = self.sample("salon/leads_salon.xlsx")
        self.assertAsExpected(self.import_file(content, "a.xlsx"))

    def test_co_07_preview_tells_the_counts_and_creates_nothing(self):
        expected = [row["outcome"] for row in self.expected().values()]
        before = self.env["crm.lead"].search_count([])
        counts = self.new_run(self.sample("salon/leads_salon.csv")).action_preview()
        self.assertEqual(
            counts,
            {
                "rows": len(expected),
                "create": expected.count("create"),
                "duplicate": expected.count("duplicate"),
                "reject": expected.count("reject"),
            },
        )
        self.assertEqual(self.env["crm.lead"].search_count([]), before)

    def test_co_07_one_company_once(self):
        run = self.import_file(self.sample("salon/leads_salon.csv"))
        companies = run.row_ids.filtered("lead_id").partner_company_id
        sirets = companies.mapped("company_registry")
        self.assertEqual(len(sirets), len(set(sirets)))
        self.assertEqual(run.partner_company_count, len(companies))

    def test_co_08_the_same_profile_serves_the_next_file(self):
        self.import_file(self.sample("salon/leads_salon.csv"))
        header = "Société;Courriel;Nom de famille;Prénom;Tél.;Montant;Date de contact"
        row = (
            "NOUVELLE FIRME;paul@firme.example;LE ROUX;Paul;0261911050;9 000 €;3/11/26"
        )
        run = self.import_file(self.table(row, header=header), "novembre.csv")
        self.assertEqual(
            self.outcome(run.row_ids),
            {
                "company": "NOUVELLE FIRME",
                "siret": False,
                "contact": "Paul Le Roux",
                "email": "paul@firme.example",
                "phone_e164": "+33261911050",
                "budget": 9000.0,
                "date": "2026-11-03",
            },
        )

    def test_the_same_file_again_makes_no_copy(self):
        first = self.import_file(self.sample("salon/leads_salon.csv"))
        partners = self.env["res.partner"].search_count([])
        leads = self.env["crm.lead"].search_count([])
        again = self.import_file(self.sample("salon/leads_salon.xlsx"), "a.xlsx")
        self.assertEqual(again.created_count, 0)
        self.assertEqual(
            again.duplicate_count, first.created_count + first.duplicate_count
        )
        self.assertEqual(again.reject_count, first.reject_count)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(self.env["crm.lead"].search_count([]), leads)

    def test_a_larger_file_costs_no_more_queries_a_row(self):
        def queries(letter, count):
            rows = [
                f"FIRME {letter};{letter}{n}@firme.example;Nom {n};1500"
                for n in range(count)
            ]
            run = self.new_run(self.table(*rows))
            run.action_start()
            start = self.env.cr.sql_log_count
            self.run_batches()
            self.assertEqual(run.created_count, count)
            return self.env.cr.sql_log_count - start

        queries("w", 5)
        self.assertLess(queries("b", 40), queries("a", 5) + 35)
