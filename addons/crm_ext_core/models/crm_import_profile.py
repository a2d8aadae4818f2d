from odoo import fields, models

ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows (Western Europe)"),
    ("latin-1", "ISO 8859-1 (Latin 1)"),
    ("utf-16", "UTF-16 (Unicode text)"),
    ("mac_roman", "Macintosh"),
    ("cp850", "DOS (Western Europe)"),
]
SEPARATORS = [
    (";", "Semicolon"),
    (",", "Comma"),
    ("\t", "Tab"),
    ("|", "Vertical bar"),
]


class CrmImportProfile(models.Model):
    """How the columns of a kind of file become companies, contacts and leads.

    Set up once by a manager, it serves every later file of the same kind.
    """

    _name = "crm.import.profile"
    _description = "Import profile"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    note = fields.Text(string="When to use it", translate=True)
    company_id = fields.Many2one("res.company", index=True)
    country_id = fields.Many2one(
        "res.country",
        string="Country of the file",
        required=True,
        default=lambda self: self.env.company.country_id,
        help="Phone numbers are read as dialled from there, and it becomes the country "
        "of the companies created.",
    )
    encoding = fields.Selection(
        ENCODINGS, help="Leave empty to recognise the encoding of each file."
    )
    separator = fields.Selection(
        SEPARATORS, help="Leave empty to recognise the separator of each file."
    )
    line_ids = fields.One2many(
        "crm.import.profile.line", "profile_id", string="Columns", copy=True
    )
    run_ids = fields.One2many("crm.import.run", "profile_id")
    run_count = fields.Integer(string="Imports", compute="_compute_run_count")

    def _compute_run_count(self):
        counts = dict(
            self.env["crm.import.run"]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.run_count = counts.get(profile, 0)

    def action_open_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ext_core.crm_import_run_action"
        )
        return {
            **action,
            "domain": [("profile_id", "=", self.id)],
            "context": {"default_profile_id": self.id},
        }

    def _targets(self):
        """The kinds of record that a row of such a file makes."""
        return set(self.line_ids.mapped("target"))
