from datetime import date

from odoo.tests import tagged
from odoo.tools import SQL

from .usage_common import UsageCase


@tagged("post_install", "-at_install")
class TestAuditFaults(UsageCase):
    """The self-audit finds each fault that is planted behind the engine's back."""

    def check(self, name):
        """The ids that one check of the audit finds."""
        check = self.env["crm.hooks"]._audit_checks()[name]
        self.env.flush_all()
        finding = getattr(self.env[check.model], check.method)()
        self.assertEqual(finding.broken, len(finding.res_ids))
        return set(finding.res_ids)

    def plant(self, record, **values):
        """Change a row where no code of ours would."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    value,
                    record.id,
                )
            )
        self.env.invalidate_all()

    def billed(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 3, 1))
        return subscription.line_ids, subscription.period_ids.sorted("date_from")

    def test_starts_a_line_whose_first_days_are_not_in_the_ledger(self):
        line, rows = self.billed()
        self.assertNotIn(line.id, self.check("billing_starts"))
        self.plant(rows[0], date_from=date(2026, 2, 4))
        self.assertIn(line.id, self.check("billing_starts"))

    def test_starts_a_line_that_begins_later_is_sound(self):
        subscription = self.subscribe(
            lines=[{"price_unit": 10.0, "date_from": date(2026, 2, 10)}]
        )
        self.bill(subscription, date(2026, 3, 1))
        self.assertNotIn(subscription.line_ids.id, self.check("billing_starts"))

    def test_prices_a_row_that_is_not_its_price(self):
        _line, rows = self.billed()
        self.assertFalse(self.check("billing_prices") & set(rows.ids))
        self.plant(rows[1], amount=99.0)
        self.assertEqual(self.check("billing_prices") & set(rows.ids), {rows[1].id})

    def test_prices_an_adjustment_too_many(self):
        line, rows = self.billed()
        line.subscription_id.amend(
            "price", "2026-03-01", {"line_id": line.id, "price_unit": 70.0}
        )
        self.assertFalse(self.check("billing_prices") & set(rows.ids))
        self.plant(rows[1].adjustment_ids, amount=-20.0)
        self.assertEqual(self.check("billing_prices") & set(rows.ids), {rows[1].id})

    def test_prices_terms_entered_behind_a_billed_row(self):
        line, rows = self.billed()
        version = line.version_ids.sudo().copy({"date_from": date(2026, 3, 1)})
        self.plant(version, price_unit=50.0)
        self.assertEqual(self.check("billing_prices") & set(rows.ids), {rows[1].id})

    def test_usage_days_usage_billed_by_the_row_of_another_day(self):
        subscription = self.metered(self.tariff)
        event = self.use(subscription, 100)
        self.bill(subscription, date(2026, 3, 1))
        self.assertNotIn(event.id, self.check("usage_days"))
        self.plant(event, day=date(2026, 3, 2))
        self.assertIn(event.id, self.check("usage_days"))

    def test_usage_days_usage_billed_by_the_row_of_another_line(self):
        subscription = self.metered(self.tariff)
        event = self.use(subscription, 100)
        self.bill(subscription, date(2026, 3, 1))
        _line, rows = self.billed()
        self.plant(event, billing_period_id=rows[0].id)
        self.assertIn(event.id, self.check("usage_days"))

    def test_usage_draws_a_book_that_says_other_than_its_draws(self):
        subscription = self.metered(self.tariff)
        book = self.env["crm.usage.credit"].create(
            {
                "subscription_id": subscription.id,
                "amount": 100.0,
                "date_from": date(2026, 1, 1),
            }
        )
        self.use(subscription, 200)
        self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(book.drawn, 20.0)
        self.assertNotIn(book.id, self.check("usage_draws"))
        self.plant(book, drawn=30.0)
        self.assertIn(book.id, self.check("usage_draws"))
        self.plant(book, drawn=20.0)
        self.plant(book.draw_ids[:1], quantity=19.0)
        self.assertIn(book.id, self.check("usage_draws"))
