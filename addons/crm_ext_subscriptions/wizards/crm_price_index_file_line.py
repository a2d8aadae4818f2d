from odoo import fields, models


class CrmPriceIndexFileLine(models.TransientModel):
    """One row of a file of index values, and what becomes of it."""

    _name = "crm.price.index.file.line"
    _description = "Row of a file of index values"
    _order = "number, id"

    wizard_id = fields.Many2one(
        "crm.price.index.file", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer(string="Row")
    outcome = fields.Selection(
        [
            ("new", "New"),
            ("correction", "Correction"),
            ("dated", "Publication date learned"),
            ("same", "Known already"),
            ("taken", "Taken in"),
            ("refused", "Refused"),
        ]
    )
    series = fields.Char()
    period = fields.Char()
    value = fields.Char()
    before = fields.Char(string="Known so far")
    change_percent = fields.Char(string="Variation, %")
    message = fields.Text(string="Why")
