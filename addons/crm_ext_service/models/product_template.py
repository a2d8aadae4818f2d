from odoo import fields, models


class ProductTemplate(models.Model):
    """A product may be a book of prepaid hours: confirming its sale opens the book."""

    _inherit = "product.template"

    crm_hour_book_hours = fields.Float(
        string="Prepaid hours per unit",
        help="Selling one unit opens an hour book with so many hours. "
        "0: not an hour book.",
    )
    crm_hour_book_months = fields.Integer(
        string="Valid for (months)",
        help="The hours expire so many months after the sale. 0: they never expire.",
    )
    crm_hour_book_overdraft = fields.Selection(
        [
            ("refuse", "Refuse to close the case"),
            ("warn", "Go below zero and say so"),
            ("allow", "Go below zero"),
        ],
        string="When hours are missing",
        default="refuse",
    )

    _crm_hour_book_check = models.Constraint(
        "CHECK (crm_hour_book_hours >= 0 AND crm_hour_book_months >= 0)",
        "Prepaid hours and months are positive.",
    )
