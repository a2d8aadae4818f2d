from odoo import fields, models


class CrmBillingForecast(models.Model):
    """What is to bill of each running subscription until a horizon, row by row.

    A copy of what the engine would write in the ledger, for the reports: made anew for
    what changed when somebody opens them, and each night. Nothing is billed from it.
    """

    _name = "crm.billing.forecast"
    _description = "Days to bill"
    _order = "due_date, id"
    _log_access = False

    subscription_id = fields.Many2one(
        "crm.subscription", required=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one(
        "crm.subscription.line", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    due_date = fields.Date(required=True)
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    amount = fields.Monetary(string="Untaxed amount")
