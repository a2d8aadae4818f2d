from odoo import fields, models


class CrmWhitePaper(models.Model):
    """The file or the address behind a document that forms give."""

    _inherit = "crm.white.paper"

    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    link = fields.Char(help="Where the document lies when it is not kept here.")
