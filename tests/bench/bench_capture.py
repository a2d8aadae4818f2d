"""Posts of a capture form a second, two server processes sharing the database, against
a bare crm.lead create by the same clients in the same run."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import requests
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

SIZES = (500, 2_000)
CLIENTS = 4


def _values(number):
    return {
        "contact_name": f"Person {number}",
        "partner_name": f"Company {number}",
        "email_from": f"person{number}@bench.example",
        "phone": f"+3329900{number % 10_000:04d}",
    }


def _new_form(admin):
    fields = [{"target": name} for name in _values(0)]
    form = admin(
        "crm.capture.form",
        "create",
        {
            "name": "Bench",
            "consent_text": "I agree.",
            "rate_limit": 1_000_000,
            "form_rate_limit": 1_000_000,
            "field_ids": [(0, 0, values) for values in fields],
        },
    )
    return admin.read_one("crm.capture.form", form, "token")["token"]


def _post(url, numbers):
    """One visitor's browser after the other, on one connection."""
    with requests.Session() as session:
        for number in numbers:
            body = {
                "key": str(uuid4()),
                "values": _values(number) | {"consent": True},
                "landing_page": "https://www.example.com/",
            }
            answer = session.post(url, json=body, timeout=60)
            assert answer.ok, f"{answer.status_code} {answer.text[:999]}"
            assert answer.json()["status"] == "accepted", answer.text


def _create(client, numbers):
    for number in numbers:
        name = f"Bare {number}"
        client("crm.lead", "create", _values(number) | {"name": name, "type": "lead"})


def _measure(work, targets, numbers):
    """Seconds for all numbers, shared among the clients."""
    shares = [numbers[rank::CLIENTS] for rank in range(CLIENTS)]
    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, targets, shares))
    return time.perf_counter() - begin


def _bench(first, second):
    admin = Rpc(first, "admin", "admin")
    admin("ir.config_parameter", "set_param", "crm.iap.lead.enrich.setting", "manual")
    path = f"/crm/form/{_new_form(admin)}"
    servers = [(first, second)[number % 2] for number in range(CLIENTS)]
    urls = [server.url + path for server in servers]
    clients = [Rpc(server, "admin", "admin") for server in servers]
    _measure(_post, urls, range(9_000_000, 9_000_008))  # warm
    _measure(_create, clients, range(9_100_000, 9_100_008))
    start = 0
    for number in SIZES:
        numbers = range(start, start + number)
        others = range(start + 1_000_000, start + number + 1_000_000)
        bare = _measure(_create, clients, others)
        seconds = _measure(_post, urls, numbers)
        start += number
        record(
            "posts of a capture form, two server processes",
            f"{number:,}",
            f"{number / seconds:.1f} a second",
            f"crm.lead create by RPC {number / bare:.1f} a second",
            f"{seconds / bare:.2f}",
        )
    made = first.sql("SELECT count(*) FROM crm_lead WHERE crm_capture_form_id > 0")
    assert int(made[0]) == sum(SIZES) + 8


def test_bench_capture():
    assert os.environ.get("CRM_EXT_TEMPLATE"), "make bench prepares the databases"
    with LiveServer("capture", cron_threads=0) as first:
        second = LiveServer("capture-second", cron_threads=0)
        second.database = first.database
        try:
            second.start()
            _bench(first, second)
        finally:
            second.stop()
            second.log.unlink(missing_ok=True)
