import json
from datetime import date

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestRpc(HttpCase):
    """The worked example from the first call to the posted invoice, over JSON-RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        if cls.company.chart_template != "fr":
            cls.env["account.chart.template"].try_loading("fr", cls.company, False)
        groups = (
            "crm_ext_subscriptions.group_subscriptions_manager,"
            "account.group_account_manager,product.group_product_manager,"
            "base.group_partner_manager"
        )
        new_test_user(
            cls.env, "sub_rpc", groups=groups, lang="en_US", password="sub_rpc_pwd"
        )

    def call(self, model, method, *args, **kwargs):
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    },
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        self.assertNotIn("error", answer, answer.get("error"))
        return answer["result"]

    def subscribe(self):
        partner = self.call(
            "res.partner", "create", {"name": "Client", "is_company": True}
        )
        product = self.call(
            "product.product", "create", {"name": "Support", "type": "service"}
        )
        plan = self.call(
            "crm.subscription.plan",
            "create",
            {"name": "Every year", "unit": "year", "interval": 1},
        )
        return self.call(
            "crm.subscription",
            "create",
            {
                "partner_id": partner,
                "plan_id": plan,
                "date_start": "2014-02-01",
                "line_ids": [[0, 0, {"product_id": product, "price_unit": 500.0}]],
            },
        )

    def test_su_09_worked_example_by_rpc(self):
        self.authenticate("sub_rpc", "sub_rpc_pwd")
        index = self.call("crm.price.index", "search", [("code", "=", "SYNTEC")])
        self.call("crm.price.index", "action_verify", index)
        subscription = self.subscribe()
        self.call(
            "crm.index.clause",
            "create",
            {
                "subscription_id": subscription,
                "index_id": index[0],
                "s0_rule": "fixed",
                "s0_month": "2014-02-01",
                "s0_value": 245.6,
                "s1_rule": "date_month",
            },
        )
        self.call("crm.subscription", "action_confirm", [subscription])
        revisions = self.call(
            "crm.subscription", "revise_price", [subscription], "2015-02-01"
        )
        self.call("crm.price.revision", "action_approve", revisions)
        self.call("crm.price.revision", "action_apply", revisions)
        revision = self.call("crm.price.revision", "read", revisions, ["p0", "p1"])[0]
        self.assertEqual((revision["p0"], revision["p1"]), (500.0, 502.44))
        schedule = self.call("crm.subscription", "get_schedule", [subscription], 2)
        self.assertEqual([row["amount"] for row in schedule], [500.0, 502.44])
        self.assertEqual(schedule[1]["due_date"], "2015-02-01")

        first = self.bill(subscription, "2014-02-01")
        second = self.bill(subscription, "2015-02-01")
        self.assertEqual(first["amount_untaxed"], 500.0)
        self.assertEqual(second["amount_untaxed"], 502.44)
        self.assertEqual(
            (second["state"], second["move_type"]), ("posted", "out_invoice")
        )
        self.assertFalse(self.bill(subscription, "2015-02-01"))

    def bill(self, subscription, until):
        ids = self.call(
            "crm.subscription", "bill_until", [subscription], until, invoice_date=until
        )
        fields = ["amount_untaxed", "state", "move_type", "invoice_date"]
        moves = self.call("account.move", "read", ids, fields)
        if moves:
            self.assertEqual(moves[0]["invoice_date"], str(date.fromisoformat(until)))
        return moves[0] if moves else None
