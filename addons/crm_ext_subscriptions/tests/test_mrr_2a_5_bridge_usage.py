from datetime import date

from odoo.tests import tagged

from .bridge_common import BridgeCase
from .usage_common import UsageCase


@tagged("post_install", "-at_install")
class TestInvoiceBridgeUsage(BridgeCase, UsageCase):
    def test_usage_is_a_step_of_its_own(self):
        """February's consumption comes on March's invoice; the MRR knows nothing."""
        subscription = self.metered(self.tariff, lines=[{"price_unit": 100.0}])
        self.bill(subscription, date(2026, 2, 1))
        self.use(subscription, 1000)
        self.bill(subscription, date(2026, 3, 1))
        self.assert_bridge({"mrr": 100.0, "invoiced": 100.0})
        self.assert_bridge(
            {"mrr": 100.0, "usage": 100.0, "invoiced": 200.0}, date(2026, 3, 1)
        )
