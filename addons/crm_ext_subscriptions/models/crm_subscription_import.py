import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_ext_core.models.crm_import_mixin import ROWS_AT_ONCE, STATES
from odoo.addons.crm_ext_core.tools.import_rows import bind, read_row, split_header
from odoo.addons.crm_ext_core.tools.reject_file import write_rejects
from odoo.addons.crm_ext_core.tools.tabular import UnreadableFile, read_sheet

from ..tools.subscription_file import COLUMNS, FileRow, derived_keys

ENGINE_FIELDS = {"preview", "header", "check_run_id", "batch_run_id", "row_ids"}


class CrmSubscriptionImport(models.Model):
    """A file of usage, or of subscriptions that come from elsewhere.

    It is checked first: nothing is created, each row is told its fate. Then the lanes
    do it; what is refused waits in a file to mend and feed again. Feeding a file twice
    creates nothing twice: usage has its keys, subscriptions their reference.
    """

    _name = "crm.subscription.import"
    _inherit = ["crm.import.mixin"]
    _description = "File of usage or subscriptions"
    _order = "id desc"
    _rec_name = "filename"

    kind = fields.Selection(
        [("usage", "Usage"), ("subscription", "Subscriptions")],
        default="usage",
        required=True,
    )
    # the mixin's own, named again so that this addon translates the labels: those of
    # the mixin's addon are read before this model exists
    state = fields.Selection(STATES)
    filename = fields.Char(string="File name")
    file = fields.Binary(required=True, attachment=True)
    header = fields.Json(readonly=True)
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    row_ids = fields.One2many("crm.subscription.import.row", "import_id", readonly=True)
    reject_ids = fields.One2many(
        "crm.subscription.import.row",
        "import_id",
        string="Rejected rows",
        domain=[("outcome", "=", "rejected")],
        readonly=True,
    )
    created_count = fields.Integer(compute="_compute_counts")
    known_count = fields.Integer(string="Known already", compute="_compute_counts")
    reject_count = fields.Integer(string="Rejected", compute="_compute_counts")
    reject_file = fields.Binary(compute="_compute_reject_file")

    @api.depends("preview")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for run in self:
            run.preview_html = run.preview and self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.import_preview",
                {"preview": run.preview, "kind": run.kind},
            )

    @api.depends("preview", "row_ids")
    def _compute_counts(self):
        done = {
            (run, outcome): count
            for run, outcome, count in self.env[
                "crm.subscription.import.row"
            ]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "outcome"], ["__count"]
            )
        }
        for run in self:
            foreseen = (run.preview or {}).get("counts", {})
            for name, outcome in (
                ("created_count", "created"),
                ("known_count", "replayed"),
                ("reject_count", "rejected"),
            ):
                found = done.get((run, outcome), 0)
                run[name] = found if run.batch_run_id else foreseen.get(outcome, 0)

    def _compute_reject_file(self):
        for run in self:
            run.reject_file = run.reject_ids and base64.b64encode(run._get_rejects())

    def _get_rejects(self):
        added = [self.env._("Row"), self.env._("Reason")]
        rows = [[*row.cells, str(row.number), row.reason] for row in self.reject_ids]
        return write_rejects([*self.header, *added], rows)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(name for name, value in vals.items() if value)
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals)
        if {"file", "kind"} & vals.keys():
            self._check_not_started()
            self._forget_check()
        return super().write(vals)

    def _check_protected(self, names):
        if ENGINE_FIELDS.intersection(names) and not self.env.su:
            raise UserError(self.env._("Only the import itself writes its progress."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_not_started()

    # ------------------------------------------------------------------ actions
    def action_check(self):
        """Read the file and tell what would become of each row; nothing is created.

        :return: dict of counts: created, replayed (known already), rejected; of a long
            file rows and checking, the counts being there once state is checked
        """
        self.ensure_one()
        self._check_not_started()
        header, payloads, length = self._read_units()
        # sudo: the preview is the import's own, see ENGINE_FIELDS
        self.sudo().header = header
        if length > ROWS_AT_ONCE:
            return self._check_by_lanes(payloads, length)
        self._conclude_check([self._check_unit(payload) for payload in payloads])
        return self.preview["counts"]

    def action_start(self):
        """Begin: the lanes do it, as the current user; follow state and counts."""
        self.ensure_one()
        self._check_not_started()
        header, payloads, _length = self._read_units()
        run = self.env["crm.batch.run"]._enqueue(
            "subscription_import",
            [{"payload": payload} for payload in payloads],
            name=self.filename or self.env._("Import"),
            payload={"import_id": self.id},
        )
        if self.state == "checking":
            self._forget_check()
        # sudo: as in action_check
        self.sudo().write({"header": header, "batch_run_id": run.id})
        return True

    def action_download_rejects(self):
        self.ensure_one()
        filename = self.env._("rejects.csv")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/reject_file"
            f"?download=true&filename={filename}",
            "target": "download",
        }

    # ------------------------------------------------------------------ file
    def _get_worker(self):
        """The model that knows this kind of rows."""
        self.ensure_one()
        worker = self.env[f"crm.subscription.import.{self.kind}"]
        worker._check_rights()
        return worker.with_context(crm_import_id=self.id)

    def _read_file(self):
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            rows = read_sheet(content).rows
        except UnreadableFile as error:
            raise UserError(self.env["crm.import.file"]._explain(error)) from error
        header, records = split_header(COLUMNS[self.kind], rows)
        missing = bind(COLUMNS[self.kind], header).missing
        if missing or not records:
            names = ", ".join(column.field for column in missing)
            raise UserError(
                self.env._("Column missing: %(names)s. See the template.", names=names)
                if missing
                else self.env._("The file has a header and no row below it.")
            )
        return header, records

    def _read_units(self):
        """The header, the rows of each unit as JSON, and how many there are."""
        header, records = self._read_file()
        marks = derived_keys([map(str, it.cells) for it in records])
        rows = self._read_rows(header, records, marks)
        payloads = [
            [[row.number, row.cells, row.mark] for row in unit]
            for unit in self._get_worker()._pack(rows)
        ]
        return list(header), payloads, len(records)

    def _read_rows(self, header, records, marks):
        """The rows as values; each is marked by its content and rank in the file."""
        binding = bind(COLUMNS[self.kind], header)
        region = self.company_id.country_id.code or ""
        return [
            FileRow(read_row(binding, record, region), record.cells, mark)
            for record, mark in zip(records, marks, strict=True)
        ]
