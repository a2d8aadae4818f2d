from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from .account_move_billing import Tally
from .account_move_line import LEDGER_FIELDS


class CrmSubscription(models.Model):
    """Billing: due periods into the ledger, then into ordinary invoices.

    Two runs at once never bill twice: each locks its subscriptions and skips those that
    another one holds, then the exclusion constraint refuses what the lock did not see.
    """

    _inherit = "crm.subscription"

    freed_count = fields.Integer(compute="_compute_freed_count")
    invoice_count = fields.Integer(compute="_compute_invoice_count")

    def _compute_freed_count(self):
        counts = dict(
            self.env["crm.billing.period"]._read_group(
                [("subscription_id", "in", self.ids), ("settlement", "=", "open")],
                ["subscription_id"],
                ["__count"],
            )
        )
        for subscription in self:
            subscription.freed_count = counts.get(subscription, 0)

    def _compute_invoice_count(self):
        found = {}
        # a count only: the invoices themselves open under the reader's own rights
        lines = self.env["account.move.line"].sudo()
        for name in LEDGER_FIELDS:
            for row, move_ids in lines._read_group(
                [(f"{name}.subscription_id", "in", self.ids)],
                [name],
                ["move_id:array_agg_distinct"],
            ):
                found.setdefault(row.subscription_id.id, set()).update(move_ids)
        for subscription in self:
            subscription.invoice_count = len(found.get(subscription.id, ()))

    # ------------------------------------------------------------------ actions
    def action_bill_now(self):
        """Bill what is due today, as posted invoices, and show them."""
        return self._bill_checked(None, None, True)._crm_action_open()

    def bill_until(self, until, invoice_date=None, post=True):
        """Bill these subscriptions up to a date, what the ledger knows left out.

        :param until: last due date billed, the company's today when empty
        :param invoice_date: date of the invoices, the company's today when empty
        :param bool post: posted invoices, or drafts
        :return: ids of the invoices
        """
        moves = self._bill_checked(
            fields.Date.to_date(until), fields.Date.to_date(invoice_date), post
        )
        return moves.ids

    def action_view_invoices(self):
        concerned = Domain.OR(
            [(f"{name}.subscription_id", "in", self.ids)] for name in LEDGER_FIELDS
        )
        lines = self.env["account.move.line"].search(concerned)
        return lines.move_id._crm_action_open()

    def action_view_exceptions(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_subscriptions.crm_billing_period_action_exceptions"
        )
        return action | {"domain": [("subscription_id", "in", self.ids)]}

    # ------------------------------------------------------------------ batch run
    @api.model
    def _enqueue_billing(self, subscriptions, until, invoice_date, post):
        """Queue a billing run, one unit an invoice."""
        self._check_may_bill()
        return self.env["crm.batch.run"]._enqueue(
            "billing",
            subscriptions._to_units(),
            name=self.env._(
                "Billing of what is due by %(date)s", date=format_date(self.env, until)
            ),
            payload={
                "until": fields.Date.to_string(until),
                "invoice_date": fields.Date.to_string(invoice_date),
                "post": post,
            },
        )

    @api.model
    def _batch_process(self, run, units):
        """Bill the units' subscriptions in the run's terms (kind "billing")."""
        self._check_may_bill()
        tally = Tally()
        subscriptions = self._from_units(units).with_context(crm_tally=tally)
        moves = subscriptions._bill(
            fields.Date.to_date(run.payload["until"]),
            fields.Date.to_date(run.payload["invoice_date"]),
            run.payload["post"],
        )
        moves._crm_get_periods().run_id = run
        units[:1].crm_by_host = tally.by_host

    @api.model
    def _batch_unit_label(self, unit):
        subscription = self.browse(unit.res_id).exists()
        return subscription.with_context(crm_show_customer=True).display_name or "-"

    @api.model
    def _cron_bill_due(self):
        """Queue one run a company for what is due on its own calendar; freed periods
        and what has a problem wait for a person."""
        # sudo: a setting, whoever the scheduled action runs as
        post = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("crm_ext_subscriptions.cron_post")
        )
        live = [("state", "!=", "draft")]
        for (company,) in self._read_group(live, ["company_id"]):
            today = company._crm_today()
            engine = self.with_company(company)
            due = engine.search(
                self._get_due_domain(today) & Domain("company_id", "=", company.id)
            )
            dated = due.with_context(crm_bill_until=today, crm_invoice_date=today)
            if ready := dated.filtered(lambda sub: not sub.billing_problem):
                engine._enqueue_billing(ready, today, today, bool(post))

    # ------------------------------------------------------------------ engine
    def _bill_checked(self, until, invoice_date, post):
        self._check_may_bill()
        moves = self.env["account.move"]
        for company, subscriptions in self.grouped("company_id").items():
            today = company._crm_today()
            for chunk in subscriptions._split_for_billing():
                moves += chunk._bill(until or today, invoice_date or today, post)
        return moves

    @api.model
    def _check_may_bill(self):
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Billing is for accountants."))

    def _bill(self, until, invoice_date, post):
        """Write the ledger rows of what is due, then the invoices of these and of what
        is pending; all or nothing."""
        self.env["crm.billing.period"]._check_guarded()
        billed = self.filtered(lambda subscription: subscription.state != "draft")
        billed._lock_for_billing()
        running = billed._get_running()
        running._reread_prices(until)
        due = running._prepare_due_rows(until)
        billed._check_problems(due, invoice_date)
        pending = billed._get_pending_rows(until)
        return (billed._write_ledger(due) + pending)._invoice(invoice_date, post)

    def _check_problems(self, rows, invoice_date):
        problems = self._find_billing_problems(rows, invoice_date)
        if problems:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(name)s: %(problem)s",
                        name=subscription.name,
                        problem=problem,
                    )
                    for subscription, problem in problems.items()
                )
            )

    def _lock_for_billing(self):
        # sudo: whoever may bill locks, whatever his write access to the contract
        locked = self.sudo().try_lock_for_update(allow_referencing=True)
        if len(locked) != len(self):
            raise UserError(
                self.env._(
                    "%(names)s: another run is billing it at this moment. Try again "
                    "later.",
                    names=", ".join((self - locked.sudo(False)).mapped("name")),
                )
            )

    def _write_ledger(self, due):
        try:
            # the ledger is written by this engine alone, never by a user's own rights
            rows = self.env["crm.billing.period"].sudo()._insert(due)
        except ExclusionViolation as error:
            raise UserError(
                self.env._(
                    "%(names)s: another run has just billed the same days.",
                    names=", ".join(self.mapped("name")),
                )
            ) from error
        return rows.sudo(False)

    def _get_invoice_lang(self):
        return self.partner_invoice_id.lang or self.env.lang
