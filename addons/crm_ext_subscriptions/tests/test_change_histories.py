from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase
from .histories import START, History
from .histories_checks import audit
from .histories_world import furnish


@tagged("post_install", "-at_install")
class TestChangeHistories(SubscriptionCase):
    """A small sample of random lives; `make prove` runs a thousand."""

    SEEDS = range(12)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls.partner.create({"name": "Filiale"})
        for name, records in furnish(cls.env).items():
            setattr(cls, name, records)

    def test_days_once_and_money_adds_up_in_any_life(self):
        lived = self.env["crm.subscription"]
        with freeze_time(START) as clock:
            for seed in self.SEEDS:
                with self.subTest(seed=seed):
                    history = History(self, seed, clock)
                    history.run()
                    lived += history.subscriptions
        # the audit reads the whole ledger: once is enough
        self.assertEqual(audit(self.env, lived), {})
