from odoo import api, fields, models


class CrmImportRow(models.Model):
    """What became of a row that was accepted: the records it made or repeats.

    This ledger is what an import can be undone from.
    """

    _name = "crm.import.row"
    _description = "Imported row"
    _order = "run_id desc, number"
    _rec_name = "number"
    _log_access = False
    _crm_stays_on_merge = True  # an undo of the import is about the lead it made

    run_id = fields.Many2one(
        "crm.import.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    number = fields.Integer(string="Row", readonly=True)
    outcome = fields.Selection(
        [("create", "Created"), ("duplicate", "Duplicate")],
        required=True,
        readonly=True,
    )
    cause = fields.Selection(
        [("mail", "Same mail"), ("person", "Same person"), ("company", "Same company")],
        readonly=True,
    )
    same_row = fields.Integer(string="Repeats row", readonly=True)
    partner_company_id = fields.Many2one(
        "res.partner", string="Company", index="btree_not_null", readonly=True
    )
    contact_id = fields.Many2one("res.partner", index="btree_not_null", readonly=True)
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", readonly=True)
    company_created = fields.Boolean(readonly=True)
    reason = fields.Char(compute="_compute_reason")

    _row_uniq = models.Constraint(
        "UNIQUE(run_id, number)", "A row of a file is imported once."
    )

    @api.depends("outcome", "cause", "same_row", "contact_id", "partner_company_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            same = row.contact_id or row.partner_company_id
            row.reason = self._explain(row.cause, row.same_row, same.display_name)

    @api.model
    def _explain(self, cause, same_row, same_name):
        """The reason of a duplicate, in the reader's language."""
        if not cause:
            return False
        if not same_row:
            return self.env._("already known: %(name)s", name=same_name or "")
        return {
            "mail": self.env._("same mail as row %(row)s", row=same_row),
            "person": self.env._("same person as row %(row)s", row=same_row),
            "company": self.env._("same company as row %(row)s", row=same_row),
        }[cause]
