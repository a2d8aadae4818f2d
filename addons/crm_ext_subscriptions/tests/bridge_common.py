from datetime import date

from .common import SubscriptionCase

TOTALS = ("mrr", "invoiced", "remainder")


class BridgeCase(SubscriptionCase):
    """Bridges from MRR to invoices, as the accountant reads them."""

    def open_bridge(self, first=date(2026, 2, 1), last=None, **values):
        bridges = self.env["crm.invoice.bridge"].with_user(self.accountant)
        bridge = bridges.create(
            {
                "date_from": first,
                "date_to": last or first,
                "company_id": self.company.id,
                **values,
            }
        )
        bridge.action_compute()
        return bridge

    def steps(self, bridge):
        """{step: amount} of those with an amount."""
        return {line.step: line.amount for line in bridge.line_ids if line.amount}

    def assert_bridge(self, expected, *args, **values):
        """The steps are these, they add up, and each is the sum of its list."""
        bridge = self.open_bridge(*args, **values)
        self.assertEqual(self.steps(bridge), expected)
        self.assert_adds_up(bridge)
        return bridge

    def assert_adds_up(self, bridge):
        self.assertEqual(bridge.remainder, 0.0)
        amounts = {line.step: line.amount for line in bridge.line_ids}
        steps = sum(amount for step, amount in amounts.items() if step not in TOTALS)
        self.assertAlmostEqual(amounts["mrr"] + steps, amounts["invoiced"], 2)
        for line in bridge.line_ids.filtered("count"):
            items = self.open_items(line)
            self.assertEqual(len(items), line.count)
            if line.step != "rounding":  # its last cents are those of the shown steps
                self.assertAlmostEqual(sum(items.mapped("amount")), line.amount, 1)

    def open_items(self, line):
        action = line.action_open()
        return (
            self.env[action["res_model"]]
            .with_user(self.accountant)
            .search(action["domain"])
        )
