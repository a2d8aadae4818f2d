from odoo import models
from odoo.exceptions import ValidationError

PAID = ("paid", "in_payment", "reversed")
PAST, UPCOMING = 6, 12


class CrmSubscription(models.Model):
    """What a customer sees and does about due dates and payments.

    The page hands over the record as superuser, once access to it is checked; nothing
    here is reachable by RPC.
    """

    _inherit = "crm.subscription"

    # ------------------------------------------------------------------ due dates
    def _get_portal_schedule(self):
        """The last due dates billed and the next ones, oldest first.

        :return: dicts with date, date_from, date_to, amount (untaxed) and state: paid,
            billed or to_come
        """
        self.ensure_one()
        past = self._get_portal_billed_dates()
        coming = self._get_portal_coming_dates()
        return past[-PAST:] + coming[:UPCOMING]

    def _get_portal_billed_dates(self):
        # sudo: who sees the subscription may know what of it is billed and paid
        rows = self.sudo().period_ids.filtered(
            lambda row: (
                not row.cancelled
                and row.date_from
                and (row.move_id.state == "posted" or not row.move_id)
            )
        )
        billed = rows.filtered("move_id")
        return [
            self._describe_due_date(
                day,
                own.mapped(lambda row: (row.date_from, row.date_to, row.amount)),
                "paid"
                if all(move.payment_state in PAID for move in own.move_id)
                else "billed",
            )
            for day, own in sorted(billed.grouped("due_date").items())
        ]

    def _get_portal_coming_dates(self):
        if self.state not in ("running", "paused") or not self.next_due_date:
            return []
        until = self._get_coming_due_date(UPCOMING)
        days = {}
        for row in self._prepare_due_rows(until):
            if row.get("date_from"):
                days.setdefault(row["due_date"], []).append(
                    (row["date_from"], row["date_to"], row["amount"])
                )
        return [
            self._describe_due_date(day, spans, "to_come")
            for day, spans in sorted(days.items())
        ]

    def _describe_due_date(self, day, spans, state):
        return {
            "date": day,
            "date_from": min(first for first, _last, _amount in spans),
            "date_to": max(last for _first, last, _amount in spans),
            "amount": sum(amount for _first, _last, amount in spans),
            "state": state,
        }

    # ------------------------------------------------------------------ payment
    def _get_portal_failed(self, reader):
        """Refused and still unpaid invoices that a user may open, with the reason."""
        # sudo: the way to the invoices; access is checked on what comes out
        own = self.sudo()
        visible = own._get_failed_moves().with_user(reader)._filtered_access("read")
        return [
            {
                "invoice": move,
                "reason": move.crm_charge_ids.filtered("reason")
                .sorted("attempt")[-1:]
                .reason,
            }
            # sudo: the refusal, of invoices that the reader may open
            for move in visible.sudo()
        ]

    def _get_portal_tokens(self, reader):
        """The payment methods that a user stored and may let pay this subscription."""
        tokens = (
            self.env["payment.token"]
            .with_user(reader)
            .search([("partner_id", "=", reader.partner_id.id)])
        )
        fitting = tokens.filtered(self._takes_payment_token)
        # sudo: providers' names, of the reader's own methods
        return fitting.sudo()

    def _takes_payment_token(self, token):
        try:
            self._check_payment_token(token)
        except ValidationError:
            return False
        return True

    def _portal_set_payment_token(self, reader, token_id):
        """Let a payment method of the user pay; false when it is not one of his own.

        :param reader: the res.users who chooses, with read access to the subscription
        """
        self.ensure_one()
        token = self._get_portal_tokens(reader).filtered(lambda one: one.id == token_id)
        if token:
            self._set_payment_token(token)
        return bool(token)
