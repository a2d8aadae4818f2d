import random
from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .bridge_common import BridgeCase
from .histories import START, History
from .histories_checks import Broken
from .histories_mrr import moving_currency
from .histories_world import furnish


class BridgedHistory(History):
    """A random life, with a bridge over random months after each few steps."""

    bridges = 0

    def check(self):
        result = super().check()
        if len(self.steps) % 3 == 0:
            self.check_bridge()
        return result

    def check_bridge(self):
        draw = random.Random(f"{self.seed}-{len(self.steps)}")
        first = START + timedelta(days=draw.randrange(-30, 200))
        last = first + timedelta(days=draw.choice((0, 0, 31, 90, 365)))
        bridge = self.case.open_bridge(first, last)
        self.bridges += 1
        if bridge.remainder:
            story = "\n".join(self.steps)
            raise Broken(
                f"seed {self.seed}: {bridge.remainder} is left of {first} to {last}: "
                f"{self.case.steps(bridge)}\n{story}"
            )


@tagged("post_install", "-at_install")
class TestInvoiceBridgeHistories(BridgeCase):
    """Whatever happens to subscriptions and their invoices, the bridge explains it."""

    SEEDS = range(500, 512)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls.partner.create({"name": "Filiale"})
        world = furnish(cls.env) | {"francs": moving_currency(cls.env)}
        for name, records in world.items():
            setattr(cls, name, records)

    def test_nothing_is_left_in_any_life(self):
        with freeze_time(START) as clock:
            for seed in self.SEEDS:
                with self.subTest(seed=seed):
                    life = BridgedHistory(self, seed, clock)
                    life.run()
                    self.assertGreaterEqual(life.bridges, 4)
