from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

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
        moves = self._bill_checked(fields.Date.context_today(self), None, True)
        return moves._crm_action_open()

    def bill_until(self, until, invoice_date=None, post=True):
        """Bill these subscriptions up to a date, what the ledger knows left out.

        :param until: last due date billed
        :param invoice_date: date of the invoices, today when empty
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
        self._from_units(units)._bill(
            fields.Date.to_date(run.payload["until"]),
            fields.Date.to_date(run.payload["invoice_date"]),
            run.payload["post"],
        )

    @api.model
    def _batch_unit_label(self, unit):
        subscription = self.browse(unit.res_id).exists()
        return subscription.with_context(crm_show_customer=True).display_name or "-"

    @api.model
    def _cron_bill_due(self):
        """Queue one run a company for what is due; freed periods wait for a person."""
        today = fields.Date.context_today(self)
        # sudo: a setting, whoever the scheduled action runs as
        post = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("crm_ext_subscriptions.cron_post")
        )
        for company, due in (
            self.search(self._get_due_domain(today)).grouped("company_id").items()
        ):
            if ready := due.filtered(lambda sub: not sub._get_billing_problem()):
                engine = self.with_company(company)
                engine._enqueue_billing(ready, today, today, bool(post))

    @api.model
    def _get_due_domain(self, until):
        return [("state", "=", "running"), ("next_due_date", "<=", until)]

    def _get_billing_problem(self):
        """What a person must settle before this can be billed, in words."""
        self.ensure_one()
        archived = self.line_ids.product_id.filtered(lambda product: not product.active)
        if archived:
            names = ", ".join(archived.mapped("display_name"))
            return self.env._("Archived product: %(names)s", names=names)
        if not self.journal_id.active:
            return self.env._("No sales journal")
        if not self.currency_id.active:
            return self.env._("Inactive currency: %(name)s", name=self.currency_id.name)
        return ""

    # ------------------------------------------------------------------ engine
    def _bill_checked(self, until, invoice_date, post):
        self._check_may_bill()
        return self._bill(until, invoice_date or fields.Date.context_today(self), post)

    @api.model
    def _check_may_bill(self):
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Billing is for accountants."))

    def _bill(self, until, invoice_date, post):
        """Write the ledger rows of what is due, then their invoices; all or nothing."""
        self.env["crm.billing.period"]._check_guarded()
        running = self.filtered(lambda sub: sub.state == "running")
        running._lock_for_billing()
        for subscription in running:
            if problem := subscription._get_billing_problem():
                raise UserError(
                    self.env._(
                        "%(name)s: %(problem)s",
                        name=subscription.name,
                        problem=problem,
                    )
                )
        running._reread_prices(until)
        return running._write_ledger(until)._invoice(invoice_date, post)

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

    def _write_ledger(self, until):
        try:
            # the ledger is written by this engine alone, never by a user's own rights
            rows = (
                self.env["crm.billing.period"]
                .sudo()
                .create(self._prepare_due_rows(until))
            )
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
