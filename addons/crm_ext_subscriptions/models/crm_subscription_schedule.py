from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.closings import closed_spans
from ..tools.day_count import NONE
from ..tools.periods import (
    BillingTerms,
    BillingTermsError,
    iter_periods,
    next_period,
    parse_anchor_days,
    period_basis,
)

# changes after which the contract runs, or not
TURNS = {"close": False, "transfer": False, "swap_plan": False, "reopen": True}


class CrmSubscription(models.Model):
    """When it is billed: periods from the terms, the next due date from the ledger."""

    _inherit = "crm.subscription"

    next_due_date = fields.Date(
        compute="_compute_next_due_date",
        store=True,
        help="First due date that the ledger of billed periods does not know.",
    )

    _due_idx = models.Index(
        "(company_id, next_due_date) WHERE state IN ('running', 'paused')"
    )

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

    def _get_coming_due_date(self, count):
        """Due date of so many periods from the next due date on, or of the last one."""
        self.ensure_one()
        due = (
            period.due_date
            for period in iter_periods(self._to_terms())
            if period.due_date >= self.next_due_date
        )
        return max(islice(due, count), default=self.next_due_date)

    def _get_day_count(self):
        """How the days of its periods are counted: calendar, 30_360 or none."""
        return period_basis(self._to_terms())

    def _get_closed_spans(self):
        """Days without contract between a closing and a reopening; they matter only
        where days do not each have a price."""
        self.ensure_one()
        changes = self.change_ids.filtered(lambda change: change.kind in TURNS)
        if not changes or self._get_day_count() != NONE:
            return ()
        turns = []
        for change in changes.sorted("id"):
            runs = TURNS[change.kind]
            if runs and change.date_end_before:
                turns.append((change.date_end_before + timedelta(days=1), False))
            turns.append((change.effective_date, runs))
        return closed_spans(turns)

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

    def _prefetch_lines(self):
        """Read at once what the lines of many subscriptions are priced by."""
        self.line_ids._prefetch_terms()

    def _get_billed_lines(self):
        """The lines with something to bill: neither sections nor notes."""
        return self.line_ids.filtered(lambda line: not line.display_type)

    def _prepare_due_rows(self, until):
        """Ledger rows of what is due by a date and not in the ledger yet."""
        self._prefetch_lines()
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
