from odoo import models
from odoo.tools import ormcache

# the host's modules whose part in these entries is known, and is done or kept here
KNOWN = {"account", "analytic", "sale", "crm_ext_subscriptions"}
# what invoices of a billing run are made of; anything else is somebody else's idea
HEAD_KEYS = {
    "move_type",
    "company_id",
    "journal_id",
    "partner_id",
    "currency_id",
    "invoice_date",
    "invoice_payment_term_id",
    "fiscal_position_id",
    "invoice_user_id",
    "invoice_origin",
    "ref",
    "narration",
    "preferred_payment_method_line_id",
    "invoice_line_ids",
}
LINE_KEYS = {
    "product_id",
    "product_uom_id",
    "name",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
    "analytic_distribution",
    "crm_billing_period_id",
    "sequence",
}
LINE_NEEDS = {"product_id", "name", "quantity", "price_unit", "tax_ids"}
TEXT_KEYS = {"display_type", "name", "sequence", "collapse_prices"}
# what is given for each, whose methods of computing are then not asked
GIVEN = {
    "account.move": """
        date partner_shipping_id commercial_partner_id invoice_partner_display_name
        invoice_currency_rate delivery_date taxable_supply_date name payment_reference
        payment_state sequence_prefix sequence_number made_sequence_gap
        always_tax_exigible auto_post_until checked incoterm_location
        invoice_incoterm_id amount_untaxed amount_tax amount_total amount_untaxed_signed
        amount_tax_signed amount_total_signed amount_untaxed_in_currency_signed
        amount_total_in_currency_signed amount_residual amount_residual_signed
        invoice_date_due company_id journal_id currency_id partner_id
        invoice_payment_term_id fiscal_position_id invoice_user_id narration
    """,
    "account.move.line": """
        account_id analytic_distribution name product_uom_id quantity price_unit
        price_subtotal price_total tax_ids amount_residual amount_residual_currency
        reconciled balance amount_currency debit credit partner_id currency_id date
        invoice_date ref move_name parent_state is_storno no_followup payment_id
        statement_line_id statement_id display_type sequence product_id journal_id
        company_id company_currency_id tax_line_id tax_group_id
    """,
}
# beside the computing methods of the values given: methods that have nothing to do
DONE = {
    "account.move": (
        "_get_sync_stack",
        "_sync_dynamic_lines",
        "_sync_dynamic_line",
        "_sync_tax_lines",
        "_sync_rounding_lines",
        "_sync_non_deductible_base_lines",
        "_sync_invoice",
        "_compute_needed_terms",
        "_recompute_cash_rounding_lines",
        "_get_accounting_date_source",
        "_get_invoice_currency_rate_date",
        "_get_product_base_line_currency_rate",
        "_prepare_product_base_line_for_taxes_computation",
        "_get_rounded_base_and_tax_lines",
        "_get_discount_allocation_account",
    ),
    "account.move.line": (
        "_sync_invoice",
        "_compute_epd_needed",
        "_compute_discount_allocation_needed",
    ),
}


class CrmInvoiceBuilder(models.AbstractModel):
    """Which invoices are built here; all others go the host's ordinary way."""

    _inherit = "crm.invoice.builder"

    def _covers_head(self, vals):
        """Whether an invoice of these values comes out here as the host makes it, as
        far as its own values tell."""
        return (
            self._is_host_as_known()
            and vals.keys() <= HEAD_KEYS
            and self._covers_company(vals)
            and self._covers_terms(vals)
        )

    def _covers_company(self, vals):
        company = self.env["res.company"].browse(vals["company_id"])
        currency = self.env["res.currency"].browse(vals["currency_id"])
        return (
            # storno turns signs round, allocated discounts make lines of their own
            not company.account_storno
            and not company.account_discount_expense_allocation_id
            and bool(self._get_rate(company, currency, vals["invoice_date"]))
        )

    def _covers_terms(self, vals):
        term = self.env["account.payment.term"].browse(
            vals["invoice_payment_term_id"] or ()
        )
        # a discount for early payment may make lines and taxes of its own
        return not term.early_discount and (not term or bool(term.line_ids))

    def _covers_lines(self, vals, head, accounts):
        """The same, as far as its lines and accounts tell."""
        lines = [command[2] for command in vals["invoice_line_ids"]]
        billed = [line for line in lines if not self._is_text(line)]
        texts = [line for line in lines if self._is_text(line)]
        if not all(LINE_NEEDS <= line.keys() <= LINE_KEYS for line in billed):
            return False
        incomes = [self._find_income(line, head, accounts) for line in billed]
        return (
            bool(billed)
            and all(line.keys() <= TEXT_KEYS for line in texts)
            and bool(self._get_receivable(head))
            # where some products have an account, the host may take it for others
            and (all(incomes) or not any(incomes))
            and bool(incomes[0] or head["_journal"].default_account_id)
        )

    @ormcache()
    def _is_host_as_known(self):
        """Whether nobody changed the host's methods whose work is done here."""
        return not self._get_changed_methods()

    def _get_changed_methods(self):
        """The methods done here that a module unknown here redefines."""
        changed = []
        for model, names in DONE.items():
            record = self.env[model]
            given = set(names) | self._get_methods_of_given(record)
            for definition in type(record).mro():
                module = getattr(definition, "_module", None)
                if module and module not in KNOWN:
                    found = given & set(vars(definition))
                    changed += [f"{module}: {model}.{name}" for name in sorted(found)]
        return changed

    def _get_methods_of_given(self, record):
        """Names of the methods that compute or derive from the values given."""
        methods = set()
        for name in GIVEN[record._name].split():
            field = record._fields[name]
            methods |= {field.compute, field.inverse}
        return {method for method in methods if isinstance(method, str)}
