# Run after shell_leads.py, in an odoo shell on a database of its own; NUMBER, SAMPLES
# and ANSWER are set before.
# ruff: noqa: F821
import json
import time
from pathlib import Path

TEAMS, MEMBERS = 2, 5
ZIPS = ("35", "22", "29", "56", "44")
quiet = env["base"].with_context(tracking_disable=True, no_reset_password=True).env


def seed():
    """Teams of five, each with a territory, and leads that nobody has."""
    env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")
    env["crm.score.model"].search([("state", "=", "published")]).action_retire()
    for model in ("crm.assignment.rule", "crm.qualification.rule"):
        env[model].search([]).write({"active": False})
    env["crm.team"].search([]).write({"active": False})
    group = env.ref("sales_team.group_sale_salesman")
    teams = env["crm.team"]
    for number in range(TEAMS):
        team = quiet["crm.team"].create({"name": f"Team {number}", "use_leads": True})
        for zip_ in ZIPS:
            login = f"bench_{number}_{zip_}"
            user = quiet["res.users"].create(
                {"name": login, "login": login, "group_ids": [(4, group.id)]}
            )
            env["crm.team.member"].create(
                {
                    "crm_team_id": team.id,
                    "user_id": user.id,
                    "assignment_max": 30 * NUMBER,
                    "assignment_domain": f"[('zip', '=like', '{zip_}%')]",
                    "crm_zip_prefixes": zip_,
                }
            )
        env["crm.assignment.rule"].create(
            {
                "name": team.name,
                "team_id": team.id,
                "domain": f"[('function', '=', '{number}')]",
                "use_absence": False,
                "use_capacity": False,
            }
        )
        teams += team
    pattern = quiet["crm.lead"].create(
        {"name": "Pattern", "type": "lead", "user_id": False, "team_id": False}
    )
    make_leads(pattern)
    vacuum()
    return teams


def make_leads(pattern):
    """The leads of the samples, the smallest first: `city` says which they are in."""
    given = {
        "name": "'Lead ' || n",
        "zip": f"(ARRAY{list(ZIPS)})[n % {len(ZIPS)} + 1] || '000'",
        "function": f"(n / 10 % {TEAMS})::varchar",
        "city": f"width_bucket(n, ARRAY{list(SAMPLES)})::varchar",
        "email_from": "'lead' || n || '@bench' || n || '.example'",
        "email_normalized": "'lead' || n || '@bench' || n || '.example'",
        "email_domain_criterion": "'@bench' || n || '.example'",
    }
    copy_leads(pattern, given, NUMBER)


def sample(number):
    """The domain of the first so many leads."""
    sizes = (*SAMPLES, NUMBER)
    parts = [str(rank) for rank, size in enumerate(sizes) if size <= number]
    return [("city", "in", parts)]


def reset():
    env.cr.execute("DELETE FROM crm_assignment_decision")
    env.cr.execute(
        "UPDATE crm_lead SET user_id = NULL, team_id = NULL, date_open = NULL,"
        " date_conversion = NULL, type = 'lead'"
        " WHERE name LIKE 'Lead %'"
    )
    vacuum()


def given():
    env.cr.execute("SELECT count(*) FROM crm_lead WHERE user_id IS NOT NULL")
    return env.cr.fetchone()[0]


def ours(number):
    """What the cron does: decide, then give part by part, each with its commit."""
    leads = env["crm.lead"].search(sample(number))
    env.invalidate_all()
    begin = time.perf_counter()
    decided = [
        one for one in env["crm.assignment.rule"]._decide(leads) if one[1].user_id
    ]
    for start in range(0, len(decided), 1000):
        env["crm.assignment.decision"]._apply(decided[start : start + 1000])
        env.cr.commit()
    seconds = time.perf_counter() - begin
    assert given() == number, given()
    reset()
    return seconds


def host(number):
    """(share among teams, share among people) of the host, in seconds."""
    for rank, team in enumerate(teams):
        own = [*sample(number), ("function", "=", str(rank))]
        team.assignment_domain = repr(own)
    vacuum()
    begin = time.perf_counter()
    teams._allocate_leads(creation_delta_days=0)
    between = time.perf_counter()
    teams._assign_and_convert_leads(force_quota=True)
    env.cr.commit()
    end = time.perf_counter()
    assert given() == number, given()
    reset()
    return between - begin, end - between


teams = seed()
found = {"ours": {}, "host": {}}
for number in (*SAMPLES, NUMBER):
    found["ours"][number] = ours(number)
for number in SAMPLES:
    found["host"][number] = host(number)
Path(ANSWER).write_text(json.dumps(found))
