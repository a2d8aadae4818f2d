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
CARDS = 30 if FULL else 12
STATE = "SELECT state FROM crm_payment_charge WHERE move_id = "


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


def _kill_while_charging(machines, chance):
    """kill -9 of one process or of all, once the month's first card was asked."""
    victims = chance.choice([[machine] for machine in machines] + [machines])
    time.sleep(chance.uniform(0, 3))
    for victim in victims:
        victim.kill()
    for victim in victims:
        victim.start()


@pytest.mark.prove
def test_cards_are_charged_once_whatever_process_is_killed():
    chance = random.Random(14)
    with LiveServer("charges") as server, server.twin() as twin:
        admin, accountant = charges.open_bank(server)
        charges.collect(admin)
        ids = [one for one, _partner in charges.subscribe(admin, accountant, CARDS)]
        silent = 0
        for month in range(1, KILLS + 1):
            before = sum(charges.taken(server).values())
            charges.bill(accountant, ids, month)
            deadline = time.monotonic() + 120
            while sum(charges.taken(server).values()) == before:
                assert time.monotonic() < deadline, "nobody is charged"
                charges.wake(server)
            _kill_while_charging([server, twin], chance)
            charges.wait_at_rest(server, admin)
            assert max(charges.taken(server).values()) == 1
            silent += _settle(server, accountant)
            charges.wait_at_rest(server, admin)
            assert charges.faults(server) == [0, 0, 0, 0]
            assert set(charges.taken(server).values()) == {1}
    record(
        f"kill -9 of one or both of two processes that charge {CARDS} cards a month",
        KILLS,
        f"0 charged twice, 0 lost; {silent} waited for a person",
    )


@pytest.mark.prove
def test_a_locked_invoice_is_charged_minutes_later():
    with LiveServer("locked") as server:
        admin, accountant = charges.open_bank(server)
        ids = [one for one, _partner in charges.subscribe(admin, accountant, 2)]
        charges.bill(accountant, ids, 1)
        held, free = sorted(charges.taken(server))
        with charges.locked(server, "account_move", held):
            charges.collect(admin)
            charges.wait_for(server, f"{STATE} {free}", ["done"])
            assert server.sql(f"{STATE} {held}") == ["planned"]
            charges.wait_for(server, charges.AGAIN_SOON, ["True"])
        charges.wait_at_rest(server, admin)
        assert charges.faults(server) == [0, 0, 0, 0]
        assert charges.taken(server) == {held: 1, free: 1}


@pytest.mark.prove
def test_an_answer_is_kept_whatever_others_do_meanwhile():
    """While the bank thinks, an impatient accountant says that nothing was paid, and
    somebody else works on the invoice."""
    with LiveServer("slow") as server:
        admin, accountant = charges.open_bank(server, seconds=10)
        charges.collect(admin)
        ids = [one for one, _partner in charges.subscribe(admin, accountant, 1)]
        charges.bill(accountant, ids, 1)
        (invoice,) = charges.taken(server)
        charges.wait_for(server, f"{STATE} {invoice}", ["sending"])
        (charge,) = accountant("crm.payment.charge", "search", [])
        with charges.locked(server, "account_move", invoice):
            time.sleep(1)  # its row is locked a moment after the mark was committed
            for verb in ("action_declare_failed", "action_declare_paid"):
                with pytest.raises(xmlrpc.client.Fault, match="asked right now"):
                    accountant("crm.payment.charge", verb, [charge])
            charges.wait_for(server, f"{STATE} {invoice}", ["done"])
            paid = accountant.read_one("account.move", invoice, "payment_state")
            assert paid["payment_state"] == "not_paid"
        charges.wait_at_rest(server, admin)
        assert charges.faults(server) == [0, 0, 0, 0]
        assert charges.taken(server) == {invoice: 1}


def _press(act):
    """One click: done, or told why not."""
    try:
        return act()
    except xmlrpc.client.Fault as refusal:
        return refusal.faultString.strip().splitlines()[-1]


def _last_charge(accountant, subscription):
    (last,) = accountant(
        "crm.payment.charge",
        "search_read",
        [["subscription_id", "=", subscription]],
        ["state"],
        order="attempt desc",
        limit=1,
    )
    return last


def _press_together(users, pool, subscription, charge, card):
    """Three press Charge again, the fourth stores a new card."""
    acts = [
        lambda user=user: user("crm.payment.charge", "action_retry", [charge])
        for user in users[:3]
    ]
    acts.append(
        lambda: users[3]("crm.subscription", "set_payment_token", [subscription], card)
    )
    return list(pool.map(_press, acts))


@pytest.mark.prove
def test_impatient_users_charge_a_card_once():
    clicks = 20 if FULL else 3
    with LiveServer("clicks") as server, server.twin() as twin:
        admin, accountant = charges.open_bank(server)
        charges.collect(admin)
        pairs = charges.subscribe(admin, accountant, clicks, answer="error")
        logins = [
            new_user(admin, f"comptable{n}", ["account.group_account_user"])
            for n in range(4)
        ]
        users = [
            Rpc(machine, *login)
            for machine, login in zip((server, twin) * 2, logins, strict=True)
        ]
        charges.bill(accountant, [one for one, _partner in pairs], 1)
        charges.wait_at_rest(server, admin)
        assert not any(charges.taken(server).values()), "every card was refused"
        with ThreadPoolExecutor(len(users)) as pool:
            for subscription, partner in pairs:
                card = charges.store_card(admin, partner)
                failed = _last_charge(accountant, subscription)["id"]
                answers = _press_together(users, pool, subscription, failed, card)
                # nobody is refused: who comes late finds it planned
                assert answers == [True] * 4, answers
        # what was sent to the old card still is charged to the new one
        charges.wait_at_rest(server, admin)
        for subscription, _partner in pairs:
            last = _last_charge(accountant, subscription)
            if last["state"] == "failed":
                accountant("crm.payment.charge", "action_retry", [last["id"]])
        charges.wait_at_rest(server, admin)
        assert charges.faults(server) == [0, 0, 0, 0]
        assert set(charges.taken(server).values()) == {1}
    record(
        f"{len(users)} users on two processes who have one card charged at once",
        clicks,
        "0 charged twice, 0 lost, 0 refused",
    )
