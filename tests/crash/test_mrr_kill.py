"""kill -9 while the ledger of MRR is rebuilt: it comes out as it was, and twice."""

import os
import random
import time

import pytest
from support.data import new_user
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

FULL = bool(os.environ.get("CRM_EXT_FULL"))
CUSTOMERS = 1000 if FULL else 200
KILLS = 5 if FULL else 2
# the ledger but for the numbers of its rows: what any figure of any day rests on
LEDGER = """
    SELECT md5(string_agg(row::text, ' ' ORDER BY row::text)) FROM (
        SELECT company_id, partner_id, subscription_id, line_id, date, kind, cause,
               amount, known_at, counter FROM crm_mrr_move) AS row
"""
ROWS = "SELECT count(*) FROM crm_mrr_move"
FAILURES = "SELECT count(*) FROM crm_batch_failure"


def _subscribe(admin):
    """Customers with a contract each, some of them given another quantity or closed."""
    (plan,) = admin(
        "crm.subscription.plan",
        "create",
        [{"name": "Killed", "interval": 1, "unit": "month"}],
    )
    (product,) = admin("product.product", "create", [{"name": "Maintenance"}])
    partners = admin(
        "res.partner",
        "create",
        [{"name": f"Client {n}", "is_company": True} for n in range(CUSTOMERS)],
    )
    line = {"product_id": product, "price_unit": 500}
    ids = admin(
        "crm.subscription",
        "create",
        [
            {
                "partner_id": partner,
                "plan_id": plan,
                "date_start": "2025-02-01",
                "line_ids": [(0, 0, line | {"quantity": 1 + rank % 3})],
            }
            for rank, partner in enumerate(partners)
        ],
    )
    admin("crm.subscription", "action_confirm", ids)


def _rebuild(server, manager, admin, chance, kills):
    """Queue a rebuild, end the server so many times during it, and wait for its end."""
    run = manager("crm.mrr.account", "action_rebuild")["res_id"]
    for _kill in range(kills):
        time.sleep(chance.uniform(0.1, 1.0))
        server.kill()
        server.start()
    admin.wait("crm.batch.run", run, "state", ["done", "failed"], seconds=300)


@pytest.mark.prove
def test_su_13_a_rebuild_killed_again_and_again_gives_the_same_ledger():
    chance = random.Random(13)
    with LiveServer("mrr") as server:
        admin = Rpc(server, "admin", "admin")
        _subscribe(admin)
        manager = Rpc(
            server,
            *new_user(
                admin, "lea", ["crm_ext_subscriptions.group_subscriptions_manager"]
            ),
        )
        _rebuild(server, manager, admin, chance, 0)
        (before,), (rows,) = server.sql(LEDGER), server.sql(ROWS)
        assert int(rows) >= CUSTOMERS
        for kills in (KILLS, 0):
            _rebuild(server, manager, admin, chance, kills)
            assert server.sql(LEDGER) == [before]
            assert server.sql(ROWS) == [rows]
        assert [int(count) for count in server.sql(FAILURES)] == [0]
    record(
        f"kill -9 during a rebuild of the MRR ledger of {CUSTOMERS} customers",
        KILLS,
        "the same ledger, twice",
    )
