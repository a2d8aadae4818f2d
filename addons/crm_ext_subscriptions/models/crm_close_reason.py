from odoo import fields, models


class CrmCloseReason(models.Model):
    """Why a subscription ended; tells a customer lost from one who only moved."""

    _name = "crm.close.reason"
    _description = "Close reason"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_loss = fields.Boolean(
        string="Customer lost",
        default=True,
        help="Unticked: the customer stays, under another subscription or entity.",
    )
    change_ids = fields.One2many("crm.subscription.change", "close_reason_id")

    _name_uniq = models.UniqueIndex("(name)", "This close reason exists already.")
