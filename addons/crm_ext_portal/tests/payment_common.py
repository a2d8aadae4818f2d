from odoo.addons.crm_ext_subscriptions.tests.payment_common import PaymentCase

from .common import CrmPortalCase


class CrmPortalPaymentCase(CrmPortalCase, PaymentCase):
    """Customers of the portal, with payment methods at the host's demo provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the portal's customer, not the one whom the parent class has prepared
        cls.partner.property_payment_term_id = cls.env.ref(
            "account.account_payment_term_immediate"
        )

    def choose(self, subscription, token):
        """Send the form of the subscription's page."""
        return self.url_open(
            f"/my/subscriptions/{subscription.id}/payment_method",
            data={"csrf_token": self.csrf(), "token_id": str(token.id)},
        )
