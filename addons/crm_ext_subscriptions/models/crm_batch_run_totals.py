from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_amount


class CrmBatchRun(models.Model):
    """The report of a billing run: what it billed is what its invoices say, and what
    failed is told beside it."""

    _inherit = "crm.batch.run"

    crm_totals_html = fields.Html(
        string="Totals",
        compute="_compute_crm_totals_html",
        sanitize=False,
        groups="account.group_account_readonly,account.group_account_invoice",
    )

    @api.depends("unit_ids.state")
    @api.depends_context("lang")
    def _compute_crm_totals_html(self):
        for run in self:
            totals = run.get_billing_totals() if run.kind == "billing" else []
            run.crm_totals_html = totals and self.env["ir.qweb"]._render(
                "crm_ext_subscriptions.billing_run_totals",
                {"totals": [run._format_totals(row) for row in totals]},
            )

    def get_billing_totals(self):
        """What a billing run made, by currency.

        :return: dicts: currency, subscriptions, invoices, ledger (untaxed amount of its
            rows), untaxed and total (of its invoices), difference (nought, unless an
            invoice was changed since), failed and not_billed (what failed and still
            waits)
        """
        self.ensure_one()
        self.check_access("read")
        found = self._read_invoiced()
        for currency, failed in self._get_failed_subscriptions().items():
            found.setdefault(currency.id, {}).update(failed)
        return [
            self._to_totals(self.env["res.currency"].browse(id_), figures)
            for id_, figures in sorted(found.items())
        ]

    def _to_totals(self, currency, figures):
        empty = {"subscriptions": 0, "invoices": 0, "failed": 0}
        amounts = ("ledger", "untaxed", "total", "not_billed")
        values = {
            name: currency.round(float(figures.get(name) or 0)) for name in amounts
        }
        difference = currency.round(values["untaxed"] - values["ledger"])
        counts = empty | {name: figures.get(name, 0) for name in empty}
        return {"currency": currency.name, **counts, **values, "difference": difference}

    def _format_totals(self, row):
        currency = self.env["res.currency"].search([("name", "=", row["currency"])])
        names = ("ledger", "untaxed", "total", "not_billed", "difference")
        shown = {name: format_amount(self.env, row[name], currency) for name in names}
        return row | {f"{name}_text": text for name, text in shown.items()}

    def _read_invoiced(self):
        """{currency id: counts and amounts} of the live rows and their invoices."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """WITH live AS (
                       SELECT id, currency_id, subscription_id, amount
                         FROM crm_billing_period
                        WHERE run_id = %s AND cancelled IS NOT TRUE),
                   billed AS (
                       SELECT live.currency_id, move.id,
                              CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                              AS sign, sum(line.price_subtotal) AS untaxed,
                              sum(line.price_total) AS total
                         FROM live
                         JOIN account_move_line AS line
                              ON line.crm_billing_period_id = live.id
                         JOIN account_move AS move ON move.id = line.move_id
                        WHERE move.state <> 'cancel'
                        GROUP BY live.currency_id, move.id)
                   SELECT ledger.*, invoices, untaxed, total
                     FROM (SELECT currency_id, sum(amount) AS ledger,
                                  count(DISTINCT subscription_id) AS subscriptions
                             FROM live GROUP BY currency_id) AS ledger
                     LEFT JOIN (SELECT currency_id, count(*) AS invoices,
                                       sum(sign * untaxed) AS untaxed,
                                       sum(sign * total) AS total
                                  FROM billed GROUP BY currency_id) AS billed
                          USING (currency_id)""",
                self.id,
            )
        )
        return {row.pop("currency_id"): row for row in rows}

    def _get_failed_subscriptions(self):
        """{currency: how many subscriptions still wait, and for how much}."""
        failures = self.failure_ids.filtered(lambda failure: failure.state == "open")
        # sudo: the queue's units are the mechanism's; subscriptions are read as oneself
        units = failures.sudo().unit_id
        waiting = self.env["crm.subscription"]._from_units(units)
        waiting = waiting._filtered_access("read").with_context(
            crm_bill_until=fields.Date.to_date(self.payload["until"]),
            crm_invoice_date=fields.Date.to_date(self.payload["invoice_date"]),
        )
        return {
            currency: {"failed": len(own), "not_billed": sum(own.mapped("due_amount"))}
            for currency, own in waiting.grouped("currency_id").items()
        }
