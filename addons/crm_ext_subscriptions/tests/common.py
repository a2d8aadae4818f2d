from datetime import date

from odoo.fields import Command

from odoo.addons.crm_ext_core.tests.common import CrmExtCase

SYNTEC = "crm_ext_subscriptions.crm_price_index_syntec_original"


class SubscriptionCase(CrmExtCase):
    """A French company, its accountant, a subscriptions user, and a monthly service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        if cls.company.chart_template != "fr":
            cls.env["account.chart.template"].try_loading("fr", cls.company, False)
        cls.accountant = cls._new_user(
            "sub_accountant", "account.group_account_user", lang="en_US"
        )
        cls.seller = cls._new_user(
            "sub_seller",
            "crm_ext_subscriptions.group_subscriptions_user",
            lang="en_US",
        )
        cls.manager = cls._new_user(
            "sub_manager",
            "crm_ext_subscriptions.group_subscriptions_manager",
            lang="en_US",
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Maintenance",
                "type": "service",
                "list_price": 500.0,
                "taxes_id": [Command.set(cls.company.account_sale_tax_id.ids)],
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Client",
                "is_company": True,
                "country_id": cls.env.ref("base.fr").id,
                "lang": "en_US",
            }
        )
        cls.monthly = cls.env.ref("crm_ext_subscriptions.crm_subscription_plan_monthly")
        cls.yearly = cls.env.ref("crm_ext_subscriptions.crm_subscription_plan_yearly")
        cls.syntec = cls.env.ref(SYNTEC)

    def subscribe(self, start=date(2026, 2, 1), price=100.0, confirm=True, **values):
        """A subscription entered by the seller, confirmed unless asked otherwise."""
        lines = values.pop("lines", [{"price_unit": price}])
        subscription = (
            self.env["crm.subscription"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.partner.id,
                    "plan_id": self.monthly.id,
                    "date_start": start,
                    "line_ids": [
                        Command.create({"product_id": self.product.id} | line)
                        for line in lines
                    ],
                    **values,
                }
            )
        )
        if confirm:
            subscription.action_confirm()
        return subscription

    def invoices(self, subscriptions):
        """Their invoices, as the accountant reads them."""
        return subscriptions.with_user(self.accountant).period_ids.move_id

    def bill(self, subscriptions, until, post=True):
        """What the accountant bills until a date; gives the new invoices."""
        billing = subscriptions.with_user(self.accountant)
        billing.with_context(crm_bill_until=until).action_approve_catch_up()
        ids = billing.bill_until(until, invoice_date=until, post=post)
        return self.env["account.move"].with_user(self.accountant).browse(ids)

    def add_clause(self, subscription, user=None, **values):
        """The worked example's clause: S0 of February 2014, S1 of the date's month."""
        return (
            self.env["crm.index.clause"]
            .with_user(user or self.seller)
            .create(
                {
                    "subscription_id": subscription.id,
                    "index_id": self.syntec.id,
                    "s0_month": date(2014, 2, 1),
                    "s0_value": 245.6,
                    "s1_rule": "date_month",
                    **values,
                }
            )
        )

    def verify_series(self):
        self.syntec._get_chain().with_user(self.accountant).action_verify()
