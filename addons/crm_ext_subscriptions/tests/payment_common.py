from datetime import date

from freezegun import freeze_time

from .sale_common import SaleCase

DAY = date(2026, 2, 1)


class PaymentCase(SaleCase):
    """The host's demo provider, and customers who stored a payment method with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1
        )
        if not cls.provider:
            cls.skipTest(cls, "the host's demo payment provider is not installed")
        cls.provider.write({"state": "test", "is_published": True})
        cls.method = cls.env.ref("payment_demo.payment_method_demo")
        cls.method.active = True
        cls.partner.email = "client@crm-ext.example"
        # without a term of payment the host makes an invoice due today, whatever its
        # date
        cls.partner.property_payment_term_id = cls.env.ref(
            "account.account_payment_term_immediate"
        )

    def store_token(self, answer="done", partner=None):
        """A payment method that the bank will answer so: done, pending, error."""
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "payment_details": "4242",
                "partner_id": (partner or self.partner).id,
                "provider_ref": "demo",
                "demo_simulated_state": answer,
            }
        )

    def subscribe_with(self, answer="done", **values):
        """A running subscription that a stored payment method pays."""
        subscription = self.subscribe(**values)
        token = self.store_token(answer)
        subscription.with_user(self.accountant).set_payment_token(token.id)
        return subscription

    def collect(self, day):
        """What the scheduled action does one day: send, then queue what fell due."""
        self.run_cron("ir_cron_collect", day)
        with freeze_time(f"{day} 08:00:00"):
            self.run_batches()
        self.run_cron("ir_cron_collect", day)

    def dun(self, day):
        self.run_cron("ir_cron_dunning", day)
        with freeze_time(f"{day} 08:00:00"):
            self.run_batches()

    def run_cron(self, name, day):
        if "." not in name:
            name = f"crm_ext_subscriptions.{name}"
        cron = self.env.ref(name)
        with freeze_time(f"{day} 08:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def charges_of(self, invoice):
        return (
            self.env["crm.payment.charge"]
            .with_user(self.accountant)
            .search([("move_id", "=", invoice.id)], order="attempt")
        )
