from datetime import date

from odoo.fields import Command

from .common import SubscriptionCase


class UsageCase(SubscriptionCase):
    """A meter of API calls, its tariff, and the account of a program that sends it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.robot = cls._new_user(
            "sub_robot", "crm_ext_subscriptions.group_usage_recorder", lang="en_US"
        )
        cls.meter = cls.env["crm.usage.meter"].create(
            {"name": "API calls", "code": "api", "tz": "Europe/Paris"}
        )
        cls.tariff = cls.make_tariff()

    @classmethod
    def make_tariff(cls, tiers=((1000, 0.10), (5000, 0.08), (0, 0.05)), **values):
        return cls.env["crm.usage.price"].create(
            {
                "name": "API 2026",
                "tier_ids": [
                    Command.create({"up_to": up_to, "price_unit": price})
                    for up_to, price in tiers
                ],
                **values,
            }
        )

    def metered(
        self, tariff=None, meter=None, lines=(), start=date(2026, 2, 1), **vals
    ):
        """A running monthly subscription of metered usage, and other lines."""
        usage = {
            "line_type": "usage",
            "meter_id": (meter or self.meter).id,
            "usage_price_id": tariff.id if tariff else False,
            "price_unit": 1.0 if tariff else 0.5,
        }
        return self.subscribe(start, lines=[usage, *lines], **vals)

    def event(self, subscription, key, quantity=100, at="2026-02-10T09:00:00Z", **vals):
        return {
            "meter": "api",
            "subscription": subscription.name,
            "at": at,
            "quantity": quantity,
            "key": key,
            **vals,
        }

    def send(self, *events, user=None):
        """What the program is answered."""
        return (
            self.env["crm.usage.event"]
            .with_user(user or self.robot)
            .record(list(events))
        )

    def use(self, subscription, quantity, at="2026-02-10T09:00:00Z", **values):
        """Record usage that must be taken."""
        key = f"{subscription.id}-{len(subscription.line_ids.usage_event_ids)}"
        answer = self.send(self.event(subscription, key, quantity, at, **values))
        self.assertEqual(answer[0]["status"], "created", answer[0]["message"])
        self.env.invalidate_all()
        return self.env["crm.usage.event"].browse(answer[0]["id"])

    def rows(self, subscription):
        line = subscription.line_ids.filtered(lambda it: it.line_type == "usage")
        return line.period_ids.sorted(lambda row: (row.date_from, row.id))
