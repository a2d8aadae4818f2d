from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.day_count import NONE
from ..tools.periods import (
    BillingTerms,
    BillingTermsError,
    next_period,
    parse_anchor_days,
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
        "anchor_days",
        "invoicing",
        "instalments",
        "line_ids.date_from",
        "line_ids.line_type",
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
            lines = subscription._get_billed_lines()
            if not lines:
                period = next_period(subscription._to_terms())
                subscription.next_due_date = period.due_date
                continue
            upcoming = (
                line._find_next_due_date(covered.get(line._origin)) for line in lines
            )
            subscription.next_due_date = min(filter(None, upcoming), default=False)

    @api.depends(
        "date_start",
        "date_end",
        "interval",
        "unit",
        "anchor_days",
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
            vals["amount"]
            for line in self._get_billed_lines()
            if line.line_type == "recurring"
            for vals in line._prepare_rows([period])
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
                anchor_days=parse_anchor_days(self.anchor_days or ""),
                in_advance=self.invoicing == "advance",
                instalments=self.instalments or None,
                end=self.date_end or None,
                # an instalment of a total is no price by the day
                basis=NONE if self.price_basis == "total" else self.prorata_basis,
            )
        except BillingTermsError as error:
            raise ValidationError(self._explain_terms_error(error)) from error

    def _explain_terms_error(self, error):
        if error.field == "anchor_days":
            return self.env["crm.subscription.plan"]._explain_anchor_days()
        names = {"end": "date_end", "basis": "prorata_basis"}
        field = names.get(error.field, error.field)
        label = self.fields_get([field], ["string"])[field]["string"]
        return self.env._("%(field)s: this value makes no schedule.", field=label)

    def _get_trial_end(self, day):
        """First day that costs something, of a line that begins on a day."""
        self.ensure_one()
        return max(day, self.date_start + timedelta(days=self.trial_days))

    def _get_billed_lines(self):
        """The lines with something to bill: neither sections nor notes."""
        return self.line_ids.filtered(lambda line: not line.display_type)

    def _prepare_due_rows(self, until):
        """Ledger rows of what is due by a date and not in the ledger yet."""
        lines = self._get_billed_lines()
        covered = self.env["crm.billing.period"]._covered_until(lines)
        return [
            vals
            for line in lines
            for vals in line._prepare_due_rows(until, covered.get(line))
        ]

    def _reread_prices(self, until):
        """Before due rows are prepared: catalogue prices that changed become versions.

        :param until: last due date that is about to be billed
        """
        lines = self._get_billed_lines().filtered(
            lambda line: line.price_mode == "pricelist"
        )
        covered = self.env["crm.billing.period"]._covered_until(lines)
        read = {}
        vals_list = [
            vals
            for line in lines
            for vals in line._prepare_rereads(
                line._get_due_days(until, covered.get(line)), read
            )
        ]
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(vals_list)
