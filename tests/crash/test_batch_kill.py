"""kill -9 in the middle of an import: nothing is lost, nothing is done twice."""

import base64
import os
import random
import time

import pytest
from support.data import FAIR_FILE, salesperson
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

KILLS = 20 if os.environ.get("CRM_EXT_FULL") else 2


def _start_import(rpc):
    profile = rpc("crm.import.profile", "search", [], limit=1)[0]
    content = base64.b64encode(FAIR_FILE.read_bytes()).decode()
    run = rpc(
        "crm.import.run",
        "create",
        {"profile_id": profile, "filename": FAIR_FILE.name, "file": content},
    )
    rpc("crm.import.run", "action_preview", [run])
    foreseen = rpc.read_one(
        "crm.import.run", run, "created_count", "duplicate_count", "reject_count"
    )
    rpc("crm.import.run", "action_start", [run])
    return run, foreseen


@pytest.mark.prove
def test_an_import_killed_again_and_again_ends_as_foreseen():
    chance = random.Random(19)
    with LiveServer("kill") as server:
        admin = Rpc(server, "admin", "admin")
        seller = Rpc(server, *salesperson(admin))
        run, foreseen = _start_import(seller)
        done = 0
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.05, 1.0))
            server.kill()
            done = int(
                server.sql("SELECT count(*) FROM crm_batch_unit WHERE state = 'done'")[
                    0
                ]
            )
            server.start()
            if kill == 0:
                assert done < foreseen["created_count"], "killed too late to prove much"
        seller.wait("crm.import.run", run, "state", ["done"], seconds=300)
        after = seller.read_one(
            "crm.import.run", run, "created_count", "duplicate_count", "reject_count"
        )
        assert after == foreseen
        leads, mails = server.sql(
            "SELECT count(*) FROM crm_lead UNION ALL "
            "SELECT count(DISTINCT email_normalized) FROM crm_lead"
        )
        assert int(leads) == foreseen["created_count"]
        assert leads == mails
    record("kill -9 during an import of 300 rows", KILLS, "0 lost, 0 doubled")
