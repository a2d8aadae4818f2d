from odoo import models
from odoo.exceptions import UserError


class AccountTax(models.Model):
    """Down payments and discounts of an order bear on what it sells once."""

    _inherit = "account.tax"

    def _prepare_down_payment_lines(
        self,
        base_lines,
        company,
        amount_type,
        amount,
        computation_key="down_payment",
        grouping_function=None,
    ):
        return super()._prepare_down_payment_lines(
            self._crm_without_recurring(base_lines),
            company,
            amount_type,
            amount,
            computation_key,
            grouping_function,
        )

    def _prepare_global_discount_lines(
        self,
        base_lines,
        company,
        amount_type,
        amount,
        computation_key="global_discount",
        grouping_function=None,
    ):
        return super()._prepare_global_discount_lines(
            self._crm_without_recurring(base_lines),
            company,
            amount_type,
            amount,
            computation_key,
            grouping_function,
        )

    def _crm_without_recurring(self, base_lines):
        """The base lines without those of recurring order lines.

        A line of the order made from a recurring one would be invoiced by the host,
        while the subscription bills the whole of it.
        """
        kept = [line for line in base_lines if not self._crm_is_recurring(line)]
        if base_lines and not kept:
            raise UserError(
                self.env._(
                    "This order sells recurring lines only, which their subscription "
                    "bills: enter a discount on the lines; a down payment has no base."
                )
            )
        return kept

    def _crm_is_recurring(self, base_line):
        record = base_line["record"]
        return (
            isinstance(record, models.BaseModel)
            and record._name == "sale.order.line"
            and bool(record.crm_plan_id)
        )
