from odoo import fields, models


class CrmSubscriptionLineVersion(models.Model):
    """The terms of a line from a date on, with the moment they were entered.

    Nothing is overwritten: a change is one more version, and each kind of change adds
    its own reason.
    """

    _name = "crm.subscription.line.version"
    _description = "Dated terms of a subscription line"
    _order = "date_from, id"

    line_id = fields.Many2one(
        "crm.subscription.line", required=True, ondelete="cascade", index=True
    )
    subscription_id = fields.Many2one(
        related="line_id.subscription_id", store=True, index=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    date_from = fields.Date(string="From", required=True)
    quantity = fields.Float(digits="Product Unit", required=True)
    price_unit = fields.Float(
        digits=0, min_display_digits="Product Price", required=True
    )
    discount = fields.Float(string="Disc.%", digits="Discount")
    reason = fields.Selection(
        [
            ("entry", "Entry"),
            ("trial", "Trial"),
            ("free", "Free periods"),
            ("pricelist", "Pricelist"),
            ("revision", "Price revision"),
        ],
        required=True,
    )
    price_revision_id = fields.Many2one(
        "crm.price.revision", ondelete="restrict", index="btree_not_null"
    )
    entered_at = fields.Datetime(default=fields.Datetime.now, required=True)
    entered_by = fields.Many2one(
        "res.users", required=True, default=lambda self: self.env.user
    )
