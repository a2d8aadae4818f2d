from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase
from .histories import START, History


@tagged("post_install", "-at_install")
class TestChangeHistories(SubscriptionCase):
    """A small sample of random lives; `make prove` runs a thousand."""

    SEEDS = range(12)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.product + cls.product.create(
            [{"name": "Module", "list_price": 12.34}, {"name": "Poste"}]
        )
        cls.other_partner = cls.partner.create({"name": "Filiale"})

    def test_days_once_and_money_adds_up_in_any_life(self):
        with freeze_time(START) as clock:
            for seed in self.SEEDS:
                with self.subTest(seed=seed):
                    History(self, seed, clock).run()
