import base64
import csv
import io

from .common import CrmExtCase, real_data


class ImportCase(CrmExtCase):
    """Imports as the salesperson, with the profile that ships."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env.ref("crm_ext_core.import_profile_trade_fair")
        cls.companies_profile = cls.env.ref("crm_ext_core.import_profile_companies")

    def sample(self, name):
        return real_data(f"import/{name}", __file__).read_bytes()

    def expected(self):
        """What must become of each row of the trade fair's file, by its number."""
        text = self.sample("salon/expected.csv").decode()
        return {int(row["row"]): row for row in csv.DictReader(io.StringIO(text))}

    def new_run(self, content, filename="leads.csv", profile=None, user=None):
        return (
            self.env["crm.import.run"]
            .with_user(user or self.salesperson)
            .create(
                {
                    "profile_id": (profile or self.profile).id,
                    "filename": filename,
                    "file": base64.b64encode(content),
                }
            )
        )

    def import_file(self, content, filename="leads.csv", **options):
        """The whole way of an outside client: create, check, start, wait."""
        run = self.new_run(content, filename, **options)
        run.action_preview()
        run.action_start()
        self.run_batches()
        self.assertEqual(run.state, "done")
        self.assertFalse(run.batch_run_id.sudo().failure_ids)
        return run

    def table(self, *rows, header="Raison sociale;E-mail;Nom;Budget"):
        return "\r\n".join([header, *rows]).encode()

    def outcome(self, row):
        """A row of an import, as expected.csv writes it."""
        lead = row.lead_id
        return {
            "company": row.partner_company_id.name,
            "siret": row.partner_company_id.company_registry,
            "contact": row.contact_id.name,
            "email": row.contact_id.email,
            "phone_e164": row.contact_id.phone,
            "budget": lead.expected_revenue,
            "date": str(lead.crm_first_contact_date or ""),
        }

    def rejects(self, run):
        """The reject file's rows, as a spreadsheet shows them."""
        content = base64.b64decode(run.reject_file)
        text = content.decode(run.read_encoding or "utf-8-sig")
        separator = run.read_separator or ";"
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
