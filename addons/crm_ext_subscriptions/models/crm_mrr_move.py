from odoo import fields, models

KINDS = [
    ("new", "New"),
    ("expansion", "Expansion"),
    ("contraction", "Contraction"),
    ("churn", "Churn"),
    ("reactivation", "Reactivation"),
    ("pause", "Pause"),
    ("resume", "Resumption"),
    ("transfer", "Transfer"),
    ("exchange", "Exchange"),
]
CAUSES = [
    ("entry", "Subscription entered"),
    ("opening", "Subscription migrated"),
    ("trial", "End of the trial or of free periods"),
    ("quantity", "Quantity"),
    ("price", "Price"),
    ("discount", "Discount"),
    ("revision", "Price revision"),
    ("pricelist", "Pricelist"),
    ("line", "Line added or removed"),
    ("plan", "Plan replaced"),
    ("pause", "Pause"),
    ("resume", "Resumption"),
    ("close", "Closing"),
    ("reopen", "Reopening"),
    ("end", "Term reached"),
    ("transfer", "Transfer"),
    ("rate", "Exchange rate"),
]


class CrmMrrMove(models.Model):
    """The ledger of monthly recurring revenue: what changed, on which day, and why.

    MRR(day, as known at a moment) is the sum of the amounts with date <= day and
    known_at <= moment. The engine alone writes it (crm_mrr_move_update.py): a row that
    a later entry made wrong stays, and a counter row takes it back.
    """

    _name = "crm.mrr.move"
    _description = "MRR move"
    _order = "date desc, id desc"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The company that the subscription's customer belongs to.",
    )
    # a draft may lose its lines after it was confirmed by mistake: the row stays
    subscription_id = fields.Many2one(
        "crm.subscription", readonly=True, index=True, ondelete="set null"
    )
    line_id = fields.Many2one(
        "crm.subscription.line", readonly=True, index=True, ondelete="set null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index=True, ondelete="restrict"
    )
    plan_id = fields.Many2one(
        "crm.subscription.plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        related="subscription_id.user_id", store=True, index="btree_not_null"
    )
    date = fields.Date(required=True, readonly=True, help="Day of effect.")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    cause = fields.Selection(CAUSES, required=True, readonly=True)
    amount = fields.Monetary(
        string="MRR", readonly=True, help="Signed, in the company's currency."
    )
    line_currency_id = fields.Many2one(
        "res.currency", string="Subscription currency", readonly=True
    )
    amount_currency = fields.Monetary(
        string="In the subscription's currency",
        currency_field="line_currency_id",
        readonly=True,
        aggregator=None,
    )
    rate = fields.Float(
        string="Stated rate",
        digits=0,
        readonly=True,
        aggregator=None,
        help="Company currency for one unit of the subscription's currency: the rate "
        "on the first day of the month.",
    )
    known_at = fields.Datetime(
        required=True,
        readonly=True,
        help="From when on the figure is known: when the change was entered.",
    )
    counter = fields.Boolean(
        readonly=True,
        help="Takes back, with the opposite sign, a move that a later entry made "
        "wrong.",
    )
    withdrawn = fields.Boolean(
        readonly=True,
        help="Of a subscription that was set back to draft: its terms are gone, these "
        "rows tell what was known.",
    )
    version_id = fields.Many2one(
        "crm.subscription.line.version",
        string="Terms",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    change_id = fields.Many2one(
        "crm.subscription.change",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # the figures of a day are sums over this index alone
    _sum_idx = models.Index(
        "(company_id, date, known_at) INCLUDE (amount, kind, partner_id)"
    )
