from odoo import fields, models


class CrmSubscriptionImportRow(models.Model):
    """What became of a row of a file."""

    _name = "crm.subscription.import.row"
    _description = "Row of a file"
    _order = "import_id desc, number"
    _rec_name = "number"
    _log_access = False

    import_id = fields.Many2one(
        "crm.subscription.import",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    number = fields.Integer(string="Row", readonly=True)
    outcome = fields.Selection(
        [
            ("created", "Created"),
            ("replayed", "Known already"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    cells = fields.Json(readonly=True, help="Of a rejected row, as they came.")

    _row_unique = models.Constraint(
        "UNIQUE (import_id, number)", "A row of a file is treated once."
    )
