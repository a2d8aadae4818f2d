from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged, users

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestHourBookSale(CrmServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {
                "name": "Book of 5 hours",
                "type": "service",
                "list_price": 450,
                "crm_hour_book_hours": 5,
                "crm_hour_book_months": 12,
                "crm_hour_book_overdraft": "warn",
            }
        )

    def sell(self, quantity):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def books_of(self, order):
        return self.env["crm.hour.book"].search(
            [("sale_line_id", "in", order.order_line.ids)]
        )

    @users("test_salesperson")
    @freeze_time("2026-03-16")
    def test_se_03_selling_a_book_of_10_h_opens_it(self):
        order = self.sell(2)
        book = self.books_of(order)
        self.assertEqual((book.hours_bought, book.hours_left), (10, 10))
        self.assertEqual(book.partner_id, self.customer)
        self.assertEqual(book.expires_on, date(2026, 3, 16) + relativedelta(years=1))
        self.assertEqual(book.overdraft, "warn")
        self.assertEqual(order.crm_hour_book_count, 1)
        case = self._new_case(self.agent_a, user_id=self.agent_a.id)
        self._log(case, 0.5)
        case.action_close()
        self.assertEqual(book.hours_left, 9.5)
        case.action_reopen()
        self.assertEqual(book.hours_left, 10)

    @users("test_salesperson")
    def test_confirming_again_opens_no_second_book(self):
        order = self.sell(1)
        order.order_line._crm_open_hour_books()
        self.assertEqual(len(self.books_of(order)), 1)

    @users("test_salesperson")
    def test_cancelling_takes_unused_hours_back(self):
        order = self.sell(1)
        order._action_cancel()
        book = self.books_of(order)
        self.assertEqual((book.state, book.hours_left), ("cancelled", 0))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(sum(self.books_of(order).mapped("hours_left")), 5)

    @users("test_salesperson")
    def test_used_hours_forbid_cancelling(self):
        order = self.sell(1)
        case = self._new_case(self.agent_a)
        self._log(case, 1)
        case.action_close()
        with self.assertRaisesRegex(UserError, "have been used"):
            order._action_cancel()
