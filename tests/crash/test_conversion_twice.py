"""Two people, or one who clicks twice, convert the same lead in two processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.data import new_user
from support.record import record
from support.rpc import Rpc
from support.server import LiveServer

LEADS = 6
SALES = ["sales_team.group_sale_salesman_all_leads"]


def _convert(seller, wizard, lead):
    """One connection's click; the answer tells what it was shown."""
    return seller(
        "crm.lead2opportunity.partner",
        "action_apply",
        [wizard],
        context={"active_ids": [lead]},
    )


def _new_lead(seller, number, company):
    return seller(
        "crm.lead",
        "create",
        {
            "name": f"Twice {number}",
            "type": "lead",
            "partner_name": company,
            "contact_name": f"Person {number}",
            "email_from": f"person{number}@twice.example",
        },
    )


def _open(seller, lead):
    return seller("crm.lead2opportunity.partner", "create", {"lead_id": lead})


@pytest.mark.prove
def test_co_26_two_processes_convert_once():
    with LiveServer("convert", cron_threads=0) as server:
        admin = Rpc(server, "admin", "admin")
        logins = [new_user(admin, f"seller{n}", SALES) for n in range(2)]
        sellers = [Rpc(server, *login) for login in logins]
        with ThreadPoolExecutor(2) as pool:
            for number in range(LEADS):
                lead = _new_lead(sellers[0], number, f"Twice company {number}")
                wizards = [_open(seller, lead) for seller in sellers]
                answers = list(
                    pool.map(_convert, sellers, wizards, [lead] * len(sellers))
                )
                told = [one for one in answers if one.get("tag")]
                assert len(told) == 1, answers
                assert "converted" in told[0]["params"]["message"]
        made = server.sql(
            "SELECT count(*) FROM res_partner WHERE name LIKE 'Twice company %'"
            " OR email_normalized LIKE 'person%@twice.example'"
        )
        assert int(made[0]) == 2 * LEADS
        # two leads of one company, each in its process: one company
        leads = [_new_lead(sellers[0], 100 + n, "Shared company") for n in range(2)]
        wizards = [_open(*pair) for pair in zip(sellers, leads, strict=True)]
        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(_convert, *one)
                    for one in zip(sellers, wizards, leads, strict=True)]  # fmt: skip
            failed = [job.exception() for job in jobs if job.exception()]
        assert len(failed) <= 1
        shared = server.sql(
            "SELECT count(*) FROM res_partner WHERE name = 'Shared company'"
        )
        assert int(shared[0]) == 1
    record("Two processes converting the same lead", LEADS, "0 made twice")
