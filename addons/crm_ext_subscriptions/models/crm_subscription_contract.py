from odoo import models
from odoo.tools.misc import format_amount, format_date

from .crm_subscription_preview import PREVIEW_LIMIT


class CrmSubscription(models.Model):
    """The contract as it is printed for signature, in the customer's language."""

    _inherit = "crm.subscription"

    def action_print_contract(self):
        """Print the contract: lines, schedule, terms, signatures."""
        report = self.env.ref("crm_ext_subscriptions.crm_subscription_report_contract")
        return report.report_action(self)

    def _get_contract_schedule(self):
        """Values of the schedule's table, and of what comes besides."""
        self.ensure_one()
        return self._prepare_schedule_values(*self._get_schedule_rows(PREVIEW_LIMIT))

    def _get_contract_terms(self):
        """Pairs of a label and a sentence: what both sides sign."""
        self.ensure_one()
        pairs = (
            (self.env._("Frequency"), self._get_frequency_label()),
            (self.env._("Start"), format_date(self.env, self.date_start)),
            (self.env._("Term"), self._get_term_label()),
            (self.env._("Renewal"), self._get_renewal_label()),
            (self.env._("Minimum term"), self._get_minimum_label()),
            (self.env._("Prorata"), self._get_prorata_label()),
            (self.env._("Payment terms"), self.payment_term_id.name),
            (
                self.env._("Payment method"),
                self.preferred_payment_method_line_id.display_name,
            ),
            (
                self.env._("Price revision"),
                ", ".join(self.clause_ids.mapped("formula")),
            ),
        )
        return [(label, value) for label, value in pairs if value]

    def _get_frequency_label(self):
        """How often it is billed, and when in the period."""
        moments = dict(self._fields["invoicing"]._description_selection(self.env))
        return self.env._(
            "%(frequency)s, %(moment)s",
            frequency=self._get_interval_label(),
            moment=moments[self.invoicing].lower(),
        )

    def _get_interval_label(self):
        count = self.interval
        if count == 1:
            return {
                "day": self.env._("Every day"),
                "week": self.env._("Every week"),
                "month": self.env._("Every month"),
                "quarter": self.env._("Every quarter"),
                "year": self.env._("Every year"),
            }[self.unit]
        return {
            "day": self.env._("Every %(count)s days", count=count),
            "week": self.env._("Every %(count)s weeks", count=count),
            "month": self.env._("Every %(count)s months", count=count),
            "quarter": self.env._("Every %(count)s quarters", count=count),
            "year": self.env._("Every %(count)s years", count=count),
        }[self.unit]

    def _get_term_label(self):
        if not self.date_term:
            return self.env._("Until one side ends it")
        day = format_date(self.env, self.date_term)
        if not self.instalments:
            return day
        return self.env._(
            "%(date)s, after %(count)s instalments", date=day, count=self.instalments
        )

    def _get_renewal_label(self):
        if not self.date_term or self.renewal_mode == "none":
            return ""
        months = self.renewal_interval * (12 if self.renewal_unit == "year" else 1)
        if self.renewal_mode == "quotation":
            return self.env._("By a quotation, for %(count)s months", count=months)
        return self.env._(
            "Silently for %(count)s months, unless notice is given by %(date)s",
            count=months,
            date=format_date(self.env, self.notice_date),
        )

    def _get_minimum_label(self):
        if not self.minimum_until:
            return ""
        day = format_date(self.env, self.minimum_until)
        if self.early_fee_mode == "none":
            return self.env._("Until %(date)s", date=day)
        if self.early_fee_mode == "fixed":
            return self.env._(
                "Until %(date)s; ending before costs %(amount)s untaxed",
                date=day,
                amount=format_amount(self.env, self.early_fee_amount, self.currency_id),
            )
        return self.env._(
            "Until %(date)s; ending before costs what is left until then", date=day
        )

    def _get_prorata_label(self):
        if self.price_basis == "total":
            return ""
        bases = self._fields["prorata_basis"]._description_selection(self.env)
        return dict(bases)[self.prorata_basis]
