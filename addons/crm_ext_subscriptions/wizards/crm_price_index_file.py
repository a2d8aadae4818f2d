import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_ext_core.tools.tabular import UnreadableFile, read_sheet

from ..tools.index_file import read_table
from ..tools.index_rounding import IndexationError


class CrmPriceIndexFile(models.TransientModel):
    """A file of index values: each row is judged and shown before any is taken in."""

    _name = "crm.price.index.file"
    _description = "Index values from a file"

    index_id = fields.Many2one(
        "crm.price.index",
        ondelete="cascade",
        help="The series of rows that name none.",
    )
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    accept_jumps = fields.Boolean(
        string="Variations over 10 % are right",
        help="Tick after a look at the preview.",
    )
    is_compared = fields.Boolean(
        string="Compared with the publisher's",
        help="An accountant answers for the values: they are confirmed at once.",
    )
    line_ids = fields.One2many("crm.price.index.file.line", "wizard_id", readonly=True)
    taken_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.outcome")
    def _compute_counts(self):
        for wizard in self:
            outcomes = wizard.line_ids.mapped("outcome")
            wizard.refused_count = outcomes.count("refused")
            same = outcomes.count("same")
            wizard.taken_count = len(outcomes) - same - wizard.refused_count

    def action_preview(self):
        """Show what would become of each row."""
        self._show(self._judge(), {})
        return self._reopen()

    def action_take_in(self):
        """Take the good rows in; the refused ones stay on the screen with why."""
        indices = self.env["crm.price.index"]
        self.env["crm.price.index.value"].check_access("create")
        if self.is_compared:
            indices._check_may_verify()
        verdicts = self._judge()
        values = indices._take_in(verdicts, self.is_compared)
        self._show(verdicts, values)
        return self._reopen()

    def _judge(self):
        indices = self.env["crm.price.index"]
        try:
            rows = list(read_table(self._read()))
        except IndexationError as error:
            raise UserError(indices._get_row_refusals()[error.reason]) from error
        default = {"series": self.index_id.code} if self.index_id else {}
        named = [
            (number, row if row.get("series") else row | default)
            for number, row in rows
        ]
        return indices._judge(named, self.accept_jumps)

    def _read(self):
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            return read_sheet(content).rows
        except UnreadableFile as error:
            raise UserError(self.env["crm.import.file"]._explain(error)) from error

    def _show(self, verdicts, values):
        answers = [
            self.env["crm.price.index"]._answer(verdict, values) for verdict in verdicts
        ]
        self.line_ids.unlink()
        self.line_ids = [
            (
                0,
                0,
                {
                    "number": answer["row"],
                    "outcome": "taken" if answer["id"] else answer["outcome"],
                    "series": answer["series"],
                    "period": answer["period"],
                    "value": answer["value"],
                    "before": answer["before"],
                    "change_percent": answer["change_percent"],
                    "message": answer["message"],
                },
            )
            for answer in answers
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Index values from a file"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
