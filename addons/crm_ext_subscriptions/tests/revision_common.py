from datetime import date

from odoo.fields import Command

from .common import SubscriptionCase

DAY = date(2015, 2, 1)


class RevisionCase(SubscriptionCase):
    """Subscriptions of 2014 at 500, under SYNTEC: 502.44 from February 2015."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.email = "client@client.example"
        cls.plan = cls.yearly.copy({"name": "Revised"})
        cls.monthly_plan = cls.monthly.copy({"name": "Revised, monthly"})

    def indexed(self, plan=None, price=500.0, start=date(2014, 2, 1), **clause):
        plan = plan or self.monthly_plan
        subscription = self.subscribe(start, price, plan_id=plan.id)
        self.add_clause(subscription, **clause)
        return subscription

    def revise(self, subscription, day=DAY, user=None):
        """Draft revisions, in the eyes of a manager."""
        ids = subscription.revise_price(day)
        revisions = self.env["crm.price.revision"]
        return revisions.with_user(user or self.manager).browse(ids)

    def approved(self, subscription, day=DAY):
        self.verify_series()
        revision = self.revise(subscription, day)
        revision.action_approve()
        return revision

    def applied(self, subscription, day=DAY):
        revision = self.approved(subscription, day)
        revision.action_apply()
        return revision

    def price_at(self, subscription, day):
        return subscription.line_ids._get_version_at(day).price_unit

    def bill_at(self, subscription, until):
        """Untaxed amounts of the new invoice's lines, last first."""
        invoice = self.bill(subscription, until)
        return invoice.invoice_line_ids.sorted("id", reverse=True).mapped(
            lambda line: (
                line.price_subtotal * (-1 if invoice.move_type == "out_refund" else 1)
            )
        )

    def adjustments_of(self, subscription):
        rows = subscription.sudo().period_ids.filtered(
            lambda row: row.kind == "adjustment" and not row.cancelled
        )
        return rows.sorted("date_from").mapped("amount")

    def assert_ledger_agrees(self, subscription):
        """Each billed row and its adjustments are the price of the terms known now."""
        for row in subscription.sudo().period_ids.filtered(
            lambda row: row.kind == "recurring" and not row.cancelled
        ):
            live = row.adjustment_ids.filtered(lambda one: not one.cancelled)
            self.assertAlmostEqual(
                row.amount + sum(live.mapped("amount")),
                row.line_id._price_days(row.date_from, row.date_to),
                2,
            )

    # ------------------------------------------------------------------ index
    def make_index(self, code="REV", **values):
        return (
            self.env["crm.price.index"]
            .with_user(self.accountant)
            .create({"name": f"Index {code}", "code": code, **values})
        )

    def enter(self, index, month, value, published=None, user=None, **values):
        """A value entered and confirmed by the accountant."""
        entered = (
            self.env["crm.price.index.value"]
            .with_user(user or self.accountant)
            .create(
                {
                    "index_id": index.id,
                    "month": month,
                    "value": value,
                    "published_on": published,
                    **values,
                }
            )
        )
        entered.action_verify()
        return entered

    # ------------------------------------------------------------------ campaign
    def campaign(self, user=None, **values):
        campaign = (
            self.env["crm.price.campaign"]
            .with_user(user or self.manager)
            .create(
                {
                    "effective_date": DAY,
                    "plan_ids": [Command.set((self.plan | self.monthly_plan).ids)],
                    **values,
                }
            )
        )
        campaign.action_preview()
        return campaign
