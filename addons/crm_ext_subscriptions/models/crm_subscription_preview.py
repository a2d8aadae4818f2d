from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.periods import schedule

PREVIEW_LIMIT = 60
# of what a line is billed on a due date
SHOWN = (
    "kind",
    "date_from",
    "date_to",
    "days",
    "whole_days",
    "quantity",
    "price_unit",
    "discount",
    "amount",
    "free",
)


class CrmSubscription(models.Model):
    """The schedule to look at: every due date with its lines, before confirming too."""

    _inherit = "crm.subscription"

    schedule_count = fields.Integer(
        string="Due dates", compute="_compute_schedule", help="0: no end."
    )
    amount_total_untaxed = fields.Monetary(
        string="Total of the schedule", compute="_compute_schedule"
    )
    schedule_html = fields.Html(
        string="Schedule", compute="_compute_schedule", sanitize=False
    )

    @api.depends(
        "date_start",
        "date_end",
        "interval",
        "unit",
        "anchor_days",
        "invoicing",
        "instalments",
        "prorata_basis",
        "price_basis",
        "remainder_rule",
        "trial_days",
        "currency_id",
        "line_ids.quantity",
        "line_ids.price_unit",
        "line_ids.discount",
        "line_ids.line_type",
        "line_ids.display_type",
        "line_ids.date_from",
        "line_ids.price_mode",
        "line_ids.free_periods",
        "line_ids.discount_periods",
        "line_ids.tax_ids",
        "version_ids",
        "period_ids.cancelled",
    )
    @api.depends_context("lang")
    def _compute_schedule(self):
        for subscription in self:
            try:
                rows, more = subscription._get_schedule_rows(PREVIEW_LIMIT)
            except UserError:
                # terms half entered: the fields say so when they are saved
                rows, more = [], False
            finite = bool(rows) and not more
            numbers = {row["number"] for row in rows if row["number"]}
            subscription.schedule_count = len(numbers) if finite else 0
            subscription.amount_total_untaxed = (
                sum(row["amount"] for row in rows) if finite else 0
            )
            subscription.schedule_html = self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.schedule_preview",
                subscription._prepare_schedule_values(rows, more),
            )

    def _prepare_schedule_values(self, rows, more):
        return {
            "subscription": self,
            "rows": rows,
            "more": more,
            "total": sum(row["amount"] for row in rows),
            "remainder": self._get_remainder_label(),
            "by_usage": self.line_ids.filtered(lambda line: line.line_type == "usage"),
        }

    def _get_remainder_label(self):
        if self.price_basis != "total":
            return ""
        selection = self._fields["remainder_rule"]._description_selection(self.env)
        return dict(selection)[self.remainder_rule]

    @api.readonly
    def get_schedule(self, limit=PREVIEW_LIMIT):
        """Give the first due dates of one subscription, before or after confirming.

        :param int limit: how many at most
        :return: dicts with number, date_from, date_to, due_date, days, whole_days,
            fraction (15/28, empty for a full period), amount (untaxed), state (to_bill,
            billed, freed), free, discounted, and lines: dicts with line_id, product,
            kind (recurring, one_off), date_from, date_to, days, whole_days, quantity,
            price_unit, discount, amount and free. A one-off line that is due on a day
            of its own makes a row of number 0.
        """
        self.ensure_one()
        self.check_access("read")
        return self._get_schedule_rows(limit)[0]

    @api.readonly
    def get_schedules(self, limit=PREVIEW_LIMIT):
        """Give the schedules of many subscriptions in one call.

        :param int limit: how many due dates at most, of each
        :return: dicts with id and rows, the latter as get_schedule gives them
        """
        self.check_access("read")
        # sudo: who reads the subscriptions reads their lines, which are many
        known = self.sudo()
        known._prefetch_lines()
        known.period_ids.mapped("settlement")
        return [
            {"id": subscription.id, "rows": subscription._get_schedule_rows(limit)[0]}
            for subscription in known
        ]

    def _get_schedule_rows(self, limit):
        """Rows of the schedule, by due date, and whether more would follow."""
        self.ensure_one()
        if not self.date_start:
            return [], False
        periods, more = schedule(self._to_terms(), limit)
        if not periods:
            return [], False
        states = self._get_billed_states()
        rows = {
            (period.number, period.due_date): self._prepare_schedule_row(period, states)
            for period in periods
        }
        for line in self._get_billed_lines():
            for number, due_date, billed in line._preview_rows(periods, more):
                key = (number, due_date)
                if number == 0 and (merged := self._find_row(rows, due_date)):
                    key = merged
                if key not in rows:
                    rows[key] = self._prepare_extra_row(number, billed, states)
                self._add_to_row(rows[key], line, billed)
        ordered = [rows[key] for key in sorted(rows, key=lambda key: key[::-1])]
        for row in ordered:
            row["amount"] = self.currency_id.round(row["amount"])
        return ordered, more

    @api.model
    def _find_row(self, rows, due_date):
        """The row of the same day, on which a line billed once is billed too."""
        return next((key for key in rows if key[1] == due_date), None)

    @api.model
    def _prepare_schedule_row(self, period, states):
        days, whole = period.days, period.whole_days
        return {
            "number": period.number,
            "date_from": period.date_from,
            "date_to": period.date_to,
            "due_date": period.due_date,
            "days": days,
            "whole_days": whole,
            "fraction": f"{days}/{whole}" if days != whole else "",
            "amount": 0.0,
            "state": states.get(("recurring", period.date_from), "to_bill"),
            "free": False,
            "discounted": False,
            "lines": [],
        }

    @api.model
    def _prepare_extra_row(self, number, billed, states):
        """A due date of one line: it joined within a period, or is billed once."""
        days, whole = billed["days"], billed["whole_days"]
        key = (billed["kind"], billed["date_from"])
        return {
            "number": number,
            "date_from": billed["date_from"],
            "date_to": billed["date_to"],
            "due_date": billed["due_date"],
            "days": days,
            "whole_days": whole,
            "fraction": f"{days}/{whole}" if days != whole else "",
            "amount": 0.0,
            "state": states.get(key, "to_bill"),
            "free": False,
            "discounted": False,
            "lines": [],
        }

    def _add_to_row(self, row, line, billed):
        row["amount"] += billed["amount"]
        row["free"] |= billed["free"]
        row["discounted"] |= bool(billed["quantity"] and billed["discount"])
        row["lines"].append(
            {
                "line_id": line._origin.id or False,
                "product": line.product_id.display_name,
                **{name: billed[name] for name in SHOWN},
            }
        )

    def _get_billed_states(self):
        states = {}
        # who reads the subscription may know what of it is billed
        for row in self.sudo().period_ids.sorted("id"):
            states[row.kind, row.date_from] = "freed" if row.settlement else "billed"
        return states
