import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_import_mixin import ROWS_AT_ONCE
from .crm_import_profile import ENCODINGS, SEPARATORS

# written by the import itself; a client that could forge them would be shown the
# progress or the counts of somebody else's work
PROTECTED_FIELDS = {
    "preview",
    "header",
    "check_run_id",
    "batch_run_id",
    "read_encoding",
    "read_separator",
}


class CrmImportRun(models.Model):
    """One file imported with a profile: checked first, then done by the lanes.

    From outside: create it with profile_id, filename and file (base64);
    action_preview() tells what would happen, of a long file once state is checked;
    action_start() begins; read state, progress and the counts until state is done; read
    reject_file.
    """

    _name = "crm.import.run"
    _inherit = ["crm.import.mixin"]
    _description = "Import"
    _order = "id desc"
    _rec_name = "filename"
    _check_company_auto = True

    profile_id = fields.Many2one(
        "crm.import.profile",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        default=lambda self: self.env["crm.import.profile"].search([], limit=1),
    )
    filename = fields.Char(string="File name")
    file = fields.Binary(required=True, attachment=True)
    encoding = fields.Selection(
        ENCODINGS,
        compute="_compute_reading",
        store=True,
        readonly=False,
        help="Only if accents come out wrong: it is recognised by itself.",
    )
    separator = fields.Selection(
        SEPARATORS, compute="_compute_reading", store=True, readonly=False
    )
    read_encoding = fields.Char(string="Encoding found", readonly=True)
    read_separator = fields.Char(string="Separator found", readonly=True)
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
    row_ids = fields.One2many("crm.import.row", "run_id", string="Rows", readonly=True)
    reject_ids = fields.One2many(
        "crm.import.reject", "run_id", string="Rejected rows", readonly=True
    )
    row_count = fields.Integer(string="Rows of the file", compute="_compute_counts")
    created_count = fields.Integer(string="New rows", compute="_compute_counts")
    duplicate_count = fields.Integer(string="Duplicates", compute="_compute_counts")
    reject_count = fields.Integer(string="Rejects", compute="_compute_counts")
    reject_file = fields.Binary(compute="_compute_reject_file")
    reject_filename = fields.Char(compute="_compute_reject_filename")

    @api.depends("profile_id")
    def _compute_reading(self):
        for run in self:
            run.encoding = run.profile_id.encoding
            run.separator = run.profile_id.separator

    @api.depends("preview")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for run in self:
            preview = run.preview
            run.preview_html = preview and self.env["ir.qweb"]._render(
                "crm_ext_core.import_preview",
                {"preview": preview, "explain": run._explain_preview_row},
            )

    def _explain_preview_row(self, row):
        if row["faults"]:
            return self.env["crm.import.reject"]._explain(row["faults"])
        return self.env["crm.import.row"]._explain(
            row["cause"], row["same_row"], row["same_name"]
        )

    @api.depends("preview", "row_ids", "reject_ids")
    def _compute_counts(self):
        done = {
            (run.id, outcome): count
            for run, outcome, count in self.env["crm.import.row"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "outcome"], ["__count"]
            )
        }
        rejected = dict(
            self.env["crm.import.reject"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            foreseen = (run.preview or {}).get("counts", {})
            started = bool(run.batch_run_id)
            run.row_count = sum(foreseen.values())
            run.created_count = (
                done.get((run.id, "create"), 0)
                if started
                else foreseen.get("create", 0)
            )
            run.duplicate_count = (
                done.get((run.id, "duplicate"), 0)
                if started
                else foreseen.get("duplicate", 0)
            )
            run.reject_count = (
                rejected.get(run, 0) if started else foreseen.get("reject", 0)
            )

    @api.depends("reject_ids", "header")
    @api.depends_context("lang")
    def _compute_reject_file(self):
        for run in self:
            run.reject_file = run.reject_ids and base64.b64encode(
                self.env["crm.import.file"]._write_rejects(run)
            )

    @api.depends("filename")
    @api.depends_context("lang")
    def _compute_reject_filename(self):
        for run in self:
            stem = (run.filename or self.env._("import")).rsplit(".", 1)[0]
            run.reject_filename = self.env._("%(name)s - rejects.csv", name=stem)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(name for name, value in vals.items() if value)
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals)  # emptying a field would forge it too
        started = self.filtered("batch_run_id")
        asked = {"file", "filename", "profile_id", "encoding", "separator"} & set(vals)
        if asked and started:
            raise UserError(
                self.env._("This import has started. Make a new one for another file.")
            )
        if asked - {"filename"}:
            self._forget_check()
        return super().write(vals)

    def _check_protected(self, names):
        forged = PROTECTED_FIELDS.intersection(names)
        if forged and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only the import itself writes: %(names)s", names=sorted(forged)
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if self.filtered("batch_run_id"):
            raise UserError(
                self.env._(
                    "An import that has started is kept: it tells where its records "
                    "come from."
                )
            )

    # ------------------------------------------------------------------ actions
    def action_preview(self):
        """Read the file and foresee what becomes of each row; nothing is created.

        :return: dict of counts: rows, create, duplicate, reject; of a long file rows
            and checking, the counts being there once state is checked
        """
        self.ensure_one()
        self._check_not_started()
        self.env["crm.import.work"]._check_rights(self.profile_id)
        length = len(self.env["crm.import.file"]._read(self).rows)
        if length > ROWS_AT_ONCE:
            return self._check_by_lanes([{}], length - 1)
        self._conclude_check([self._check_unit({})])
        return {"rows": self.row_count, **self.preview["counts"]}

    def _check_unit(self, _payload):
        """Rows are known by those of the whole file: they are planned at once."""
        plan = self.env["crm.import.work"]._plan(self)
        return self.env["crm.import.work"]._prepare_preview_values(plan)

    def _conclude_check(self, results):
        (values,) = results
        # the preview is protected from clients, see PROTECTED_FIELDS
        self.sudo().write(values)

    def action_check(self):
        """The button of action_preview."""
        self.action_preview()

    def action_start(self):
        """Begin the import: the lanes do it, as the current user.

        :return: True; follow state, progress and the counts
        """
        self.ensure_one()
        self._check_not_started()
        self.env["crm.import.work"]._start(self)
        return True

    def action_download_rejects(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/reject_file"
            f"?download=true&filename={self.reject_filename}",
            "target": "download",
        }
