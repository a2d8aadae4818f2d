from freezegun import freeze_time

from odoo.tests import tagged

from .common import SubscriptionCase
from .histories import START
from .histories_mrr import MrrHistory, moving_currency
from .histories_world import furnish

SEEDS = range(6)


@tagged("post_install", "-at_install")
class TestMrrHistories(SubscriptionCase):
    """A few random lives (hundreds in tests/integration/test_mrr_histories.py): the
    ledger is the contracts on every day, and the past stays as it was known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls.partner.copy({"name": "Repreneur"})
        world = furnish(cls.env) | {"francs": moving_currency(cls.env)}
        for name, records in world.items():
            setattr(cls, name, records)

    def test_random_lives(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), freeze_time(START) as clock:
                MrrHistory(self, seed, clock).run()
