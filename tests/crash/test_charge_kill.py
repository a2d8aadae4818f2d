"""kill -9 during collection, with two processes and impatient users: a card is charged
once for an invoice, and no invoice is forgotten.
"""

import os
import random
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import charges
from support.data import new_user
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

FULL = bool(os.environ.get("CRM_EXT_FULL"))
KILLS = 20 if FULL else 2
CARDS = 60 if FULL else 12
WAITING = "SELECT count(*) FROM crm_payment_charge WHERE state = 'planned'"
ASKED = "SELECT count(DISTINCT move_id) FROM crm_payment_charge"


def _bill(accountant, ids, month):
    """The invoices of one more month, posted: each due the day it is made."""
    day = f"2026-{month:02}-01"
    accountant("crm.subscription", "bill_until", ids, day, day)


def _wait_asked(server, count):
    """Until each invoice was charged, or waits for a person."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        (asked,), (waiting,) = server.sql(ASKED), server.sql(WAITING)
        if (int(asked), int(waiting)) == (count, 0):
            return
        time.sleep(0.5)
    raise AssertionError(f"{asked} of {count} charged, {waiting} still planned")


def _settle(server, accountant):
    """The person looks at the bank's screen and says what it did."""
    money = charges.taken(server)
    silent = accountant(
        "crm.payment.charge",
        "search_read",
        [["state", "=", "sending"]],
        ["move_id"],
    )
    for charge in silent:
        was_paid = money[charge["move_id"][0]]
        verb = "action_declare_paid" if was_paid else "action_declare_failed"
        accountant("crm.payment.charge", verb, [charge["id"]])
        if not was_paid:
            accountant("crm.payment.charge", "action_retry", [charge["id"]])
    return len(silent)


@pytest.mark.prove
def test_cards_are_charged_once_whatever_process_is_killed():
    chance = random.Random(14)
    with LiveServer("charges") as server, server.twin() as twin:
        admin, accountant = charges.open_bank(server)
        ids = [one for one, _partner in charges.subscribe(admin, accountant, CARDS)]
        kills, month, silent = 0, 0, 0
        while kills < KILLS:
            month += 1
            _bill(accountant, ids, month)
            server.sql(charges.ACCOUNTS)
            for _kill in range(4 if FULL else 2):
                time.sleep(chance.uniform(0.1, 2.0))
                victim = chance.choice((server, twin))
                victim.kill()
                kills += 1
                victim.start()
            _wait_asked(server, CARDS * month)
            assert max(charges.taken(server).values()) == 1
            silent += _settle(server, accountant)
            _wait_asked(server, CARDS * month)
            assert charges.faults(server) == [0, 0, 0, 0]
            assert set(charges.taken(server).values()) == {1}
    record(
        f"kill -9 of one of two processes that charge {CARDS} cards a month",
        kills,
        f"0 charged twice, 0 lost; {silent} waited for a person",
    )


def _press(act):
    """One click: done, or told why not."""
    try:
        return act()
    except xmlrpc.client.Fault as refusal:
        return refusal.faultString.strip().splitlines()[-1]


@pytest.mark.prove
def test_impatient_users_charge_a_card_once():
    clicks = 20 if FULL else 3
    with LiveServer("clicks") as server, server.twin() as twin:
        admin, accountant = charges.open_bank(server)
        pairs = charges.subscribe(admin, accountant, clicks, answer="error")
        logins = [
            new_user(admin, f"comptable{n}", ["account.group_account_user"])
            for n in range(4)
        ]
        users = [
            Rpc(machine, *login)
            for machine, login in zip((server, twin) * 2, logins, strict=True)
        ]
        _bill(accountant, [one for one, _partner in pairs], 1)
        server.sql(charges.ACCOUNTS)
        _wait_asked(server, clicks)
        with ThreadPoolExecutor(len(users)) as pool:
            for subscription, partner in pairs:
                card = charges.store_card(admin, partner)
                (failed,) = accountant(
                    "crm.payment.charge",
                    "search",
                    [["subscription_id", "=", subscription]],
                )
                acts = [
                    lambda user=user, failed=failed: user(
                        "crm.payment.charge", "action_retry", [failed]
                    )
                    for user in users[:3]
                ]
                acts.append(
                    lambda card=card, subscription=subscription: users[3](
                        "crm.subscription", "set_payment_token", [subscription], card
                    )
                )
                list(pool.map(_press, acts))
        # those who were told to wait press again: what failed at the old card is paid
        for subscription, _partner in pairs:
            _wait_asked(server, clicks)
            last = accountant(
                "crm.payment.charge",
                "search_read",
                [["subscription_id", "=", subscription]],
                ["state"],
                order="attempt desc",
                limit=1,
            )
            if last[0]["state"] == "failed":
                accountant("crm.payment.charge", "action_retry", [last[0]["id"]])
        _wait_asked(server, clicks)
        assert charges.faults(server) == [0, 0, 0, 0]
        assert set(charges.taken(server).values()) == {1}
    record(
        f"{len(users)} users on two processes who have one card charged at once",
        clicks,
        "0 charged twice, 0 lost",
    )
