from odoo import fields, models

from ..tools.move_lines import lay_out, signed


class CrmBillingPeriod(models.Model):
    """From ledger rows to ordinary invoices and credit notes, through the host.

    An invoice bears the rows of one subscription, or of several that are billed
    together. Rows that sum to less than nothing make a credit note.
    """

    _inherit = "crm.billing.period"

    def _invoice(self, invoice_date, post):
        """Make the invoices of these rows, and post them if asked.

        Rows without a quantity are explained gaps: they are never invoiced.
        """
        moves = self.env["account.move"]
        billed = self.filtered(lambda row: row._is_billable())
        for company, rows in billed.grouped("company_id").items():
            engine = rows.with_company(company)
            vals_list = engine._prepare_invoices(invoice_date)
            moves += engine.env["account.move"]._crm_create_invoices(vals_list, post)
        self._take_over_amounts(moves)
        moves._crm_log_billing()
        billed._after_invoicing(moves, post)
        return moves

    def _after_invoicing(self, moves, post):
        """What follows once the rows are invoiced, in the billing transaction.

        For others to extend: nothing here prints, sends, or asks for a payment.
        """

    def _is_billable(self):
        self.ensure_one()
        return bool(self.quantity or (self.kind == "adjustment" and self.amount))

    def _prepare_invoices(self, invoice_date):
        """Values of one invoice for each bundle of subscriptions."""
        rows_by_subscription = self.grouped("subscription_id")
        vals_list = []
        for bundle in self.subscription_id._bundle_for_invoicing():
            rows = self.browse().concat(*(rows_by_subscription[sub] for sub in bundle))
            rows = rows.with_prefetch(self._prefetch_ids)
            vals_list.append(rows._prepare_invoice(bundle, invoice_date))
        return vals_list

    def _prepare_invoice(self, subscriptions, invoice_date):
        is_refund = self._owes_the_customer()
        lines = self._prepare_invoice_lines(subscriptions, is_refund)
        return subscriptions._prepare_invoice(invoice_date) | {
            "move_type": "out_refund" if is_refund else "out_invoice",
            "invoice_line_ids": [fields.Command.create(line) for line in lines],
        }

    def _owes_the_customer(self):
        """Whether these rows make a credit note: the host posts no invoice whose total
        with taxes lies below zero."""
        if all(row.amount >= 0 for row in self):
            return False
        return sum(row._get_total_with_taxes() for row in self) < 0

    def _get_total_with_taxes(self):
        line = self._prepare_invoice_line()
        price = line["price_unit"] * (1 - line["discount"] / 100)
        return self.line_id.tax_ids.compute_all(
            price,
            currency=self.currency_id,
            quantity=line["quantity"],
            product=self.product_id,
            partner=self.partner_id,
        )["total_included"]

    def _prepare_invoice_lines(self, subscriptions, is_refund):
        """In the order of the subscriptions' lines, with sections and notes."""
        rows_by_line = self.sorted(lambda row: (row.date_from, row.id)).grouped(
            "line_id"
        )
        vals_list = []
        for subscription in subscriptions:
            if len(subscriptions) > 1:
                vals_list.append(subscription._prepare_heading())
            for line in lay_out(
                subscription.line_ids.sorted(lambda line: (line.sequence, line.id)),
                lambda line: line.display_type,
                lambda line: line in rows_by_line,
            ):
                if line.display_type:
                    vals_list.append(line._prepare_printed_line())
                else:
                    vals_list += [
                        row._prepare_invoice_line(is_refund)
                        for row in rows_by_line[line]
                    ]
        for rank, vals in enumerate(vals_list):
            vals["sequence"] = rank
        return vals_list

    def _prepare_invoice_line(self, is_refund=False):
        self.ensure_one()
        line = self.line_id
        # an adjustment may be an amount alone
        quantity = self.quantity or 1.0
        price = self._get_invoice_price() if self.quantity else self.amount
        price, quantity = signed(price, quantity, is_refund)
        return {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_id.uom_id.id,
            "name": self._get_label(self.subscription_id._get_invoice_lang()),
            "quantity": quantity,
            "price_unit": price,
            "discount": self.discount,
            "tax_ids": [fields.Command.set(line.tax_ids.ids)],
            "analytic_distribution": line.analytic_distribution or False,
            "crm_billing_period_id": self.id,
        }

    def _take_over_amounts(self, moves):
        """The ledger holds what the invoice says, to the cent."""
        for line in moves.invoice_line_ids:
            # sudo: users never write the ledger, see the access rights
            row = line.crm_billing_period_id.sudo()
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            billed = sign * line.price_subtotal
            if row and row.amount != billed:
                row.amount = billed
