from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from odoo.addons.crm_ext_core.rehearsal import callbacks_forgotten

from ..tools.amendments import AmendmentError
from .crm_subscription import TRIAL

COMMON_VALUES = {"note", "settle"}
# what each kind of change is told, beside its date
KIND_VALUES = {
    "quantity": {"line_id", "quantity", "add"},
    "add_line": {"product_id", "name", "quantity", "price_unit", "discount"},
    "remove_line": {"line_id"},
    "price": {"line_id", "price_unit"},
    "discount": {"line_id", "discount", "date_until"},
    "swap": {"line_id", "product_id", "name", "quantity", "price_unit", "discount"},
    "upsell": {"lines"},
    "downsell": {"lines"},
    "swap_plan": {"plan_id"},
    "tariff": {"line_id", "usage_price_id", "price_unit"},
    "pause": {"resume_date"},
    "resume": set(),
    "close": {"reason_id", "waive"},
    "reopen": {"date_end"},
    "renew": {"date_end", "instalments"},
    "transfer": {"partner_id", "partner_invoice_id"},
}


class CrmSubscription(models.Model):
    """A change of terms in mid-life: shown before it is made, and never undone.

    Each kind has its method `_amend_<kind>`, which writes dated versions (and, for a
    closing or a renewal, the end of the contract). What the versions now cost over days
    already billed becomes credits and supplements in the ledger.
    """

    _inherit = "crm.subscription"

    change_ids = fields.One2many("crm.subscription.change", "subscription_id")
    change_count = fields.Integer(compute="_compute_change_count")
    amended_at = fields.Datetime(
        copy=False,
        readonly=True,
        help="Written with every change of terms, so that a billing run that began "
        "before it starts over.",
    )

    @api.depends("change_ids")
    def _compute_change_count(self):
        for subscription in self:
            subscription.change_count = len(subscription.change_ids)

    # ------------------------------------------------------------------ public
    def amend(self, kind, date, values=None):
        """Change the terms of one confirmed subscription from a day on.

        :param kind: quantity, add_line, remove_line, price, discount, swap, upsell,
            downsell, swap_plan, tariff, pause, resume, close, reopen, renew or
            transfer
        :param date: first day of the new terms ("close": last day billed), or "today",
            or "next" (the first day that the next invoice bills)
        :param dict values: what the kind needs, see docs/rpc.md; beside it "note", and
            "settle": "next" (with the next invoice, default) or "now"
        :return: {"change_id": id, "effect": what it costs}
        """
        change = self._amend(kind, date, values or {})
        return {"change_id": change.id, "effect": change.effect}

    def preview_amend(self, kind, date, values=None):
        """Tell the effect of `amend` with the same arguments; nothing stays of it.

        :return: the effect: next_invoice and annual_value before and after,
            adjustments, adjustment_total, due_date, currency, description
        """
        with self._undone() as trial:
            effect = trial._amend(kind, date, values or {}).effect
        return effect

    @contextmanager
    def _undone(self):
        """These records in caches of their own, over a savepoint that is rolled back:
        what the caller has in its caches, a form being filled included, stays."""
        self.env.flush_all()
        cr, outer = self.env.cr, self.env.cr.transaction
        savepoint = cr.savepoint(flush=False)
        cr.transaction = None
        try:
            quiet = dict(self.env.context, tracking_disable=True, crm_trial=TRIAL)
            env = api.Environment(cr, self.env.uid, quiet, self.env.su)
            with callbacks_forgotten(cr):
                yield self.with_env(env)
                env.flush_all()
        finally:
            cr.transaction = outer
            savepoint.close(rollback=True)

    # ------------------------------------------------------------------ engine
    def _amend(self, kind, date, values):
        self.ensure_one()
        self._check_amendment(kind, values)
        day = self._to_change_date(date)
        self._lock_for_change()
        try:
            return self._apply_amendment(kind, day, values)
        except AmendmentError as error:
            raise UserError(self._explain_amendment_error(error)) from error

    def _apply_amendment(self, kind, day, values):
        effective = self._get_effective_date(kind, day)
        self._check_change_date(kind, effective)
        before = self._get_figures(effective)
        change = self._open_change(kind, effective, values)
        chains = {line: line._to_chain() for line in self.line_ids}
        getattr(self, f"_amend_{kind}")(change, values)
        self._mark_amended()
        self._adjust_billed(change, chains, values.get("settle"))
        self._sync_states()
        change._apply_effect(before)
        change._tell()
        return change

    def _get_effective_date(self, kind, day):
        """First day of the new terms: after the last day billed, after the term."""
        if kind == "close":
            return day + timedelta(days=1)
        if kind == "renew" and self.date_term:
            return self.date_term + timedelta(days=1)
        return day

    def _open_change(self, kind, effective, values):
        # sudo: the timeline is written by this engine alone; the rights to amend were
        # checked on the subscription
        change = (
            self.env["crm.subscription.change"]
            .sudo()
            .create(
                {
                    "subscription_id": self.id,
                    "kind": kind,
                    "effective_date": effective,
                    "note": values.get("note"),
                    "entered_by": self.env.uid,
                }
            )
        )
        return change

    def _mark_amended(self):
        # sudo: a technical trace; who may change the terms was checked before
        self.sudo().write({"amended_at": fields.Datetime.now()})

    def _lock_for_change(self):
        # sudo: the row is locked, not read
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "%(name)s is being billed or changed at this moment. Try again in "
                    "a minute.",
                    name=self.name,
                )
            )

    # ------------------------------------------------------------------ checks
    def _check_amendment(self, kind, values):
        self.check_access("write")
        if kind not in KIND_VALUES:
            raise UserError(
                self.env._(
                    "Kind: %(kind)s is unknown; choose one of %(kinds)s.",
                    kind=kind,
                    kinds=", ".join(KIND_VALUES),
                )
            )
        if unknown := set(values) - KIND_VALUES[kind] - COMMON_VALUES:
            raise UserError(
                self.env._(
                    "%(kind)s takes no %(names)s, only %(known)s.",
                    kind=kind,
                    names=", ".join(sorted(unknown)),
                    known=", ".join(sorted(KIND_VALUES[kind] | COMMON_VALUES)),
                )
            )
        self._check_kind_in_state(kind)

    def _check_kind_in_state(self, kind):
        wanted = ["running", "paused"]
        if kind in ("reopen", "renew"):
            wanted.append("closed")
        if self.state not in wanted:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: this change is not possible.",
                    name=self.name,
                    state=labels[self.state].lower(),
                )
            )

    def _check_change_date(self, kind, day):
        first = self._get_first_day()
        if day < first:
            raise UserError(
                self.env._(
                    "Date: %(name)s begins on %(start)s only.",
                    name=self.name,
                    start=format_date(self.env, first),
                )
            )
        last = self.date_term
        if last and day > last and kind not in ("reopen", "renew", "close"):
            raise UserError(
                self.env._(
                    "Date: %(name)s ends on %(end)s. Renew or reopen it first.",
                    name=self.name,
                    end=format_date(self.env, last),
                )
            )

    def _to_change_date(self, date):
        if date == "today":
            return self.company_id._crm_today()
        if date == "next":
            return self._get_next_change_date()
        try:
            day = fields.Date.to_date(date)
        except ValueError:
            day = None
        if not day:
            raise UserError(
                self.env._('Date: give a day as 2026-02-01, or "today", or "next".')
            )
        return day

    def _get_next_change_date(self):
        """First day that the ledger does not know: what changes then needs neither
        credit nor supplement."""
        covered = self.env["crm.billing.period"]._covered_until(self.line_ids)
        today = self.company_id._crm_today()
        if not covered:
            return max(self.date_start, min(today, self.next_due_date or today))
        return max(covered.values()) + timedelta(days=1)

    def _explain_amendment_error(self, error):
        return {
            "quantity": self.env._("Quantity: it cannot fall below zero."),
            "date_until": self.env._("Until: enter a day after the first one."),
            "resume_date": self.env._("Resumes on: enter a day after the pause."),
        }.get(
            error.field,
            self.env._(
                "Date: the line is not in force on that day (not begun, removed or "
                "closed)."
            ),
        )
