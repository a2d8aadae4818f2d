import base64

from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestImportRejects(ImportCase):
    """CO-11: the rows at fault come back in a file, are mended and fed again."""

    def test_co_11_download_mend_and_feed_again(self):
        content = self.sample("salon/leads_salon.csv")
        run = self.import_file(content)
        header, *rows = self.rejects(run)
        self.assertEqual(header[-2:], ["Import row", "Import reason"])
        self.assertEqual(header[:-2], run.header)
        expected = {
            (str(number), row["reason"])
            for number, row in self.expected().items()
            if row["outcome"] == "reject"
        }
        self.assertEqual({(row[-2], row[-1]) for row in rows}, expected)
        places = {name: place for place, name in enumerate(header)}
        for number, row in enumerate(rows):
            row[places["Raison sociale"]] = row[places["Raison sociale"]].strip() or "X"
            row[places["E-mail"]] = f"mended{number}@mended.example"
            row[places["Budget (€)"]] = "1500"
            row[places["Date contact"]] = "12/10/2026"
            row[places["SIRET"]] = ""
        lines = [
            run.read_separator.join(f'"{cell}"' for cell in it)
            for it in (header, *rows)
        ]
        again = self.import_file(
            "\r\n".join(lines).encode(run.read_encoding), "mended.csv"
        )
        self.assertEqual((again.created_count, again.reject_count), (len(rows), 0))

    def test_co_11_an_unmended_file_gives_the_same_columns(self):
        run = self.import_file(self.table("ALPHA;voir carte;Un;", ";b@x.example;Deux;"))
        again = self.import_file(base64.b64decode(run.reject_file), "rejects.csv")
        self.assertEqual(self.rejects(again), self.rejects(run))

    def test_co_11_the_reasons_are_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        run = self.import_file(self.table("ALPHA;voir carte;Un;"))
        french = run.with_context(lang="fr_FR").reject_ids.reason
        english = run.with_context(lang="en_US").reject_ids.reason
        self.assertEqual(english, "E-mail: not an address")
        self.assertTrue(french.startswith("E-mail"))

    def test_several_faults_are_told_at_once(self):
        run = self.import_file(self.table(";voir carte;Un;mille"))
        self.assertEqual(
            run.reject_ids.reason,
            "Raison sociale: required; E-mail: not an address; Budget: not an amount",
        )

    def test_a_row_that_the_base_refuses_leaves_its_neighbours_in(self):
        self.env["ir.rule"].create(
            {
                "name": "no contact of that name",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": "[('name', '!=', 'Interdit')]",
                "perm_read": False,
                "perm_unlink": False,
            }
        )
        run = self.import_file(
            self.table(
                "ALPHA;a@alpha.example;Un;",
                "ALPHA;b@alpha.example;Interdit;",
                "ALPHA;c@alpha.example;Trois;",
            )
        )
        self.assertEqual((run.created_count, run.reject_count), (2, 1))
        self.assertEqual(run.reject_ids.number, 2)
        self.assertTrue(run.reject_ids.reason)
        self.assertEqual(len(run.row_ids.partner_company_id), 1)
        self.assertEqual(self.rejects(run)[1][1], "b@alpha.example")
