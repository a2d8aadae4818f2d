from odoo import models


class CrmInvoiceBuilder(models.AbstractModel):
    """The journal items of a complete invoice: what is sold, its taxes, its texts."""

    _inherit = "crm.invoice.builder"

    def _get_line_defaults(self):
        """What every journal item of an invoice has unless its kind says otherwise."""
        return {
            "name": False,
            "product_uom_id": False,
            "quantity": False,
            "price_unit": 0.0,
            "price_subtotal": 0.0,
            "price_total": 0.0,
            "account_id": False,
            "tax_ids": [],
            "analytic_distribution": None,
            "amount_residual": 0.0,
            "amount_residual_currency": 0.0,
            "reconciled": False,
            "balance": 0.0,
            "amount_currency": 0.0,
        }

    def _get_common(self, head):
        """What the items take over from their invoice, which is a draft so far."""
        return {
            "partner_id": head["commercial_partner_id"],
            "currency_id": head["currency_id"],
            "date": head["date"],
            "invoice_date": head["_day"],
            "ref": head["ref"],
            "move_name": False,
            "parent_state": "draft",
            "is_storno": False,
            "no_followup": False,
            "payment_id": False,
            "statement_line_id": False,
            "statement_id": False,
        }

    def _get_amounts(self, balance, amount_currency, head):
        return {
            "balance": head["_company"].currency_id.round(balance),
            "amount_currency": head["_currency"].round(amount_currency),
        }

    def _get_residual(self, account, amounts, head):
        """What of an item is still to be reconciled: all of it, where that is done."""
        if not account.reconcile and account.account_type not in (
            "asset_cash",
            "liability_credit_card",
        ):
            return {}
        own = head["_company"].currency_id
        return {
            "amount_residual": amounts["balance"],
            "amount_residual_currency": amounts["amount_currency"],
            "reconciled": own.is_zero(amounts["balance"])
            and head["_currency"].is_zero(amounts["amount_currency"]),
        }

    # ------------------------------------------------------------------ texts
    def _complete_printed(self, line):
        return self._get_line_defaults() | {"sequence": 100} | line

    # ------------------------------------------------------------------ products
    def _complete_product(self, line, head, accounts):
        product = self.env["product.product"].browse(line["product_id"])
        account = self._find_income(line, head, accounts)
        account = account or head["_journal"].default_account_id
        return (
            self._get_line_defaults()
            | {"sequence": 100, "product_uom_id": product.uom_id.id, "discount": 0.0}
            | line
            | {
                "display_type": "product",
                "account_id": account.id,
                "analytic_distribution": line.get("analytic_distribution") or None,
            }
        )

    def _find_income(self, line, head, accounts):
        """The product's own account, or its category's or company's; read once."""
        key = (line["product_id"], head["_position"])
        if key not in accounts:
            product = self.env["product.product"].browse(line["product_id"])
            found = product.product_tmpl_id.get_product_accounts(
                fiscal_pos=head["_position"]
            )
            accounts[key] = found["income"]
        return accounts[key]

    # ------------------------------------------------------------------ taxes
    def _add_taxes(self, billed, head):
        """Amounts and tags of the lines sold, by the host's engine; its tax lines."""
        taxes = self.env["account.tax"]
        company = head["_company"]
        base_lines = [self._to_base_line(line, head) for line in billed]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        taxes._add_accounting_data_in_base_lines_tax_details(base_lines, company)
        results = taxes._prepare_tax_lines(base_lines, company)
        for line, (base_line, values) in zip(
            billed, results["base_lines_to_update"], strict=True
        ):
            self._apply_base(line, base_line, values, head)
        return [self._prepare_tax(vals, head) for vals in results["tax_lines_to_add"]]

    def _to_base_line(self, line, head):
        env = self.env
        return env["account.tax"]._prepare_base_line_for_taxes_computation(
            None,
            product_id=env["product.product"].browse(line["product_id"]),
            product_uom_id=env["uom.uom"].browse(line["product_uom_id"]),
            tax_ids=env["account.tax"].browse(self._get_ids(line["tax_ids"])),
            price_unit=line["price_unit"],
            # as the column will hold it
            quantity=self._round_as("quantity", line["quantity"]),
            discount=self._round_as("discount", line["discount"]),
            currency_id=head["_currency"],
            rate=head["invoice_currency_rate"],
            sign=head["_sign"],
            is_refund=head["move_type"] == "out_refund",
            partner_id=head["_partner"],
            account_id=env["account.account"].browse(line["account_id"]),
            analytic_distribution=line["analytic_distribution"] or False,
            name=line["name"],
        )

    def _round_as(self, name, value):
        field = self.env["account.move.line"]._fields[name]
        return field.convert_to_cache(value, self.env["account.move.line"])

    @staticmethod
    def _get_ids(commands):
        return [record_id for command in commands for record_id in command[2]]

    def _apply_base(self, line, base_line, values, head):
        details = base_line["tax_details"]
        amounts = self._get_amounts(values["balance"], values["amount_currency"], head)
        line |= amounts | self._get_residual(base_line["account_id"], amounts, head)
        line |= {
            "tax_tag_ids": values["tax_tag_ids"],
            "price_subtotal": details["total_excluded_currency"],
            "price_total": details["total_included_currency"],
        }

    def _prepare_tax(self, vals, head):
        amounts = self._get_amounts(vals["balance"], vals["amount_currency"], head)
        account = self.env["account.account"].browse(vals["account_id"])
        return (
            self._get_line_defaults()
            | vals
            | amounts
            | self._get_residual(account, amounts, head)
            | {
                "display_type": "tax",
                "sequence": 10000,
                "analytic_distribution": vals["analytic_distribution"] or None,
            }
        )
