from datetime import date

from .common import SubscriptionCase


class FateCase(SubscriptionCase):
    """One month billed, and what the accountant does with its invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(cls)

    def bill_february(self, post=True):
        return self.bill(self.subscription, date(2026, 2, 1), post)

    def wizard(self, invoice, **values):
        return (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": date(2026, 2, 2),
                    **values,
                }
            )
        )

    def credit(self, invoice, effect="gap", post=True):
        wizard = self.wizard(invoice, crm_credit_effect=effect)
        wizard.refund_moves()
        credit_note = wizard.new_move_ids
        if post:
            credit_note.action_post()
        return credit_note

    def correct(self, invoice):
        """Reverse and create; gives the new invoice."""
        wizard = self.wizard(invoice)
        wizard.modify_moves()
        return wizard.new_move_ids

    def rows(self):
        return self.subscription.sudo().period_ids.sorted("id")

    def settlements(self):
        return self.rows().mapped("settlement")

    def assert_sound(self):
        """No live row without a standing invoice, no day live twice."""
        self.env.flush_all()
        self.env.invalidate_all()
        live = self.rows().filtered(lambda row: not row.cancelled)
        self.assertLessEqual(len(live), 1)
        for row in live:
            self.assertTrue(row.move_id, "a live row without an invoice")
            self.assertNotEqual(row.move_id.state, "cancel")
        for row in self.rows() - live:
            self.assertTrue(row.settlement)
