from odoo import api, models
from odoo.tools.misc import format_date

from odoo.addons.crm_ext_core.tools.hooks import (
    AuditCheck,
    BatchKind,
    ContextSection,
    PartnerCounter,
)


class CrmHooks(models.AbstractModel):
    """What subscriptions plug into core: billing, counters, context, self-audit."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "billing": BatchKind(
                label=self.env._("Billing"), model="crm.subscription", chunk=100
            ),
            "renewal": BatchKind(
                label=self.env._("Silent renewals"),
                model="crm.subscription.change",
            ),
            "charge": BatchKind(
                label=self.env._("Payments to collect"),
                model="crm.payment.charge",
                chunk=50,
            ),
            "dunning": BatchKind(
                label=self.env._("Reminders"), model="crm.dunning.rule", chunk=20
            ),
        }

    @api.model
    def _partner_counters(self):
        return super()._partner_counters() | {
            "subscriptions": PartnerCounter(
                label=self.env._("Subscriptions"),
                icon="fa-repeat",
                model="crm.subscription",
                domain=(("state", "in", ("running", "paused")),),
                action="crm_ext_subscriptions.crm_subscription_action",
            ),
            "subscriptions_billed": self._billing_counter(
                self.env._("Billed"), "fa-check-square-o", "billed"
            ),
            "subscriptions_to_bill": self._billing_counter(
                self.env._("To bill"), "fa-hourglass-half", "to_bill"
            ),
            "subscriptions_overdue": self._billing_counter(
                self.env._("Overdue"), "fa-exclamation-circle", "overdue"
            ),
        }

    def _billing_counter(self, label, icon, measure):
        return PartnerCounter(
            label=label,
            icon=icon,
            model="crm.billing.report",
            domain=((measure, "!=", 0),),
            sum_field=measure,
            action="crm_ext_subscriptions.crm_billing_report_action",
        )

    @api.model
    def _customer_context(self, partner):
        sections = super()._customer_context(partner)
        if not self.env["crm.subscription"].has_access("read"):
            return sections
        running = self.env["crm.subscription"].search(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("state", "=", "running"),
            ]
        )
        upcoming = min(
            running.filtered("next_due_date").mapped("next_due_date"), default=""
        )
        rows = (
            (self.env._("Running"), str(len(running))),
            (self.env._("Next invoice"), format_date(self.env, upcoming) or "-"),
        )
        only = f"/{running.id}" if len(running) == 1 else ""
        section = ContextSection(
            title=self.env._("Subscriptions"),
            rows=rows,
            url=f"/odoo/crm-subscriptions{only}",
        )
        return [*sections, section]

    @api.model
    def _audit_checks(self):
        model = "crm.billing.period"
        labels = {
            "guard": self.env._("Billing: the database refuses a day billed twice"),
            "gaps": self.env._("Billing: no due period was skipped"),
            "starts": self.env._("Billing: every line is billed from its first day"),
            "prices": self.env._(
                "Billing: rows and adjustments are the price of the terms"
            ),
            "bearers": self.env._("Billing: every billed period has its invoice line"),
        }
        return super()._audit_checks() | {
            f"billing_{check}": AuditCheck(
                label=label, model=model, method=f"_audit_{check}"
            )
            for check, label in labels.items()
        }
