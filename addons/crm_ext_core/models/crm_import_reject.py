from odoo import api, fields, models


class CrmImportReject(models.Model):
    """A row that was refused, with its cells as they came and what is wrong."""

    _name = "crm.import.reject"
    _description = "Rejected row"
    _order = "run_id desc, number"
    _rec_name = "reason"
    _log_access = False

    run_id = fields.Many2one(
        "crm.import.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    profile_id = fields.Many2one(related="run_id.profile_id")
    number = fields.Integer(string="Row", readonly=True)
    cells = fields.Json(readonly=True)
    faults = fields.Json(readonly=True)
    column = fields.Char(readonly=True)
    fault = fields.Selection(selection="_selection_fault", readonly=True)
    error = fields.Text(
        readonly=True,
        help="What the system answered when it tried to create the records.",
    )
    reason = fields.Char(compute="_compute_reason")
    summary = fields.Char(string="Content", compute="_compute_summary")

    _row_uniq = models.Constraint(
        "UNIQUE(run_id, number)", "A row of a file is rejected once."
    )

    @api.model
    def _selection_fault(self):
        return [
            ("required", self.env._("required")),
            ("not_email", self.env._("not an address")),
            ("not_phone", self.env._("not a phone number")),
            ("not_amount", self.env._("not an amount")),
            ("not_date", self.env._("not a date")),
            ("not_siret", self.env._("not a SIRET")),
            ("check_digit", self.env._("wrong check digit")),
            ("unknown", self.env._("unknown value")),
            ("nothing", self.env._("neither a company nor a person in this row")),
            ("refused", self.env._("refused by the system")),
        ]

    @api.depends("faults", "error")
    @api.depends_context("lang")
    def _compute_reason(self):
        for reject in self:
            reject.reason = reject.error or self._explain(reject.faults or [])

    @api.model
    def _explain(self, faults):
        """The faults of a row in the reader's language: column, then what is wrong."""
        words = dict(self._selection_fault())
        return "; ".join(
            self.env._("%(column)s: %(fault)s", column=column, fault=words[code])
            if column
            else words[code]
            for column, code in faults
        )

    @api.depends("cells")
    def _compute_summary(self):
        for reject in self:
            reject.summary = " · ".join(
                cell for cell in reject.cells or [] if cell.strip()
            )
