"""kill -9 during the runs of a revision campaign: each price changes once, or waits."""

import os
import random
import time

import pytest
from support.data import new_user
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

FULL = bool(os.environ.get("CRM_EXT_FULL"))
SUBSCRIPTIONS = 1000 if FULL else 250  # more than is carried out at once
KILLS = 5 if FULL else 1  # a step
START, DAY = "2014-02-01", "2015-02-01"
# what must be nought: lines without their one applied revision and version, prices
# that are not 500 x 246.8 / 245.6, and drafts or failures left behind
FAULTS = """
    SELECT count(*) FROM (
        SELECT line.id FROM crm_subscription_line AS line
        JOIN crm_subscription AS sub ON sub.id = line.subscription_id
         AND sub.client_order_ref = 'KILL'
        LEFT JOIN crm_price_revision AS revision ON revision.line_id = line.id
         AND revision.state = 'applied'
        LEFT JOIN crm_subscription_line_version AS version
          ON version.price_revision_id = revision.id
        GROUP BY line.id
        HAVING count(DISTINCT revision.id) <> 1 OR count(version.id) <> 1
            OR max(version.price_unit) <> 502.44) AS lines
    UNION ALL
    SELECT count(*) FROM crm_price_revision WHERE state <> 'applied'
    UNION ALL
    SELECT count(*) FROM crm_batch_failure
"""


def _subscribe(admin, count):
    """Subscriptions at 500 a month under SYNTEC, confirmed; the plan they are on."""
    (series,) = admin("crm.price.index", "search", [["code", "=", "SYNTEC"]])
    admin("crm.price.index", "action_verify", [series])
    (plan,) = admin(
        "crm.subscription.plan",
        "create",
        [{"name": "Killed", "interval": 1, "unit": "month"}],
    )
    (partner,) = admin(
        "res.partner", "create", [{"name": "Client", "is_company": True}]
    )
    (product,) = admin("product.product", "create", [{"name": "Maintenance"}])
    clause = {
        "index_id": series,
        "s0_month": START,
        "s0_value": 245.6,
        "s1_rule": "date_month",
    }
    ids = admin(
        "crm.subscription",
        "create",
        [
            {
                "partner_id": partner,
                "plan_id": plan,
                "client_order_ref": "KILL",
                "date_start": START,
                "line_ids": [(0, 0, {"product_id": product, "price_unit": 500})],
                "clause_ids": [(0, 0, clause)],
            }
            for _number in range(count)
        ],
    )
    admin("crm.subscription", "action_confirm", ids)
    return plan


def _kill(server, chance):
    for _kill in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.5))
        server.kill()
        server.start()


@pytest.mark.prove
def test_su_08_a_campaign_killed_again_and_again_changes_each_price_once():
    chance = random.Random(8)
    with LiveServer("revision") as server:
        admin = Rpc(server, "admin", "admin")
        plan = _subscribe(admin, SUBSCRIPTIONS)
        manager = Rpc(
            server,
            *new_user(
                admin, "lea", ["crm_ext_subscriptions.group_subscriptions_manager"]
            ),
        )
        (campaign,) = manager(
            "crm.price.campaign",
            "create",
            [{"effective_date": DAY, "plan_ids": [(6, 0, [plan])]}],
        )
        for step, state in (
            ("action_preview", "preview"),
            ("action_approve", "approved"),
            ("action_apply", "applied"),
        ):
            manager("crm.price.campaign", step, [campaign])
            _kill(server, chance)
            manager.wait(
                "crm.price.campaign", campaign, "is_running", [False], seconds=300
            )
            manager.wait("crm.price.campaign", campaign, "state", [state])
        assert [int(count) for count in server.sql(FAULTS)] == [0, 0, 0]
    record(
        f"kill -9 during a revision campaign of {SUBSCRIPTIONS} subscriptions",
        3 * KILLS,
        "0 prices lost, 0 changed twice",
    )
