"""Many agents pick at once, each in a connection of its own: exactly one wins an
item.
"""

import os
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.data import new_user
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

FULL = bool(os.environ.get("CRM_EXT_FULL"))
AGENTS, ITEMS = (20, 100) if FULL else (4, 10)
AGENT = ["crm_ext_service.group_service_user"]


def _cases(admin, team):
    return admin(
        "crm.case",
        "create",
        [{"name": f"Panne n° {number}", "team_id": team} for number in range(ITEMS)],
    )


def _try_pick(agent, item):
    """The agent's own connection: True when won, else the refusal's words."""
    try:
        agent("crm.queue.item", "action_pick", [item])
        return True
    except xmlrpc.client.Fault as refusal:
        return refusal.faultString


@pytest.mark.prove
def test_se_10_of_many_pickers_exactly_one_wins():
    with LiveServer("pick", cron_threads=0) as server:
        admin = Rpc(server, "admin", "admin")
        team = admin("crm.case.team", "search", [], limit=1)[0]
        logins = [new_user(admin, f"agent{n}", AGENT) for n in range(AGENTS)]
        agents = [Rpc(server, *login) for login in logins]
        admin(
            "crm.case.team",
            "write",
            [team],
            {"member_ids": [(4, agent.uid) for agent in agents]},
        )
        cases = _cases(admin, team)
        items = admin("crm.queue.item", "search", [("res_id", "in", cases)])
        assert len(items) == ITEMS
        refusals = []
        with ThreadPoolExecutor(AGENTS) as pool:
            for item in items:
                answers = list(
                    pool.map(lambda agent, i=item: _try_pick(agent, i), agents)
                )
                assert answers.count(True) == 1, answers
                refusals += [answer for answer in answers if answer is not True]
        names = [f"Agent{n}" for n in range(AGENTS)]
        assert all(any(name in words for name in names) for words in refusals), refusals
        held = server.sql(
            "SELECT count(*) FROM crm_queue_hop WHERE user_id IS NOT NULL"
        )
        assert int(held[0]) == ITEMS
    record(f"{AGENTS} agents picking the same item at once", ITEMS, "0 double picks")
