from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.amendments import CLOSE, PAUSE, end, pause, reopen, resume
from .crm_subscription import STATE_CHANGE


class CrmSubscription(models.Model):
    """Pause and resumption, closing and reopening: dated like any other change."""

    _inherit = "crm.subscription"

    close_reason_id = fields.Many2one(
        "crm.close.reason", copy=False, readonly=True, index="btree_not_null"
    )

    def _amend_pause(self, change, values):
        day = change.effective_date
        until = fields.Date.to_date(values.get("resume_date"))
        if self._is_paused_at(day):
            raise UserError(
                self.env._(
                    "Date: %(name)s is paused on that day already.", name=self.name
                )
            )
        for line in self._get_amendable_lines(day):
            line._apply_terms(pause(line._to_chain(), day, until), change)
        change.resume_date = until
        change.description = (
            self.env._("Until %(date)s", date=format_date(self.env, until))
            if until
            else self.env._("Until it is resumed")
        )

    def _amend_resume(self, change, values):
        day = change.effective_date
        added = {
            line: resume(line._to_chain(), day)
            for line in self._get_amendable_lines(day)
        }
        if not any(added.values()):
            raise UserError(
                self.env._("Date: %(name)s is not paused on that day.", name=self.name)
            )
        for line, terms in added.items():
            line._apply_terms(terms, change)

    def _amend_close(self, change, values):
        """Bill nothing after a last day; within the minimum term, its price."""
        last = change.effective_date - timedelta(days=1)
        reason = self._take_close_reason(values)
        self._check_close_date(last)
        fee = 0.0 if values.get("waive") else self._get_early_fee(last)
        change.write({"close_reason_id": reason.id, "date_end_before": self.date_end})
        self._end(change, last)
        if fee:
            self._add_early_fee(change, last, fee)
        self._write_terms({"close_reason_id": reason.id})
        change.description = self.env._(
            "Last day billed %(date)s: %(reason)s",
            date=format_date(self.env, last),
            reason=reason.name,
        )

    def _amend_reopen(self, change, values):
        """Go on after a closing; the days between stay unbilled, and explained."""
        day = change.effective_date
        closing = self.change_ids.filtered(lambda one: one.kind == "close")[:1]
        if not self.date_term:
            raise UserError(self.env._("%(name)s has no end.", name=self.name))
        self._check_no_heir(day)
        if self.price_basis == "total" and not closing:
            raise UserError(
                self.env._(
                    "%(name)s is a total split in instalments, all of them reached; "
                    "enter a new subscription.",
                    name=self.name,
                )
            )
        end_day = fields.Date.to_date(values.get("date_end"))
        end_day = end_day or closing.date_end_before
        if end_day and end_day < day:
            end_day = None
        last = self.date_term
        if last + timedelta(days=1) < day:
            # it ended by itself: no version says so yet
            self._end(change, last)
        vals = {"date_end": end_day, "close_reason_id": False}
        if self.instalments and not closing:
            vals["instalments"] = 0
        self._write_terms(vals)
        for line in self._get_recurring_lines():
            chain = line._to_chain()
            if chain:
                line._apply_terms(reopen(chain, max(day, chain[0].date_from)), change)
        if self.state == "closed":
            self._change_state("running")
        change.date_end_before = last

    # ------------------------------------------------------------------ steps
    def _end(self, change, last):
        """The contract ends on a day, whatever was entered for later."""
        day = last + timedelta(days=1)
        for line in self._get_recurring_lines():
            chain = line._to_chain()
            if chain:
                line._apply_terms(
                    end(chain, max(day, chain[0].date_from), CLOSE), change
                )
        self._write_terms({"date_end": last})

    def _write_terms(self, vals):
        """Frozen terms change here: the change that does it is on record."""
        self.with_context(crm_state=STATE_CHANGE).write(vals)

    def _check_close_date(self, last):
        if last < self.date_start:
            raise UserError(
                self.env._(
                    "Date: the last day billed lies before the start, %(start)s.",
                    start=format_date(self.env, self.date_start),
                )
            )
        if self.date_term and last > self.date_term:
            raise UserError(
                self.env._(
                    "Date: %(name)s ends on %(end)s already.",
                    name=self.name,
                    end=format_date(self.env, self.date_term),
                )
            )

    def _take_close_reason(self, values):
        reason = self.env["crm.close.reason"].browse(
            int(self._take(values, "reason_id"))
        )
        if not reason.exists():
            raise UserError(self.env._("Reason: this close reason does not exist."))
        return reason

    def _add_early_fee(self, change, last, fee):
        """What the minimum term costs when it is not held, billed once."""
        # of what is billed by consumption alone, the fee is too
        main = (self._get_recurring_lines() or self.line_ids.filtered("product_id"))[:1]
        lines = self.env["crm.subscription.line"].with_context(crm_state=STATE_CHANGE)
        line = lines.create(
            {
                "subscription_id": self.id,
                "product_id": main.product_id.id,
                "name": self.env._(
                    "Early termination: committed until %(date)s",
                    date=format_date(self.env, self.minimum_until),
                ),
                "line_type": "once",
                "date_from": last,
                "quantity": 1.0,
                "price_unit": fee,
                "tax_ids": [fields.Command.set(main.tax_ids.ids)],
                "is_indexed": False,
            }
        ).with_env(self.env)
        line._open_change_version(change)

    def _is_paused_at(self, day):
        """Whether everything that would be billed on a day is paused."""
        stops = {
            terms.stop or ""
            for line in self._get_recurring_lines()
            if (terms := line._get_version_at(day))
        }
        return PAUSE in stops and "" not in stops
