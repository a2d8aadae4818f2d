from datetime import date

from odoo.fields import Command

from .common import SubscriptionCase


class SaleCase(SubscriptionCase):
    """A salesperson who sells a set-up fee with services by the month and the year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson.lang = "en_US"
        cls.fee = cls._new_product("Set-up", 600.0)
        cls.hosting = cls._new_product("Hosting", 100.0, crm_plan_id=cls.monthly.id)
        cls.licence = cls._new_product("Licence", 900.0, crm_plan_id=cls.yearly.id)
        cls.tax = cls.company.account_sale_tax_id

    @classmethod
    def _new_product(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": [Command.set(cls.company.account_sale_tax_id.ids)],
                **values,
            }
        )

    def quote(self, *products, **values):
        """A quotation of the salesperson: products, or dicts of a line's values."""
        lines = [
            line if isinstance(line, dict) else {"product_id": line.id}
            for line in products
        ]
        return (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.partner.id,
                    "crm_date_start": date(2026, 2, 1),
                    "order_line": [Command.create(line) for line in lines],
                    **values,
                }
            )
        )

    def sell(self, *products, **values):
        """A quotation that the salesperson confirms."""
        order = self.quote(*products, **values)
        order.action_confirm()
        return order

    def subscriptions_of(self, order):
        """As their manager reads them."""
        return (
            self.env["crm.subscription"]
            .with_user(self.manager)
            .search([("sale_order_id", "=", order.id)], order="id")
        )

    def products_of(self, moves):
        """What the lines of invoices sell, as the accountant reads them."""
        return moves.with_user(self.accountant).invoice_line_ids.product_id
