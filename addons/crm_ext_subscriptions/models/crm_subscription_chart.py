from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_amount, format_date

from ..tools.chart import bars

PAST, FUTURE = 8, 6  # bars
WIDTH, HEIGHT = 700, 160
COLOURS = {
    "paid": "#1f7a3d",
    "billed": "#2f6fb0",
    "draft": "#b7791f",
    "pending": "#b7791f",
    "planned": "#9aa0a6",
}


class CrmSubscription(models.Model):
    """Past and future invoices side by side, as a picture that reads aloud."""

    _inherit = "crm.subscription"

    billing_chart = fields.Html(compute="_compute_billing_chart", sanitize=False)

    @api.depends("period_ids.amount", "period_ids.cancelled", "next_due_date")
    @api.depends_context("lang")
    def _compute_billing_chart(self):
        for subscription in self:
            points = subscription._get_chart_points()
            subscription.billing_chart = points and self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.billing_chart",
                subscription._prepare_chart(points),
            )

    def _get_chart_points(self):
        """(due date, untaxed amount, status) in order of date."""
        if not self.id:
            return []
        return [*self._get_past_points(), *self._get_planned_points()]

    def _get_past_points(self):
        # sudo: who reads the subscription may know what of it is billed
        rows = self.sudo().period_ids.filtered(lambda row: not row.cancelled)
        days = sorted(rows.grouped("due_date").items())[-PAST:]
        return [
            (day, sum(known.mapped("amount")), known._get_chart_status())
            for day, known in days
        ]

    def _get_planned_points(self):
        if self.state not in ("draft", "running") or not self.next_due_date:
            return []
        months = {"month": 1, "quarter": 3, "year": 12}.get(self.unit)
        days = {"day": 1, "week": 7}.get(self.unit, 0)
        span = self.interval * FUTURE
        until = self.next_due_date + relativedelta(
            months=(months or 0) * span, days=days * span
        )
        try:
            rows = self._prepare_due_rows(until)
        except ValidationError:
            return []  # terms being entered that make no schedule yet
        totals = {}
        for row in rows:
            due = row["due_date"]
            totals[due] = totals.get(due, 0.0) + row["amount"]
        return [(day, totals[day], "planned") for day in sorted(totals)[:FUTURE]]

    def _prepare_chart(self, points):
        labels = self._get_chart_labels()
        # as much of the date as fits under a bar
        shown_date = "d MMM" if self.unit in ("day", "week") else "MMM yy"
        laid = bars([amount for _day, amount, _status in points], WIDTH, HEIGHT)
        drawn = [
            {
                "bar": bar,
                "middle": bar.x + bar.width / 2,
                "colour": COLOURS[status],
                "day": format_date(self.env, day, date_format=shown_date),
                "amount": format_amount(self.env, amount, self.currency_id),
                "label": labels[status],
            }
            for bar, (day, amount, status) in zip(laid, points, strict=True)
        ]
        shown = dict.fromkeys(status for _day, _amount, status in points)
        return {
            "subscription": self,
            "points": drawn,
            "width": WIDTH,
            "height": HEIGHT,
            "legend": [(labels[status], COLOURS[status]) for status in shown],
        }

    def _get_chart_labels(self):
        return {
            "paid": self.env._("Paid"),
            "billed": self.env._("Billed"),
            "draft": self.env._("Draft invoice"),
            "pending": self.env._("Waiting for its invoice"),
            "planned": self.env._("To come"),
        }
