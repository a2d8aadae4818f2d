from odoo import fields, models


class CrmCaptureForm(models.Model):
    """A form subscribes who ticks its newsletter's box."""

    _inherit = "crm.capture.form"

    mailing_list_ids = fields.Many2many(
        "mailing.list",
        string="Mailing lists",
        help="Who ticks the field Newsletter joins these lists, after the confirmation "
        "by e-mail when the form asks for one.",
    )
