from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..tools.periods import period_start


class CrmSubscription(models.Model):
    """How long both sides are bound: minimum term, notice, renewal."""

    _inherit = "crm.subscription"

    minimum_months = fields.Integer(
        string="Minimum term, in months", help="0: none.", tracking=True
    )
    minimum_until = fields.Date(
        string="Committed until",
        compute="_compute_minimum_until",
        store=True,
        help="Last day of the minimum term.",
    )
    early_fee_mode = fields.Selection(
        [
            ("none", "Nothing"),
            ("fixed", "A fixed amount"),
            ("remaining", "What is left until the end of the minimum term"),
        ],
        string="Early termination costs",
        default="none",
        required=True,
    )
    early_fee_amount = fields.Monetary(
        string="Early-termination amount", help="Untaxed."
    )
    date_term = fields.Date(
        string="Term",
        compute="_compute_date_term",
        store=True,
        help="Last day of the contract: its end date, or that of the last instalment. "
        "Empty: it has none.",
    )
    renewal_mode = fields.Selection(
        [
            ("none", "Ends at its term"),
            ("silent", "Silently"),
            ("quotation", "By a quotation"),
        ],
        string="Renewal",
        default="none",
        required=True,
        tracking=True,
    )
    renewal_interval = fields.Integer(string="Renewed for", default=1)
    renewal_unit = fields.Selection(
        [("month", "Months"), ("year", "Years")], default="year", required=True
    )
    notice_days = fields.Integer(
        string="Notice, in days",
        help="Days before the term until which to give notice.",
    )
    notice_date = fields.Date(
        string="Notice until",
        compute="_compute_notice_date",
        store=True,
        help="Last day on which notice can be given.",
    )

    _minimum_months_positive = models.Constraint(
        "CHECK (minimum_months >= 0)", "Minimum term: the number cannot be negative."
    )
    _early_fee_positive = models.Constraint(
        "CHECK (early_fee_amount >= 0)",
        "Early-termination amount: it cannot be negative.",
    )
    _renewal_interval_positive = models.Constraint(
        "CHECK (renewal_mode = 'none' OR renewal_interval > 0)",
        "Renewed for: enter a number of 1 or more.",
    )
    _notice_days_positive = models.Constraint(
        "CHECK (notice_days >= 0)", "Notice: the number of days cannot be negative."
    )

    @api.depends("date_start", "minimum_months")
    def _compute_minimum_until(self):
        for subscription in self:
            months = subscription.minimum_months
            bound = months > 0 and subscription.date_start
            subscription.minimum_until = bound and (
                bound + relativedelta(months=months, days=-1)
            )

    @api.depends(
        "date_start", "date_end", "interval", "unit", "anchor_days", "instalments"
    )
    def _compute_date_term(self):
        for subscription in self:
            subscription.date_term = subscription.date_end
            if not subscription.instalments or not subscription.date_start:
                continue
            terms = subscription._to_terms()
            after = period_start(terms, subscription.instalments + 1)
            last = after - timedelta(days=1)
            subscription.date_term = min(last, subscription.date_end or last)

    @api.depends("date_term", "notice_days")
    def _compute_notice_date(self):
        for subscription in self:
            term = subscription.date_term
            subscription.notice_date = term and (
                term - timedelta(days=subscription.notice_days)
            )

    def _get_early_fee(self, last_day):
        """Untaxed amount due when the subscription ends on a day before its time."""
        self.ensure_one()
        if not self.minimum_until or last_day >= self.minimum_until:
            return 0.0
        if self.early_fee_mode == "fixed":
            return self.early_fee_amount
        if self.early_fee_mode == "none":
            return 0.0
        day = last_day + timedelta(days=1)
        return sum(
            line._price_days(day, self.minimum_until)
            for line in self.line_ids.filtered(lambda one: one.line_type == "recurring")
        )
