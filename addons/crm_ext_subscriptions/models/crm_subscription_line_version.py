from odoo import api, fields, models

from ..tools.amendments import in_force

# terms entered otherwise than by a change of the subscription
ENTERED = [
    ("entry", "Entry"),
    ("trial", "Trial"),
    ("free", "Free periods"),
    ("pricelist", "Pricelist"),
    ("revision", "Price revision"),
]
KINDS = [
    ("quantity", "Quantity"),
    ("add_line", "Line added"),
    ("remove_line", "Line removed"),
    ("price", "Price"),
    ("discount", "Discount"),
    ("swap", "Product replaced"),
    ("swap_plan", "Plan replaced"),
    ("tariff", "Usage tariff"),
    ("upsell", "Upsell"),
    ("downsell", "Downsell"),
    ("pause", "Pause"),
    ("resume", "Resumption"),
    ("close", "Closing"),
    ("reopen", "Reopening"),
    ("renew", "Renewal"),
    ("transfer", "Transfer"),
]
FREE_REASONS = ("trial", "free")


class CrmSubscriptionLineVersion(models.Model):
    """The terms of a line from a date on, with the moment they were entered.

    Nothing is overwritten: a change is one more version, and each kind of change adds
    its own reason. A stop (pause, removal, closing) has quantity 0 and keeps the
    quantity that stands behind it.
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
    stop = fields.Selection(
        [
            ("free", "Free"),
            ("pause", "Paused"),
            ("remove", "Removed"),
            ("close", "Closed"),
        ],
        readonly=True,
    )
    standing_quantity = fields.Float(
        digits="Product Unit", help="What is billed again once the line resumes."
    )
    price_unit = fields.Float(
        digits=0, min_display_digits="Product Price", required=True
    )
    discount = fields.Float(string="Disc.%", digits="Discount")
    reason = fields.Selection(ENTERED + KINDS, required=True)
    price_revision_id = fields.Many2one(
        "crm.price.revision", ondelete="restrict", index="btree_not_null"
    )
    change_id = fields.Many2one(
        "crm.subscription.change", ondelete="restrict", index="btree_not_null"
    )
    entered_at = fields.Datetime(default=fields.Datetime.now, required=True)
    entered_by = fields.Many2one(
        "res.users", required=True, default=lambda self: self.env.user
    )

    _stop_bills_nothing = models.Constraint(
        "CHECK (stop IS NULL OR quantity = 0)", "A stopped line bills nothing."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Whatever enters terms (a revision, a pricelist) leaves a pause a pause."""
        for vals in vals_list:
            if "stop" not in vals:
                self._keep_stop(vals)
        versions = super().create(vals_list)
        versions.subscription_id._mark_amended()
        return versions

    @api.model
    def _keep_stop(self, vals):
        """Why nothing is billed, and the quantity that stands behind it."""
        line = self.env["crm.subscription.line"].browse(vals["line_id"])
        terms = in_force(line._to_chain(), fields.Date.to_date(vals["date_from"]))
        stop = terms.stop if terms else ""
        if vals["reason"] in FREE_REASONS:
            stop = "free"
        standing = float(terms.quantity) if terms else line.quantity
        if stop:
            vals |= {"stop": stop, "quantity": 0.0, "standing_quantity": standing}
        else:
            vals["standing_quantity"] = vals["quantity"]
