from odoo import fields, models


class CrmRelationType(models.Model):
    """What a contact is to us: customer, prospect, business introducer..."""

    _name = "crm.relation.type"
    _description = "Relation type"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_once = models.Constraint("UNIQUE(name)", "This relation type exists already.")
