from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestHourBook(CrmServiceCase):
    def worked_case(self, *hours, **values):
        case = self._new_case(user_id=self.env.uid, user=self.env.user, **values)
        for spent in hours:
            self._log(case, spent)
        return case

    @users("test_agent_a")
    def test_se_03_close_deducts_and_reopening_gives_back(self):
        book = self._new_book(10).with_env(self.env)
        case = self.worked_case(0.5)
        self.assertEqual(book.hours_left, 10)
        case.action_close()
        self.assertEqual(book.hours_left, 9.5)
        self.assertEqual(case.deducted_hours, 0.5)
        case.action_reopen()
        self.assertEqual(book.hours_left, 10)
        self.assertEqual(case.deducted_hours, 0)
        self.assertEqual(len(case.hour_move_ids), 2, "nothing is deleted")

    @users("test_agent_a")
    def test_se_03_two_entries_leave_8_25(self):
        book = self._new_book(10).with_env(self.env)
        case = self.worked_case(0.5, 1.25)
        self.assertEqual(case.spent_hours, 1.75)
        case.action_close()
        self.assertEqual(book.hours_left, 8.25)
        self.assertEqual(book.hours_used, 1.75)

    @users("test_agent_a")
    def test_se_03_closing_again_deducts_the_new_total(self):
        book = self._new_book(10).with_env(self.env)
        case = self.worked_case(1)
        case.action_close()
        case.action_reopen()
        self._log(case, 0.75)
        case.action_close()
        self.assertEqual(book.hours_left, 8.25)

    @users("test_agent_a")
    def test_se_03_earliest_expiry_pays_first(self):
        today = fields.Date.today()
        late = self._new_book(10, expires_on=today + timedelta(days=300))
        soon = self._new_book(1, expires_on=today + timedelta(days=5))
        over = self._new_book(4, expires_on=today - timedelta(days=1))
        case = self.worked_case(1.5)
        case.action_close()
        self.assertEqual((soon + late + over).mapped("hours_left"), [0, 9.5, 4])

    @users("test_agent_a")
    def test_se_03_the_book_named_on_the_case_pays_first(self):
        today = fields.Date.today()
        soon = self._new_book(5, expires_on=today + timedelta(days=5))
        named = self._new_book(5)
        self.worked_case(2, hour_book_id=named.id).action_close()
        self.assertEqual((soon.hours_left, named.hours_left), (5, 3))

    @users("test_agent_a")
    def test_time_that_is_not_billable_is_not_deducted(self):
        book = self._new_book(10)
        case = self.worked_case(1)
        self._log(case, 3, billable=False)
        case.action_close()
        self.assertEqual(book.hours_left, 9)
        self.assertEqual(case.spent_hours, 4)

    @users("test_agent_a")
    def test_overdraft_refused_keeps_the_case_open(self):
        self._new_book(1)
        case = self.worked_case(1.5)
        with self.assertRaisesRegex(UserError, "01:30 h to deduct.*hold 01:00"):
            case.action_close()

    @users("test_agent_a")
    def test_overdraft_with_warning_says_so_on_the_case(self):
        book = self._new_book(1, overdraft="warn")
        case = self.worked_case(1.5)
        case.action_close()
        self.assertEqual((book.hours_left, book.level), (-0.5, "over"))
        self.assertIn("00:30 h go beyond", case.message_ids[0].body)

    @users("test_agent_a")
    def test_customer_without_book_closes_freely(self):
        case = self.worked_case(3)
        case.action_close()
        self.assertFalse(case.hour_move_ids)

    @users("test_agent_a")
    def test_customer_of_closed_case_stays(self):
        case = self.worked_case(1)
        case.action_close()
        with self.assertRaisesRegex(UserError, "customer"):
            case.partner_id = self.env.user.partner_id

    @users("test_service_manager")
    def test_expiry_moves_what_is_left(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        book = self._new_book(3, expires_on=yesterday).with_env(self.env)
        running = self._new_book(3, expires_on=yesterday + timedelta(days=1))
        self.env["crm.hour.book"]._cron_expire()
        self.assertEqual((book.state, book.hours_left), ("expired", 0))
        self.assertEqual(book.move_ids.sorted("id")[-1].kind, "expire")
        self.assertEqual((running.state, running.hours_left), ("running", 3))

    def test_moves_are_never_changed_nor_deleted(self):
        move = self._new_book(3).move_ids
        with self.assertRaises(AccessError):
            move.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "reverse"):
            move.sudo().write({"hours": 30})
        with self.assertRaisesRegex(UserError, "reverse"):
            move.sudo().unlink()
        with self.assertRaises(UserError):
            move.book_id.with_user(self.manager).write({"hours_bought": 30})

    @mute_logger("odoo.sql_db")
    def test_database_refuses_wrong_moves(self):
        move = self._new_book(3).move_ids.sudo()
        values = {
            "book_id": move.book_id.id,
            "name": "x",
            "kind": "consume",
            "debit": "consumed",
            "credit": "available",
            "hours": 1,
        }
        for wrong in ({"hours": 0}, {"hours": -1}, {"debit": "available"}):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                move.create(values | wrong)
        move.create(values | {"reverses_id": move.id})
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            move.create(values | {"reverses_id": move.id})

    @mute_logger("odoo.sql_db")
    def test_database_refuses_wrong_time(self):
        case = self._new_case()
        for hours in (0, -1, 25):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._log(case, hours)

    def test_audit_finds_a_balance_that_lies(self):
        book = self._new_book(3)
        audit = self.env["crm.hour.move"]._audit_balances
        self.assertEqual(audit().broken, 0)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_hour_book SET hours_left = 4 WHERE id = %s", [book.id]
        )
        self.env.invalidate_all()
        self.assertEqual(audit().res_ids, (book.id,))
