from odoo import models
from odoo.tools import format_date, format_datetime


class CrmBillingPeriod(models.Model):
    """The list of usage of a row, as a statement prints it."""

    _inherit = "crm.billing.period"

    def _get_usage_list(self, limit):
        """The events of the row, or its days when there are more than `limit`.

        :return: dicts of when, key and quantity (text, in the reader's language)
        """
        self.ensure_one()
        if self.usage_event_count <= limit:
            return [self._to_usage_entry(event) for event in self._get_usage_events()]
        return [
            {
                "when": format_date(self.env, day),
                "key": self.env._("%(count)s entries", count=count),
                "quantity": self._format_units(str(quantity)),
            }
            for day, count, quantity in self.env["crm.usage.event"]._read_group(
                [("billing_period_id", "=", self.id)],
                ["day:day"],
                ["__count", "quantity:sum"],
            )
        ]

    def _get_usage_events(self):
        return self.usage_event_ids.sorted(lambda event: (event.at, event.id))

    def _to_usage_entry(self, event):
        return {
            "when": format_datetime(self.env, event.at, tz=event.meter_id.tz),
            "key": event.unit_key or "",
            "quantity": self._format_units(str(event.quantity)),
        }
