"""kill -9 during billing runs with two lanes, and users who click Bill at once."""

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
KILLS = 50 if FULL else 2
SUBSCRIPTIONS = 300 if FULL else 40
START, DUE = "2026-01-01", "2026-02-01"
# what must be nought, whatever was killed: days missing or twice, rows without their
# invoice line or with several, and amounts that differ
FAULTS = """
    SELECT count(*) FROM (
        SELECT sub.id FROM crm_subscription AS sub
        LEFT JOIN crm_billing_period AS period ON period.subscription_id = sub.id
              AND period.kind = 'recurring' AND period.cancelled IS NOT TRUE
        WHERE sub.name <> '/' AND sub.client_order_ref = 'KILL'
        GROUP BY sub.id, sub.date_start
        HAVING min(period.date_from) IS DISTINCT FROM sub.date_start
            OR max(period.date_to) <> '{until}'
            OR sum(period.date_to - period.date_from + 1)
               <> '{until}'::date - sub.date_start + 1) AS days
    UNION ALL
    SELECT count(*) FROM crm_billing_period AS period
     WHERE period.quantity <> 0 AND 1 <> (
           SELECT count(*) FROM account_move_line AS line
            WHERE line.crm_billing_period_id = period.id
              AND line.price_subtotal = period.amount)
    UNION ALL
    SELECT count(*) FROM account_move AS move
     WHERE move.state = 'posted' AND move.amount_total <> (
           SELECT sum(debit) FROM account_move_line WHERE move_id = move.id)
"""


def _subscribe(admin, count):
    """Monthly subscriptions of one line each, confirmed."""
    partners = admin(
        "res.partner", "create", [{"name": f"Client {n}"} for n in range(20)]
    )
    product = admin("product.product", "create", [{"name": "Maintenance"}])[0]
    ids = admin(
        "crm.subscription",
        "create",
        [
            {
                "partner_id": partners[number % 20],
                "client_order_ref": "KILL",
                "date_start": START,
                "line_ids": [
                    (0, 0, {"product_id": product, "price_unit": 10 + number})
                ],
            }
            for number in range(count)
        ],
    )
    admin("crm.subscription", "action_confirm", ids)
    return ids


def _start_run(rpc, due):
    """The accountant's screen: what is due, posted; the number of the run."""
    wizard = rpc(
        "crm.bill.due",
        "create",
        {"date": due, "invoice_date": due, "mode": "post"},
    )
    return rpc("crm.bill.due", "action_bill", [wizard])["res_id"]


def _faults(server, until):
    return [int(count) for count in server.sql(FAULTS.format(until=until))]


@pytest.mark.prove
def test_billing_killed_again_and_again_bills_each_day_once():
    chance = random.Random(3)
    with LiveServer("billing") as server:
        admin = Rpc(server, "admin", "admin")
        accountant = Rpc(
            server, *new_user(admin, "lea", ["account.group_account_user"])
        )
        _subscribe(admin, SUBSCRIPTIONS)
        kills, months = 0, 0
        while kills < KILLS:
            months += 1
            due = f"{2026 + (months - 1) // 12}-{(months - 1) % 12 + 1:02d}-01"
            run = _start_run(accountant, due)
            for _kill in range(5 if FULL else 2):
                time.sleep(chance.uniform(0.3, 3.0))
                server.kill()
                kills += 1
                server.start()
            accountant.wait("crm.batch.run", run, "state", ["done"], seconds=300)
            until = server.sql(
                f"SELECT ('{due}'::date + interval '1 month' - interval '1 day')::date"
            )[0]
            assert _faults(server, until) == [0, 0, 0]
    record(
        f"kill -9 during billing of {SUBSCRIPTIONS} subscriptions, two lanes",
        kills,
        "0 days lost, 0 billed twice",
    )


def _bill(rpc, ids):
    """One click on Bill: how many invoices it made, or the refusal."""
    try:
        return len(rpc("crm.subscription", "bill_until", ids, DUE, DUE))
    except xmlrpc.client.Fault as refusal:
        return refusal.faultString.strip().splitlines()[-1]


@pytest.mark.prove
def test_impatient_users_bill_each_day_once():
    clicks = 20 if FULL else 3
    with LiveServer("impatient", cron_threads=0) as server:
        admin = Rpc(server, "admin", "admin")
        logins = [
            new_user(admin, f"comptable{n}", ["account.group_account_user"])
            for n in range(4)
        ]
        users = [Rpc(server, *login) for login in logins]
        ids = _subscribe(admin, clicks)
        with ThreadPoolExecutor(len(users)) as pool:
            for subscription in ids:
                answers = list(
                    pool.map(lambda user, i=subscription: _bill(user, [i]), users)
                )
                # one won; the others found nothing left, or were told to wait
                assert answers.count(1) == 1, answers
        assert _faults(server, "2026-02-28") == [0, 0, 0]
    record(
        f"{len(users)} users who press Bill for the same subscription at once",
        clicks,
        "0 billed twice",
    )
