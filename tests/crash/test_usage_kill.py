"""Usage sent by several programs at once, and kill -9 while it is recorded: each key is
recorded once, and nothing is lost.
"""

import base64
import os
import random
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.data import new_user
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

FULL = bool(os.environ.get("CRM_EXT_FULL"))
KEYS = 20_000 if FULL else 1_500
KILLS = 10 if FULL else 2
COUNT = """
    SELECT count(*) || ' ' || count(DISTINCT key) || ' '
           || coalesce(sum(quantity), 0)::int
      FROM crm_usage_event
"""


def _meter(admin):
    """A metered subscription, and the account of the programs that feed it."""
    (product,) = admin("product.product", "create", [{"name": "Appels"}])
    (partner,) = admin("res.partner", "create", [{"name": "Client"}])
    meter = {"name": "Appels", "code": "api", "tz": "Europe/Paris"}
    (meter,) = admin("crm.usage.meter", "create", [meter])
    line = {
        "product_id": product,
        "line_type": "usage",
        "meter_id": meter,
        "price_unit": 0.5,
    }
    values = {
        "partner_id": partner,
        "external_ref": "CT-1",
        "date_start": "2026-01-01",
        "line_ids": [(0, 0, line)],
    }
    ids = admin("crm.subscription", "create", [values])
    admin("crm.subscription", "action_confirm", ids)
    groups = ["crm_ext_subscriptions.group_usage_recorder", "base.group_user"]
    return new_user(admin, "robot", groups)


def _event(number):
    return {
        "meter": "api",
        "subscription": "CT-1",
        "at": f"2026-01-{1 + number % 28:02}T08:30:00+01:00",
        "quantity": 1 + number % 7,
        "key": f"log-{number}",
    }


def _recorded(server):
    return [int(number) for number in server.sql(COUNT)[0].split()]


def _expected(count):
    return [count, count, sum(1 + number % 7 for number in range(count))]


def _send(machine, login, events):
    """Send until there is an answer, as a program does that found nobody."""
    deadline = time.monotonic() + 240
    while True:
        try:
            return Rpc(machine, *login)("crm.usage.event", "record", events)
        except (OSError, xmlrpc.client.Error):
            assert time.monotonic() < deadline
            time.sleep(0.3)


def _batches(chance):
    """All keys in batches, in an order of one's own: programs meet on many keys."""
    numbers = list(range(KEYS))
    starts = list(range(0, KEYS, 100))
    chance.shuffle(starts)
    return [[_event(n) for n in numbers[start : start + 150]] for start in starts]


@pytest.mark.prove
def test_su_06_programs_that_send_the_same_keys_to_two_processes():
    chance = random.Random(6)
    with LiveServer("usage", cron_threads=0) as server, server.twin() as twin:
        login = _meter(Rpc(server, "admin", "admin"))

        def feed(rank):
            machine = (server, twin)[rank % 2]
            batches = _batches(random.Random(rank))
            return [a for batch in batches for a in _send(machine, login, batch)]

        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(feed, range(4))
            for _kill in range(KILLS):
                time.sleep(chance.uniform(0.5, 3.0))
                victim = chance.choice((server, twin))
                victim.kill()
                victim.start()
            answers = [answer for answered in answers for answer in answered]
        assert _recorded(server) == _expected(KEYS)
        assert {answer["status"] for answer in answers} <= {"created", "replayed"}
        ids = {}
        for answer in answers:
            assert ids.setdefault(answer["key"], answer["id"]) == answer["id"]
        created = [a["key"] for a in answers if a["status"] == "created"]
        # an answer that died on the way was given again: as a replay
        assert len(created) == len(set(created)) <= KEYS == len(ids)
    record(
        f"4 programs that send {KEYS} keys each to two processes, kill -9 meanwhile",
        KILLS,
        "0 events lost, 0 twice",
    )


def _choose_file(robot, count):
    rows = ["meter;subscription;at;quantity;key"]
    for number in range(count):
        event = _event(number)
        names = ("meter", "subscription", "at", "quantity", "key")
        rows.append(";".join(str(event[name]) for name in names))
    content = base64.b64encode("\n".join(rows).encode()).decode()
    values = {"kind": "usage", "filename": "usage.csv", "file": content}
    return robot("crm.subscription.import", "create", [values])[0]


def _kill(server, chance):
    for _kill in range(max(KILLS // 2, 1)):
        time.sleep(chance.uniform(0.2, 2.0))
        server.kill()
        server.start()


@pytest.mark.prove
def test_su_06_a_file_of_usage_killed_while_it_is_checked_and_imported():
    chance = random.Random(60)
    with LiveServer("usage_file") as server:
        login = _meter(Rpc(server, "admin", "admin"))
        robot = Rpc(server, *login)
        run = _choose_file(robot, 5_000)
        assert robot("crm.subscription.import", "action_check", [run])["checking"]
        _kill(server, chance)
        robot.wait("crm.subscription.import", run, "state", ["checked"], seconds=300)
        counts = ("created_count", "known_count", "reject_count")
        foreseen = robot.read_one("crm.subscription.import", run, *counts)
        assert [foreseen[name] for name in counts] == [5_000, 0, 0]
        assert _recorded(server)[0] == 0
        robot("crm.subscription.import", "action_start", [run])
        _kill(server, chance)
        robot.wait("crm.subscription.import", run, "state", ["done"], seconds=300)
        done = robot.read_one("crm.subscription.import", run, *counts)
        assert [done[name] for name in counts] == [5_000, 0, 0]
        assert _recorded(server) == _expected(5_000)
        again = _choose_file(robot, 5_000)
        robot("crm.subscription.import", "action_start", [again])
        robot.wait("crm.subscription.import", again, "state", ["done"], seconds=300)
        assert robot.read_one("crm.subscription.import", again, *counts) == {
            "id": again,
            "created_count": 0,
            "known_count": 5_000,
            "reject_count": 0,
        }
        assert _recorded(server) == _expected(5_000)
    record(
        "kill -9 while a file of 5,000 rows of usage is checked, then imported",
        2 * max(KILLS // 2, 1),
        "0 rows lost, 0 recorded twice",
    )
