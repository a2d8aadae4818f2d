from odoo import api, fields, models
from odoo.fields import Domain


class CrmImportRun(models.Model):
    """The way from an import to the records it made."""

    _inherit = "crm.import.run"

    partner_company_count = fields.Integer(
        string="Companies", compute="_compute_record_counts"
    )
    contact_count = fields.Integer(string="Contacts", compute="_compute_record_counts")
    lead_count = fields.Integer(string="Leads", compute="_compute_record_counts")

    @api.depends("row_ids")
    def _compute_record_counts(self):
        counts = {
            run.id: numbers
            for run, *numbers in self.env["crm.import.row"]._read_group(
                [("run_id", "in", self.ids), ("outcome", "=", "create")],
                ["run_id"],
                [
                    "partner_company_id:count_distinct",
                    "contact_id:count_distinct",
                    "lead_id:count_distinct",
                ],
            )
        }
        for run in self:
            numbers = counts.get(run.id, (0, 0, 0))
            run.partner_company_count, run.contact_count, run.lead_count = numbers

    def action_open_companies(self):
        return self._open(
            "res.partner", "crm_import_company_row_ids", self.env._("Companies")
        )

    def action_open_contacts(self):
        return self._open(
            "res.partner", "crm_import_contact_row_ids", self.env._("Contacts")
        )

    def action_open_leads(self):
        return self._open("crm.lead", "crm_import_row_ids", self.env._("Leads"))

    def _open(self, model, rows_field, name):
        self.ensure_one()
        domain = Domain(f"{rows_field}.run_id", "=", self.id) & Domain(
            f"{rows_field}.outcome", "=", "create"
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {"create": False},
        }
