from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmBillDue(models.TransientModel):
    """Bill what is due: what would be billed, what is kept apart, then one run a
    company."""

    _name = "crm.bill.due"
    _description = "Bill what is due"

    date = fields.Date(
        string="Due by", required=True, default=lambda self: self._default_today()
    )
    invoice_date = fields.Date(
        required=True,
        default=lambda self: self._default_today(),
        help="The day of issue. The period billed is printed on each line.",
    )
    company_ids = fields.Many2many(
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
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    totals_html = fields.Html(compute="_compute_due", sanitize=False)
    pending_ids = fields.Many2many(
        "crm.billing.period", compute="_compute_due", string="Adjustments and one-offs"
    )
    blocked_ids = fields.Many2many("crm.subscription", compute="_compute_due")
    blocked_count = fields.Integer(compute="_compute_due", string="Kept apart")
    freed_ids = fields.Many2many(
        "crm.billing.period", compute="_compute_freed_ids", string="Freed periods"
    )
    freed_count = fields.Integer(compute="_compute_freed_ids", string="Freed")

    @api.model
    def _default_today(self):
        return self.env.company._crm_today()

    @api.depends("company_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = self.env.company.currency_id

    @api.depends("date", "invoice_date", "company_ids")
    def _compute_due(self):
        for wizard in self:
            due = wizard._find_due()
            ready = due.filtered(lambda sub: not sub.billing_problem)
            totals = wizard._sum_by_currency(ready)
            wizard.subscription_ids = self.env["crm.subscription"].browse(ready.ids)
            wizard.subscription_count = len(ready)
            wizard.period_count = sum(ready.mapped("due_count"))
            wizard.amount_untaxed = wizard._sum_for_company(totals)
            wizard.totals_html = self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.bill_due_totals", {"totals": totals}
            )
            wizard.pending_ids = wizard.date and ready._get_pending_rows(wizard.date)
            wizard.blocked_ids = due - ready
            wizard.blocked_count = len(due - ready)

    @api.depends("company_ids")
    def _compute_freed_ids(self):
        for wizard in self:
            wizard.freed_ids = self.env["crm.billing.period"].search(
                [
                    ("settlement", "=", "open"),
                    ("company_id", "in", wizard.company_ids._origin.ids),
                ]
            )
            wizard.freed_count = len(wizard.freed_ids)

    def action_bill(self):
        """Start the runs; their screen shows progress and failures."""
        if not self.subscription_ids:
            raise UserError(self.env._("Nothing is due by this date."))
        runs = self.env["crm.batch.run"]
        for company, due in self.subscription_ids.grouped("company_id").items():
            engine = self.env["crm.subscription"].with_company(company)
            runs += engine._enqueue_billing(
                due, self.date, self.invoice_date, self.mode == "post"
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_billing_run_action"
        )
        if len(runs) == 1:
            return action | {"res_id": runs.id, "views": [(False, "form")]}
        return action | {"domain": [("id", "in", runs.ids)]}

    def _find_due(self):
        subscriptions = self.env["crm.subscription"]
        if not self.date:
            return subscriptions
        due = subscriptions.search(
            subscriptions._get_due_domain(self.date)
            & Domain("company_id", "in", self.company_ids._origin.ids)
        )
        return due.with_context(
            crm_bill_until=self.date, crm_invoice_date=self.invoice_date
        )

    def _sum_by_currency(self, due):
        """One dict a company and currency: invoices, lines, amounts in both."""
        return [
            {
                "company": company,
                "currency": currency,
                "invoices": len(records._bundle_for_invoicing()),
                "lines": sum(records.mapped("due_count")),
                "amount": sum(records.mapped("due_amount")),
                "company_amount": self._convert(
                    sum(records.mapped("due_amount")), currency, company
                ),
            }
            for (company, currency), records in due.grouped(
                lambda sub: (sub.company_id, sub.currency_id)
            ).items()
        ]

    def _convert(self, amount, currency, company):
        day = self.invoice_date or self.date
        return currency._convert(amount, company.currency_id, company, day)

    def _sum_for_company(self, totals):
        """The total in the currency of the company one works in."""
        day = self.invoice_date or self.date
        return sum(
            total["company"].currency_id._convert(
                total["company_amount"], self.currency_id, total["company"], day
            )
            for total in totals
        )
