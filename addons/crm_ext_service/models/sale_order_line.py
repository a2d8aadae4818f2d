from dateutil.relativedelta import relativedelta

from odoo import fields, models


class SaleOrderLine(models.Model):
    """A line that sells prepaid hours opens one hour book for its whole quantity."""

    _inherit = "sale.order.line"

    def _crm_open_hour_books(self):
        sold = self.filtered(
            lambda line: (
                line.product_id.crm_hour_book_hours and line.product_uom_qty > 0
            )
        )
        lines = sold - self._crm_hour_books().sale_line_id
        # sudo: whoever may confirm the sale opens the books it sells
        return (
            self.env["crm.hour.book"]
            .sudo()
            .create([line._prepare_crm_hour_book_values() for line in lines])
        )

    def _crm_hour_books(self):
        # sudo: as in _crm_open_hour_books
        return (
            self.env["crm.hour.book"]
            .sudo()
            .search([("sale_line_id", "in", self.ids), ("state", "!=", "cancelled")])
        )

    def _prepare_crm_hour_book_values(self):
        self.ensure_one()
        product = self.product_id
        units = self.product_uom_id._compute_quantity(
            self.product_uom_qty, product.uom_id, round=False
        )
        today = fields.Date.context_today(self)
        months = product.crm_hour_book_months
        return {
            "partner_id": self.order_id.partner_id.id,
            "product_id": product.id,
            "company_id": self.company_id.id,
            "sale_line_id": self.id,
            "hours_bought": units * product.crm_hour_book_hours,
            "bought_on": today,
            "expires_on": today + relativedelta(months=months) if months else False,
            "overdraft": product.crm_hour_book_overdraft or "refuse",
        }
