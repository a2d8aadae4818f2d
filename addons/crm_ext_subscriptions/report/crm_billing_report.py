from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_subscription_to_bill import AT_ONCE


class CrmBillingReport(models.Model):
    """Billed, to bill and overdue, by customer and subscription (SU-11).

    One row an invoice line of a subscription, a ledger row not on a posted invoice, or
    days that a running line will be billed for (crm.billing.forecast; before the first
    one is made, the next full period). Amounts in the company's currency.
    """

    _name = "crm.billing.report"
    _description = "Billed, to bill, overdue"
    _auto = False
    _order = "date desc, id"
    _rec_name = "subscription_id"
    _depends = {
        "account.move": ["amount_residual_signed", "amount_total", "invoice_date_due"],
        "account.move.line": [
            "balance",
            "crm_billing_period_id",
            "crm_related_period_id",
            "parent_state",
            "price_total",
        ],
        "crm.billing.period": ["amount", "cancelled", "due_date", "subscription_id"],
        "crm.subscription": ["next_due_date", "partner_id", "state", "user_id"],
        "crm.subscription.line": ["product_id", "subscription_id"],
        "crm.subscription.line.version": ["date_from", "discount", "price_unit"],
        "res.currency.rate": ["rate"],
    }

    subscription_id = fields.Many2one("crm.subscription", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    date = fields.Date(
        readonly=True, help="Date of the invoice; due date of what is not invoiced."
    )
    status = fields.Selection(
        [
            ("billed", "Billed"),
            ("draft", "Draft invoice"),
            ("pending", "Waiting for its invoice"),
            ("due", "Due"),
            ("upcoming", "Upcoming"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(
        readonly=True, help="Untaxed, billed or not: see the status."
    )
    billed = fields.Monetary(readonly=True, help="Untaxed, net of credit notes.")
    to_bill = fields.Monetary(
        readonly=True, help="Untaxed: drafts, pending adjustments, and what is due."
    )
    upcoming = fields.Monetary(
        readonly=True, help="Untaxed: what falls due within twelve months."
    )
    unpaid = fields.Monetary(readonly=True, help="Tax included.")
    overdue = fields.Monetary(readonly=True, help="Unpaid beyond its due date.")

    @api.model
    def action_open(self):
        """Bring the forecast up to date, then open the report."""
        waiting = self.env["crm.subscription"]._refresh_forecast(AT_ONCE)
        if waiting:
            # sudo: whoever reads the report may not run scheduled actions
            self.env.ref(
                "crm_ext_subscriptions.ir_cron_subscription_states"
            ).sudo()._trigger()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_billing_report_action"
        )

    @property
    def _table_query(self):
        today = fields.Date.to_string(self.env.company._crm_today())
        return SQL(
            """SELECT *, billed + to_bill + upcoming AS amount
                 FROM (%s UNION ALL %s UNION ALL %s UNION ALL %s) known""",
            self._select_billed(today),
            self._select_ledger(today),
            self._select_forecast(today),
            self._select_next(today),
        )

    def _select_billed(self, today):
        return SQL(
            """SELECT line.id::bigint * 4 AS id, sub.id AS subscription_id,
                      sub.commercial_partner_id AS partner_id, sub.user_id,
                      sub.company_id, line.product_id, move.id AS move_id,
                      move.invoice_date AS date, 'billed' AS status,
                      -line.balance AS billed, 0 AS to_bill, 0 AS upcoming,
                      owed.amount AS unpaid,
                      CASE WHEN move.invoice_date_due < %s THEN owed.amount ELSE 0
                       END AS overdue
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN crm_billing_period period ON period.id = COALESCE(
                      line.crm_billing_period_id, line.crm_related_period_id)
                 JOIN crm_subscription sub ON sub.id = period.subscription_id
                CROSS JOIN LATERAL (
                      SELECT move.amount_residual_signed
                             * COALESCE(line.price_total / NULLIF(move.amount_total, 0),
                                        0) AS amount) owed
                WHERE line.parent_state = 'posted'
                  AND (line.crm_billing_period_id IS NOT NULL
                       OR line.crm_related_period_id IS NOT NULL)""",
            today,
        )

    def _select_ledger(self, today):
        """Live rows that no posted invoice bears."""
        return SQL(
            """SELECT period.id::bigint * 4 + 1, sub.id, sub.commercial_partner_id,
                      sub.user_id, sub.company_id, period.product_id, line.move_id,
                      period.due_date,
                      CASE WHEN line.id IS NULL THEN 'pending' ELSE 'draft' END,
                      0, period.amount / (%s), 0, 0, 0
                 FROM crm_billing_period period
                 JOIN crm_subscription sub ON sub.id = period.subscription_id
            LEFT JOIN account_move_line line
                   ON line.crm_billing_period_id = period.id
                WHERE period.cancelled IS NOT TRUE AND period.amount <> 0
                  AND (line.id IS NULL OR line.parent_state = 'draft')""",
            self._select_rate(today),
        )

    def _select_forecast(self, today):
        """What the engine will bill until the horizon; days that it has billed since
        the forecast was made are in the ledger."""
        rate = self._select_rate(today)
        return SQL(
            """SELECT forecast.id::bigint * 4 + 3, sub.id, sub.commercial_partner_id,
                      sub.user_id, sub.company_id, line.product_id, NULL::integer,
                      forecast.due_date,
                      CASE WHEN forecast.due_date <= %(today)s THEN 'due'
                           ELSE 'upcoming' END,
                      0,
                      CASE WHEN forecast.due_date <= %(today)s
                           THEN forecast.amount / (%(rate)s) ELSE 0 END,
                      CASE WHEN forecast.due_date > %(today)s
                           THEN forecast.amount / (%(rate)s) ELSE 0 END,
                      0, 0
                 FROM crm_billing_forecast forecast
                 JOIN crm_subscription sub ON sub.id = forecast.subscription_id
                 JOIN crm_subscription_line line ON line.id = forecast.line_id
                WHERE sub.state IN ('running', 'paused') AND forecast.amount <> 0
                  AND NOT EXISTS (
                      SELECT 1 FROM crm_billing_period period
                       WHERE period.line_id = forecast.line_id
                         AND period.kind <> 'adjustment'
                         AND period.date_to >= forecast.date_to
                         AND period.write_date >= sub.forecast_at)""",
            today=today,
            rate=rate,
        )

    def _select_next(self, today):
        """The next due date of running lines, at the terms then in force."""
        rate = self._select_rate(today)
        price = SQL(
            """terms.quantity * terms.price_unit
               * (1 - COALESCE(terms.discount, 0) / 100) / (%s)""",
            rate,
        )
        return SQL(
            """SELECT line.id::bigint * 4 + 2, sub.id, sub.commercial_partner_id,
                      sub.user_id, sub.company_id, line.product_id, NULL::integer,
                      sub.next_due_date,
                      CASE WHEN sub.next_due_date <= %(today)s THEN 'due'
                           ELSE 'upcoming' END,
                      0,
                      CASE WHEN sub.next_due_date <= %(today)s THEN %(price)s
                           ELSE 0 END,
                      CASE WHEN sub.next_due_date > %(today)s THEN %(price)s
                           ELSE 0 END,
                      0, 0
                 FROM crm_subscription sub
                 JOIN crm_subscription_line line ON line.subscription_id = sub.id
                  AND line.line_type = 'recurring'
                 JOIN LATERAL (
                      SELECT quantity, price_unit, discount
                        FROM crm_subscription_line_version version
                       WHERE version.line_id = line.id
                         AND version.date_from <= sub.next_due_date
                    ORDER BY version.date_from DESC, version.id DESC LIMIT 1
                      ) terms ON terms.quantity <> 0
                WHERE sub.state IN ('running', 'paused')
                  AND sub.next_due_date IS NOT NULL
                  AND sub.forecast_at IS NULL""",
            today=today,
            price=price,
        )

    def _select_rate(self, today):
        """Units of the subscription's currency for one of its company's."""
        return SQL(
            """SELECT CASE WHEN company.currency_id = sub.currency_id THEN 1
                      ELSE COALESCE(
                          (SELECT rate FROM res_currency_rate rate
                            WHERE rate.currency_id = sub.currency_id
                              AND (rate.company_id IS NULL OR rate.company_id =
                                   split_part(company.parent_path, '/', 1)::integer)
                              AND rate.name <= %s
                         ORDER BY rate.company_id NULLS LAST, rate.name DESC LIMIT 1),
                          1) END
                 FROM res_company company WHERE company.id = sub.company_id""",
            today,
        )
