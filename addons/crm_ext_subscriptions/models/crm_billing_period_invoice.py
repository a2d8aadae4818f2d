from odoo import fields, models


class CrmBillingPeriod(models.Model):
    """From ledger rows to ordinary invoices, through the host."""

    _inherit = "crm.billing.period"

    def _invoice(self, invoice_date, post):
        """Create one invoice per subscription, and post it if asked."""
        billed = self.filtered(lambda row: row.quantity)
        moves = self.env["account.move"]
        for company, rows in billed.grouped("company_id").items():
            vals_list = [
                subscription._prepare_invoice(invoice_date)
                | {
                    "invoice_line_ids": [
                        fields.Command.create(row._prepare_invoice_line())
                        for row in own.sorted(lambda row: (row.date_from, row.id))
                    ]
                }
                for subscription, own in rows.grouped("subscription_id").items()
            ]
            quiet = (
                {} if company.restrictive_audit_trail else {"tracking_disable": True}
            )
            moves += (
                self.env["account.move"]
                .with_company(company)
                .with_context(**quiet)
                .create(vals_list)
            )
        self._take_over_amounts(moves)
        moves._crm_log_billing()
        if post:
            moves._post(soft=False)
        return moves.with_context(tracking_disable=False)

    def _take_over_amounts(self, moves):
        """The ledger holds what the invoice says, to the cent."""
        for line in moves.invoice_line_ids:
            # sudo: users never write the ledger, see the access rights
            row = line.crm_billing_period_id.sudo()
            if row.amount != line.price_subtotal:
                row.amount = line.price_subtotal

    def _prepare_invoice_line(self):
        self.ensure_one()
        line = self.line_id
        days = (self.date_to - self.date_from).days + 1
        price = self.price_unit
        lang = self.subscription_id._get_invoice_lang()
        label = self._get_days_label(lang)
        if days != self.whole_days:
            price = price * days / self.whole_days
            label = self.with_context(lang=lang).env._(
                "%(period)s (%(days)s/%(total)s days)",
                period=label,
                days=days,
                total=self.whole_days,
            )
        return {
            "product_id": line.product_id.id,
            "name": f"{line.name}\n{label}",
            "quantity": self.quantity,
            "price_unit": price,
            "discount": self.discount,
            "tax_ids": [fields.Command.set(line.tax_ids.ids)],
            "crm_billing_period_id": self.id,
        }
