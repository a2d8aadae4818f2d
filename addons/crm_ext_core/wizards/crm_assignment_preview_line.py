from odoo import fields, models


class CrmAssignmentPreviewLine(models.TransientModel):
    """The share of one person by one rule, or what nobody can take."""

    _name = "crm.assignment.preview.line"
    _description = "Share of a previewed assignment"
    _order = "count desc, id"

    preview_id = fields.Many2one(
        "crm.assignment.preview", required=True, ondelete="cascade"
    )
    rule_id = fields.Many2one("crm.assignment.rule", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    count = fields.Integer(string="Leads", readonly=True)
    before = fields.Integer(string="Open leads before", readonly=True)
    obstacle = fields.Selection(
        [
            ("company", "Nobody works for the lead's company"),
            ("territory", "Outside every territory"),
            ("expertise", "Nobody has the expertise asked for"),
            ("full", "Everybody is full"),
            ("absent", "Everybody is away"),
        ],
        readonly=True,
    )
