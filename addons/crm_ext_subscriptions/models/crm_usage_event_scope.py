import datetime

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..tools.usage_intake import IntakeFault
from ..tools.usage_scope import Meter, Scope


class CrmUsageEvent(models.Model):
    """Intake: which meter and line an event speaks of, and why it is refused."""

    _inherit = "crm.usage.event"

    @api.model
    def _load_scope(self, readings):
        """Read what the readings name, in a few queries whatever their number."""
        good = [it for it in readings if not isinstance(it, IntakeFault)]
        meters = self._load_meters({reading.meter for reading in good})
        wanted = {it.subscription for it in good if not it.line_id}
        subscriptions = self._load_subscriptions(wanted)
        lines = self._load_lines(
            subscriptions.values(), {it.line_id for it in good if it.line_id}
        )
        found = {}
        by_subscription = {}
        for line in lines.values():
            by_subscription.setdefault(line.subscription_id, []).append(line)
        for name, subscription in subscriptions.items():
            for line in by_subscription.get(subscription, ()):
                found.setdefault((name, line.meter_id), []).append(line.id)
        return Scope(meters, lines, found)

    def _in_companies(self):
        return fields.Domain("company_id", "in", self.env.companies.ids)

    def _load_meters(self, names):
        # sudo: whoever may record names any meter of the companies open to him
        meters = (
            self.env["crm.usage.meter"]
            .sudo()
            .search(self._in_companies() & _named("code", names))
        )
        result = {}
        for meter in meters:
            known = Meter(
                meter.id, meter.aggregation, meter.late_policy, meter._get_zone()
            )
            result |= {meter.code: known, meter.id: known}
        return result

    def _load_subscriptions(self, names):
        """{name as given: id}, by number, reference or id."""
        # sudo: as for meters; an answer tells no more than that it exists
        found = (
            self.env["crm.subscription"]
            .sudo()
            .search_fetch(
                self._in_companies()
                & (_named("name", names) | _named("external_ref", names)),
                ["name", "external_ref"],
            )
        )
        result = {}
        for subscription in found:
            for name in (subscription.external_ref, subscription.name, subscription.id):
                if name:
                    result[name] = subscription.id
        return {name: result[name] for name in names if name in result}

    def _load_lines(self, subscription_ids, ids):
        # sudo: as for meters
        lines = (
            self.env["crm.subscription.line"]
            .sudo()
            .search(
                self._in_companies()
                & fields.Domain("line_type", "=", "usage")
                & (
                    fields.Domain("subscription_id", "in", list(subscription_ids))
                    | fields.Domain("id", "in", list(ids))
                )
            )
        )
        covered = self.env["crm.billing.period"]._covered_until(lines)
        return {line.id: line._to_intake(covered.get(line)) for line in lines}

    # ------------------------------------------------------------------ refusals
    def _explain_fault(self, fault):
        """Why an event is refused: the field, then what is wrong with it."""
        detail = fault.detail
        if isinstance(detail, datetime.date):
            detail = format_date(self.env, detail)
        reason = self._get_fault_words(detail)[fault.code]
        return self.env._("%(field)s: %(reason)s", field=fault.field, reason=reason)

    def _get_fault_words(self, value):
        return self._get_scope_fault_words(value) | {
            "required": self.env._("enter it."),
            "unknown_field": self.env._("no such field."),
            "not_text": self.env._("this is not a text."),
            "not_number": self.env._("%(value)s is not a number.", value=value),
            "too_large": self.env._("%(value)s is too large.", value=value),
            "too_precise": self.env._(
                "%(value)s has more than six decimals.", value=value
            ),
            "too_long": self.env._("at most %(value)s characters.", value=value),
            "not_instant": self.env._("%(value)s is not a date and time.", value=value),
            "without_offset": self.env._(
                "%(value)s does not tell its offset from UTC: write for instance "
                "2026-03-01T08:30:00+01:00.",
                value=value,
            ),
        }

    def _get_scope_fault_words(self, value):
        """What may be wrong with the meter, the line or the day."""
        return {
            "unknown": self.env._("%(value)s does not exist.", value=value),
            "other_line": self.env._(
                "this line is not metered by %(value)s.", value=value
            ),
            "unknown_line": self.env._(
                "%(value)s does not exist, or has no line for this meter.", value=value
            ),
            "several": self.env._(
                "%(value)s has several lines for this meter: name the line.",
                value=value,
            ),
            "draft": self.env._("it is not confirmed yet."),
            "closed": self.env._("it is closed."),
            "outside": self.env._(
                "%(value)s lies outside the subscription.", value=value
            ),
            "not_in_force": self.env._(
                "the line is not in force on %(value)s: paused, removed or not begun.",
                value=value,
            ),
            "period_billed": self.env._(
                "the usage until %(value)s is billed already.", value=value
            ),
            "negative": self.env._("this meter takes no negative quantity."),
            "other_value": self.env._(
                "%(value)s was recorded already with another value.", value=value
            ),
        }


def _named(field, names):
    """Records of these ids, or of these texts in a field."""
    ids = [name for name in names if isinstance(name, int)]
    texts = [name for name in names if isinstance(name, str)]
    return fields.Domain("id", "in", ids) | fields.Domain(field, "in", texts)
