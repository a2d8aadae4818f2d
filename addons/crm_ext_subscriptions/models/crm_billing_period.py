from odoo import api, fields, models
from odoo.tools.misc import format_date


class CrmBillingPeriod(models.Model):
    """The ledger of what was billed: one row per line and period.

    A row is written before its invoice line, in the same transaction, and PostgreSQL's
    exclusion constraint refuses any day of a line that a live row covers already. Rows
    are never deleted: one whose invoice line vanished is freed (cancelled, with the
    reason) and waits among the exceptions (crm_billing_period_bearer.py).
    """

    _name = "crm.billing.period"
    _inherit = "crm.complete.mixin"
    _description = "Billed period"
    _order = "due_date desc, id desc"

    subscription_id = fields.Many2one(
        "crm.subscription",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    line_id = fields.Many2one(
        "crm.subscription.line",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    version_id = fields.Many2one(
        "crm.subscription.line.version", ondelete="restrict", readonly=True
    )
    partner_id = fields.Many2one(
        related="subscription_id.partner_id", store=True, index=True
    )
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True)
    product_id = fields.Many2one(related="line_id.product_id", store=True)
    kind = fields.Selection(
        [
            ("recurring", "Recurring"),
            ("one_off", "Once"),
            ("adjustment", "Adjustment"),
        ],
        default="recurring",
        required=True,
        readonly=True,
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    due_date = fields.Date(readonly=True, index=True)
    days = fields.Integer(
        string="Days billed",
        readonly=True,
        help="Counted as the subscription's prorata says.",
    )
    whole_days = fields.Integer(string="Days of a full period", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price_unit = fields.Float(
        digits=0, min_display_digits="Product Price", readonly=True
    )
    discount = fields.Float(string="Disc.%", digits="Discount", readonly=True)
    amount = fields.Monetary(string="Untaxed amount", readonly=True)

    adjusts_id = fields.Many2one(
        "crm.billing.period", ondelete="restrict", index="btree_not_null", readonly=True
    )
    cause = fields.Char(readonly=True, help="Why an adjustment was made.")
    seq = fields.Integer(string="Rank", readonly=True)

    invoice_line_ids = fields.One2many(
        "account.move.line", "crm_billing_period_id", readonly=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_move_id",
        compute_sudo=True,
        help="Its number shows to whoever follows the subscription; it opens under the "
        "reader's own rights.",
    )
    payment_state = fields.Selection(
        related="invoice_line_ids.move_id.payment_state", string="Payment"
    )
    cancelled = fields.Boolean(string="Freed", readonly=True, index=True)
    cancel_reason = fields.Selection(
        [
            ("deleted", "Draft invoice or line deleted"),
            ("cancelled", "Invoice cancelled"),
            ("credited", "Credit note"),
        ],
        readonly=True,
    )
    cancelled_at = fields.Datetime(string="Freed on", readonly=True)
    settlement = fields.Selection(
        [
            ("open", "To decide"),
            ("billed_again", "Billed again"),
            ("accepted", "Gap accepted"),
            ("superseded", "Borne by another row"),
        ],
        readonly=True,
        help="What was decided about a freed period.",
    )
    settled_by = fields.Many2one("res.users", readonly=True)
    run_id = fields.Many2one(
        "crm.batch.run",
        string="Billing run",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )

    _recurring_days = models.Constraint(
        "CHECK (kind <> 'recurring' OR (date_from IS NOT NULL AND date_to IS NOT NULL "
        "AND date_from <= date_to))",
        "A recurring row has a first and a last day.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (line_id WITH =, "
        "daterange(date_from, date_to, '[]') WITH &&) "
        "WHERE (kind = 'recurring' AND cancelled IS NOT TRUE)",
        "These days of this subscription line are billed already.",
    )
    _one_off_once = models.UniqueIndex(
        "(line_id) WHERE kind = 'one_off' AND cancelled IS NOT TRUE",
        "This line is billed only once.",
    )
    _adjustment_named = models.Constraint(
        "CHECK (kind <> 'adjustment' OR (adjusts_id IS NOT NULL AND cause IS NOT NULL "
        "AND seq IS NOT NULL))",
        "An adjustment names the row it adjusts, its cause and its rank.",
    )
    _adjustment_once = models.Constraint(
        "UNIQUE (adjusts_id, cause, seq)", "This adjustment exists already."
    )
    _open_exceptions_idx = models.Index("(subscription_id) WHERE settlement = 'open'")
    _pending_idx = models.Index(
        "(due_date) WHERE kind <> 'recurring' AND cancelled IS NOT TRUE"
    )

    @api.depends("invoice_line_ids")
    def _compute_move_id(self):
        for row in self:
            row.move_id = row.invoice_line_ids.move_id

    @api.depends("date_from", "date_to", "subscription_id.name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.subscription_id.name} {row._get_days_label()}"

    # ------------------------------------------------------------------ ledger
    @api.model
    def _covered_until(self, lines):
        """Last day of each line that the ledger knows, freed rows included: those are
        exceptions for a person to settle, never due again by themselves. A line billed
        once is known from its only row on."""
        # sudo: a row that one may not read is billed all the same
        return dict(
            self.sudo()._read_group(
                [
                    ("line_id", "in", lines.ids),
                    ("kind", "in", ("recurring", "one_off")),
                ],
                ["line_id"],
                ["date_to:max"],
            )
        )

    def _get_chart_status(self):
        """Of the rows of one due date: paid, billed, draft or pending."""
        moves = self.move_id
        if not moves:
            return "pending" if any(self.mapped("amount")) else "billed"
        if "draft" in moves.mapped("state"):
            return "draft"
        settled = {"paid", "in_payment", "reversed"}
        return "paid" if set(moves.mapped("payment_state")) <= settled else "billed"

    @api.model
    def _find_pending(self, until, domain=()):
        """Live adjustments and one-offs due by a date that no invoice bears yet."""
        # sudo: a row or an invoice that one may not read counts all the same
        rows = self.sudo().search(
            [
                ("kind", "!=", "recurring"),
                ("cancelled", "=", False),
                ("due_date", "<=", until),
                ("invoice_line_ids", "=", False),
                # on a freed row a person decides first
                "|",
                ("adjusts_id", "=", False),
                ("adjusts_id.cancelled", "=", False),
                *domain,
            ],
            order="due_date, id",
        )
        return rows.filtered(lambda row: row.quantity or row.amount).sudo(False)

    def _get_days_label(self, lang=None):
        first = format_date(self.env, self.date_from, lang_code=lang)
        last = format_date(self.env, self.date_to, lang_code=lang)
        return f"{first} - {last}"
