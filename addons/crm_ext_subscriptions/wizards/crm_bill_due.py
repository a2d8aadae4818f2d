from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmBillDue(models.TransientModel):
    """Bill what is due: what would be billed, what is kept apart, then one run."""

    _name = "crm.bill.due"
    _description = "Bill what is due"

    date = fields.Date(
        string="Due by", required=True, default=fields.Date.context_today
    )
    invoice_date = fields.Date(required=True, default=fields.Date.context_today)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    mode = fields.Selection(
        [("post", "Posted invoices"), ("draft", "Drafts to check")],
        string="Make",
        default="draft",
        required=True,
    )
    subscription_ids = fields.Many2many(
        "crm.subscription", compute="_compute_due", string="Due"
    )
    subscription_count = fields.Integer(compute="_compute_due", string="Subscriptions")
    period_count = fields.Integer(compute="_compute_due", string="Invoice lines")
    amount_untaxed = fields.Monetary(compute="_compute_due", string="Untaxed total")
    currency_id = fields.Many2one(related="company_id.currency_id")
    blocked_ids = fields.Many2many("crm.subscription", compute="_compute_due")
    blocked_reasons = fields.Text(compute="_compute_due", string="Kept apart")
    freed_ids = fields.Many2many(
        "crm.billing.period", compute="_compute_freed_ids", string="Freed periods"
    )

    @api.depends("date", "company_id")
    def _compute_due(self):
        for wizard in self:
            due = wizard._find_due()
            problems = {
                sub: problem for sub in due if (problem := sub._get_billing_problem())
            }
            blocked = due.filtered(problems.get)
            ready = due - blocked
            rows = ready._prepare_due_rows(wizard.date) if wizard.date else []
            wizard.subscription_ids = ready
            wizard.subscription_count = len(ready)
            wizard.period_count = len(rows)
            wizard.amount_untaxed = wizard._sum_amounts(rows)
            wizard.blocked_ids = blocked
            wizard.blocked_reasons = "\n".join(
                f"{sub.name} - {sub.partner_id.name}: {problems[sub]}"
                for sub in blocked
            )

    @api.depends("company_id")
    def _compute_freed_ids(self):
        for wizard in self:
            wizard.freed_ids = self.env["crm.billing.period"].search(
                [
                    ("settlement", "=", "open"),
                    ("company_id", "=", wizard.company_id.id),
                ]
            )

    def action_bill(self):
        """Start the run; its screen shows progress and failures."""
        if not self.subscription_ids:
            raise UserError(self.env._("Nothing is due by this date."))
        engine = self.env["crm.subscription"].with_company(self.company_id)
        run = engine._enqueue_billing(
            self.subscription_ids, self.date, self.invoice_date, self.mode == "post"
        )
        return {
            "type": "ir.actions.act_window",
            "name": run.name,
            "res_model": "crm.batch.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    def _find_due(self):
        subscriptions = self.env["crm.subscription"]
        if not self.date:
            return subscriptions
        return subscriptions.search(
            [
                *subscriptions._get_due_domain(self.date),
                ("company_id", "=", self.company_id.id),
            ]
        )

    def _sum_amounts(self, rows):
        """Total in company currency, at the rates of the invoice date."""
        totals = {}
        for row in rows:
            currency = self._get_row_currency(row)
            totals[currency] = totals.get(currency, 0.0) + row["amount"]
        day = self.invoice_date or self.date
        return sum(
            currency._convert(amount, self.currency_id, self.company_id, day)
            for currency, amount in totals.items()
        )

    def _get_row_currency(self, row):
        return self.env["crm.subscription"].browse(row["subscription_id"]).currency_id
