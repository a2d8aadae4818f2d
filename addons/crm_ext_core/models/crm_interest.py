from odoo import fields, models


class CrmInterest(models.Model):
    """What a contact cares about."""

    _name = "crm.interest"
    _description = "Interest"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_once = models.Constraint("UNIQUE(name)", "This interest exists already.")
