from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.periods import (
    BillingTerms,
    BillingTermsError,
    due_periods,
    next_period,
    schedule,
)

PREVIEW_LIMIT = 60


class CrmSubscription(models.Model):
    """The schedule: due dates before confirming, the next one from the ledger after."""

    _inherit = "crm.subscription"

    next_due_date = fields.Date(
        compute="_compute_next_due_date",
        store=True,
        help="First due date that the ledger of billed periods does not know.",
    )
    schedule_count = fields.Integer(
        string="Due dates", compute="_compute_schedule", help="0: no end."
    )
    amount_total_untaxed = fields.Monetary(
        string="Total of the schedule", compute="_compute_schedule"
    )
    schedule_html = fields.Html(
        string="Schedule", compute="_compute_schedule", sanitize=False
    )

    _due_idx = models.Index("(company_id, next_due_date) WHERE state = 'running'")

    @api.depends(
        "state",
        "date_start",
        "date_end",
        "interval",
        "unit",
        "anchor_day",
        "invoicing",
        "instalments",
        "line_ids",
        "period_ids.date_to",
    )
    def _compute_next_due_date(self):
        """Derived from the ledger by one grouped query: a column for lists and runs,
        recomputed whenever a row is written, never counted up by itself."""
        covered = self.env["crm.billing.period"]._covered_until(self.line_ids)
        for subscription in self:
            if subscription.state == "closed" or not subscription.date_start:
                subscription.next_due_date = False
                continue
            terms = subscription._to_terms()
            afters = {covered.get(line._origin) for line in subscription.line_ids} or {
                None
            }
            upcoming = [next_period(terms, after) for after in afters]
            subscription.next_due_date = min(
                (period.due_date for period in upcoming if period), default=False
            )

    @api.depends(
        "date_start",
        "date_end",
        "interval",
        "unit",
        "anchor_day",
        "invoicing",
        "instalments",
        "line_ids.quantity",
        "line_ids.price_unit",
        "line_ids.discount",
        "version_ids",
        "period_ids.cancelled",
    )
    @api.depends_context("lang")
    def _compute_schedule(self):
        for subscription in self:
            try:
                rows, more = subscription._get_schedule_rows(PREVIEW_LIMIT)
            except ValidationError:
                rows, more = [], False
            finite = bool(rows) and not more
            subscription.schedule_count = len(rows) if finite else 0
            subscription.amount_total_untaxed = (
                sum(row["amount"] for row in rows) if finite else 0
            )
            subscription.schedule_html = self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.schedule_preview",
                {"subscription": subscription, "rows": rows, "more": more},
            )

    @api.readonly
    def get_schedule(self, limit=PREVIEW_LIMIT):
        """Give the first due dates of one subscription, before or after confirming.

        :param int limit: how many at most
        :return: dicts with number, date_from, date_to, due_date, days, whole_days,
            amount (untaxed) and state (to_bill, billed, freed)
        """
        self.ensure_one()
        self.check_access("read")
        return self._get_schedule_rows(limit)[0]

    def _get_schedule_rows(self, limit):
        self.ensure_one()
        if not self.date_start:
            return [], False
        periods, more = schedule(self._to_terms(), limit)
        states = self._get_billed_states()
        rows = [
            {
                "number": period.number,
                "date_from": period.date_from,
                "date_to": period.date_to,
                "due_date": period.due_date,
                "days": period.days,
                "whole_days": period.whole_days,
                "amount": self._get_period_amount(period),
                "state": states.get(period.date_from, "to_bill"),
            }
            for period in periods
        ]
        return rows, more

    def _get_period_amount(self, period):
        return sum(
            line._get_amount(line._get_version_at(period.date_from) or line, period)
            for line in self.line_ids
        )

    def _get_billed_states(self):
        states = {}
        # who reads the subscription may know what of it is billed
        for row in self.sudo().period_ids.sorted("id"):
            states[row.date_from] = "freed" if row.settlement else "billed"
        return states

    # ------------------------------------------------------------------ bridge
    def _to_terms(self):
        self.ensure_one()
        try:
            return BillingTerms(
                start=self.date_start,
                interval=self.interval,
                unit=self.unit,
                anchor_day=self.anchor_day or None,
                in_advance=self.invoicing == "advance",
                instalments=self.instalments or None,
                end=self.date_end or None,
            )
        except BillingTermsError as error:
            raise ValidationError(self._explain_terms_error(error)) from error

    def _explain_terms_error(self, error):
        field = {"end": "date_end"}.get(error.field, error.field)
        label = self.fields_get([field], ["string"])[field]["string"]
        return self.env._("%(field)s: this value makes no schedule.", field=label)

    def _prepare_due_rows(self, until):
        """Ledger rows of what is due by a date and not in the ledger yet."""
        covered = self.env["crm.billing.period"]._covered_until(self.line_ids)
        return [
            vals
            for subscription in self
            for line in subscription.line_ids
            for vals in line._prepare_rows(
                due_periods(subscription._to_terms(), until, covered.get(line))
            )
        ]
