from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools.misc import format_date

from ..tools.dunning import due_steps


class CrmDunningRule(models.Model):
    """Dunning: each night, the steps due on each unpaid invoice of a subscription.

    A step's row and what it does are one transaction, mails being queued: a run that
    dies or runs twice repeats none.
    """

    _inherit = "crm.dunning.rule"

    @api.model
    def _cron_dun(self):
        """Queue the unpaid invoices of subscriptions, each company at its own date."""
        for company in self.env["res.company"].search(Domain.TRUE):
            today = company._crm_today()
            owed = self.env["account.move"].search(
                [("company_id", "=", company.id), *self._get_owed_domain(today)]
            )
            if owed:
                self.env["crm.batch.run"].with_company(company)._enqueue(
                    "dunning",
                    [{"res_id": move.id} for move in owed],
                    name=self.env._(
                        "Reminders of %(date)s", date=format_date(self.env, today)
                    ),
                    payload={"day": fields.Date.to_string(today)},
                )

    @api.model
    def _get_owed_domain(self, today):
        return [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date_due", "<=", today),
            ("invoice_line_ids", "any", [("crm_billing_period_id", "!=", False)]),
        ]

    @api.model
    def _batch_process(self, run, units):
        """Do the steps due on the units' invoices (kind "dunning")."""
        # sudo: the rules act on invoices, mails and subscriptions for everybody
        rules = self.sudo().search(Domain.TRUE)
        moves = self.env["account.move"].sudo().browse(units.mapped("res_id")).exists()
        for move in moves:
            rules._dun(move, fields.Date.to_date(run.payload["day"]))

    @api.model
    def _batch_unit_label(self, unit):
        # sudo: a name, for whoever started the run
        return self.env["account.move"].browse(unit.res_id).sudo().display_name

    @api.model
    def _batch_done(self, run):
        self.env["crm.payment.charge"]._wake_collection()

    def _dun(self, move, today):
        """Do what is due on one invoice, by the rules of its case."""
        if not move._crm_is_owed():
            return
        case, since = self._get_case(move)
        if not case:
            return
        rules = self._filter_for(move, case)
        done = move.crm_dunning_step_ids.rule_id.ids
        due = due_steps(rules._to_steps(), since, today, done)
        steps = self.env["crm.dunning.step"]
        for step in due.skipped:
            steps._log(self.browse(step.key), move, today, skipped=True)
        for step in due.to_do:
            rule = self.browse(step.key)
            steps._log(rule, move, today)
            getattr(rule, f"_do_{rule.action}")(move, today)

    def _get_case(self, move):
        """Which rules bear on an invoice, and since when its delays count."""
        charges = move.crm_charge_ids.sorted("attempt")
        failed = charges.filtered(lambda charge: charge.state == "failed")
        if failed:
            return "failed", failed[0].result_date
        if charges or move._crm_get_charged_subscription():
            return None, None
        return "unpaid", move.invoice_date_due

    # ------------------------------------------------------------------ actions
    def _do_retry(self, move, today):
        self.env["crm.payment.charge"]._plan(move, "retry", today)

    def _do_mail(self, move, _today):
        documents = move._crm_get_documents()
        self.template_id.send_mail(
            move.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={"attachment_ids": [Command.link(it.id) for it in documents]},
        )

    def _do_activity(self, move, today):
        for subscription in move._crm_get_subscriptions():
            user = self.user_id or subscription.user_id
            kind = self.activity_type_id
            subscription.activity_schedule(
                "" if kind else "mail.mail_activity_data_todo",
                today,
                self.with_context(lang=user.lang).name,
                move._get_html_link(),
                activity_type_id=kind.id,
                user_id=user.id or self.env.uid,
            )

    def _do_suspend(self, move, today):
        for subscription in move._crm_get_subscriptions():
            lang = subscription.user_id.lang
            subscription._suspend(
                self.with_context(lang=lang).env._(
                    "%(invoice)s, due on %(date)s, is not paid.",
                    invoice=move.name,
                    date=format_date(self.env, move.invoice_date_due, lang_code=lang),
                ),
                today,
            )
