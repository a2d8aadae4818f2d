from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command

# what the host computes of any draft of a customer invoice
DRAFT = {
    "delivery_date": False,
    "taxable_supply_date": False,
    "name": False,
    "payment_reference": False,
    "payment_state": "not_paid",
    "sequence_prefix": "",
    "sequence_number": 0,
    "made_sequence_gap": False,
    "always_tax_exigible": False,
    "auto_post_until": False,
    "checked": False,
    "incoterm_location": False,
}
PRINTED = ("line_section", "line_subsection", "line_note")


class CrmInvoiceBuilder(models.AbstractModel):
    """Completes the values of customer invoices with all that the host would compute.

    The host derives taxes, due dates and totals of an invoice while it is created, by
    writing its lines over and over. Here the same figures come first, from the host's
    own tax engine and payment terms, so that the invoice is created once, complete.
    tests/test_fast_invoicing.py compares every column with the host's own entries.
    """

    _name = "crm.invoice.builder"
    _description = "Complete values of invoices"

    @api.model
    def _complete(self, vals_list):
        """The invoices covered, as complete values for `create`, and the others' values
        as they are, for the host.

        :param vals_list: values with `invoice_line_ids` commands, of one company
        """
        complete, ordinary = [], []
        # whatever is read of a customer is read of all of them
        partner_ids = {vals["partner_id"] for vals in vals_list}
        customers = self.env["res.partner"].browse(partner_ids)
        accounts = {}
        for vals in vals_list:
            head = self._covers_head(vals) and self._complete_head(vals, customers)
            if head and self._covers_lines(vals, head, accounts):
                complete.append(self._complete_invoice(vals, head, accounts))
            else:
                ordinary.append(vals)
        return complete, ordinary

    def _complete_invoice(self, vals, head, accounts):
        lines = [command[2] for command in vals["invoice_line_ids"]]
        printed = [
            self._complete_printed(line) for line in lines if self._is_text(line)
        ]
        billed = [
            self._complete_product(line, head, accounts)
            for line in lines
            if not self._is_text(line)
        ]
        taxes = self._add_taxes(billed, head)
        head |= self._get_totals(billed, taxes, head)
        terms = self._prepare_terms(head)
        head |= self._get_residuals(terms, head)
        common = self._get_common(head)
        every = [common | line for line in printed + billed + taxes + terms]
        every.sort(key=lambda line: line["sequence"])
        values = {name: value for name, value in head.items() if name[0] != "_"}
        return values | {"line_ids": [Command.create(line) for line in every]}

    @staticmethod
    def _is_text(line):
        return line.get("display_type") in PRINTED

    # ------------------------------------------------------------------ the invoice
    def _complete_head(self, vals, customers):
        """The invoice's own values; names with an underscore stay with the builder."""
        partner = self.env["res.partner"].browse(vals["partner_id"])
        partner = partner.with_prefetch(customers._prefetch_ids)
        known = self._get_records(vals)
        day, company = known["_day"], known["_company"]
        head = {name: vals[name] for name in vals if name != "invoice_line_ids"}
        head |= DRAFT | known
        return head | {
            "date": day,
            "partner_shipping_id": partner.address_get(["delivery"])["delivery"],
            "commercial_partner_id": partner.commercial_partner_id.id,
            "invoice_partner_display_name": partner.display_name,
            "invoice_currency_rate": self._get_rate(company, known["_currency"], day),
            "invoice_incoterm_id": company.incoterm_id.id,
            "_partner": partner.commercial_partner_id,
            # as account.move.direction_sign: what is sold is credited
            "_sign": 1 if vals["move_type"] == "out_refund" else -1,
        }

    def _get_records(self, vals):
        env = self.env
        position, term = vals["fiscal_position_id"], vals["invoice_payment_term_id"]
        return {
            "_company": env["res.company"].browse(vals["company_id"]),
            "_currency": env["res.currency"].browse(vals["currency_id"]),
            "_position": env["account.fiscal.position"].browse(position or ()),
            "_journal": env["account.journal"].browse(vals["journal_id"]),
            "_term": env["account.payment.term"].browse(term or ()),
            "_day": fields.Date.to_date(vals["invoice_date"]),
        }

    def _get_rate(self, company, currency, day):
        return self.env["res.currency"]._get_conversion_rate(
            from_currency=company.currency_id,
            to_currency=currency,
            company=company,
            date=day,
        )

    def _get_totals(self, billed, taxes, head):
        """Untaxed, tax and total, in both currencies, signed as the host signs them."""
        sums = defaultdict(float)
        for kind, lines in (("untaxed", billed), ("tax", taxes)):
            for line in lines:
                for name in ("balance", "amount_currency"):
                    sums[kind, name] += line[name]
                    sums["total", name] += line[name]
        sign, currency = head["_sign"], head["_currency"]
        totals = {}
        for kind in ("untaxed", "tax", "total"):
            foreign = currency.round(sign * sums[kind, "amount_currency"])
            own = head["_company"].currency_id.round(-sums[kind, "balance"])
            totals |= {f"amount_{kind}": foreign, f"amount_{kind}_signed": own}
        totals["amount_untaxed_in_currency_signed"] = -sign * totals["amount_untaxed"]
        totals["amount_total_in_currency_signed"] = -sign * totals["amount_total"]
        return totals

    def _get_residuals(self, terms, head):
        residual = sum(line["amount_residual"] for line in terms)
        foreign = sum(line["amount_residual_currency"] for line in terms)
        return {
            "amount_residual": head["_currency"].round(-head["_sign"] * foreign),
            "amount_residual_signed": head["_company"].currency_id.round(residual),
            "invoice_date_due": max(line["date_maturity"] for line in terms),
        }

    # ------------------------------------------------------------------ payment terms
    def _prepare_terms(self, head):
        """The receivable lines: one a due date."""
        account = self._get_receivable(head)
        found = {}
        for due, values in self._compute_terms(head):
            if due in found:
                for name, amount in values.items():
                    found[due][name] += amount
            else:
                found[due] = dict(values)
        return [
            self._prepare_term(due, values, account, head)
            for due, values in found.items()
        ]

    def _compute_terms(self, head):
        """Pairs of a due date and the amounts due by then."""
        term, sign = head["_term"], -head["_sign"]
        if not term:
            # the host's own choice where there are no terms
            yield (
                fields.Date.context_today(self),
                {
                    "balance": head["amount_total_signed"],
                    "amount_currency": head["amount_total_in_currency_signed"],
                },
            )
            return
        computed = term._compute_terms(
            date_ref=head["_day"],
            currency=head["_currency"],
            tax_amount_currency=head["amount_tax"] * sign,
            tax_amount=head["amount_tax_signed"],
            untaxed_amount_currency=head["amount_untaxed"] * sign,
            untaxed_amount=head["amount_untaxed_signed"],
            company=head["_company"],
            sign=sign,
        )
        for line in computed["line_ids"]:
            yield (
                fields.Date.to_date(line["date"]),
                {
                    "balance": line["company_amount"],
                    "amount_currency": line["foreign_amount"],
                },
            )

    def _get_receivable(self, head):
        company = head["_company"]
        account = (
            head["_partner"].property_account_receivable_id
            or company.partner_id.property_account_receivable_id
        )
        return head["_position"].map_account(account)

    def _prepare_term(self, due, values, account, head):
        amounts = self._get_amounts(values["balance"], values["amount_currency"], head)
        return (
            self._get_line_defaults()
            | amounts
            | self._get_residual(account, amounts, head)
            | {
                "display_type": "payment_term",
                "sequence": 12000,
                "account_id": account.id,
                "date_maturity": due,
                "discount_date": False,
                "discount_balance": 0.0,
                "discount_amount_currency": 0.0,
            }
        )
