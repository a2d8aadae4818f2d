# Run after shell_leads.py, in an odoo shell on a database of its own; NUMBER and ANSWER
# are set before.
# ruff: noqa: F821
import json
import resource
import statistics
from datetime import timedelta
from pathlib import Path

from odoo import fields

VALUES, RULES = 10, 30  # each value is a tenth of the leads
FIELDS = ("city", "street", "zip")
SOURCES = ("form", "download", "visit", "call", "meeting")
CHANGED = 100  # one lead in so many
ASKED = 60
model_of_leads = env["crm.lead"].with_context(tracking_disable=True)


def seed():
    """A quarter won, a quarter lost, half open; the host's seven fields are filled."""
    env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")
    env["ir.config_parameter"].set_param("crm.pls_start_date", "2000-01-01")
    env["crm.score.model"].search([("state", "=", "published")]).action_retire()
    env["crm.qualification.rule"].search([]).write({"active": False})
    pattern = model_of_leads.create({"name": "Pattern"})
    stages = env["crm.stage"].search([], order="sequence, id")
    won = stages.filtered("is_won")[:1]
    countries = env["res.country"].search([], limit=20)
    sources = env["utm.source"].search([], limit=5)
    given = {
        "name": "'Lead ' || n",
        "city": "'v' || n % 10",
        "street": "'v' || n / 10 % 10",
        "zip": "'v' || n / 100 % 10",
        "active": "n % 4 <> 1",
        "probability": "CASE n % 4 WHEN 0 THEN 100 WHEN 1 THEN 0 ELSE 10 END",
        "automated_probability": "CASE n % 4 WHEN 0 THEN 100 WHEN 1 THEN 0 ELSE 10 END",
        "won_status": "(ARRAY['won','lost','pending','pending'])[n % 4 + 1]",
        "stage_id": f"CASE n % 4 WHEN 0 THEN {won.id} ELSE "
        f"(ARRAY{(stages - won).ids})[n % {len(stages - won)} + 1] END",
        "phone_state": "(ARRAY['correct','incorrect',NULL])[n % 3 + 1]",
        "email_state": "(ARRAY['correct','incorrect'])[n / 3 % 2 + 1]",
        "country_id": f"(ARRAY{countries.ids})[n % 20 + 1]",
        "source_id": f"(ARRAY{sources.ids})[n / 7 % 4 + 1]",
        "lang_id": "NULL",
        "crm_score": "NULL",
        "crm_score_model_id": "NULL",
        "create_date": "now() AT TIME ZONE 'UTC' - n % 300 * interval '1 day'",
    }
    copy_leads(pattern, given, NUMBER)
    for shift, source in enumerate(SOURCES):
        env.cr.execute(
            "INSERT INTO crm_score_event (lead_id, source, date, ref)"
            " SELECT id, %s, now() AT TIME ZONE 'UTC' - id %% 60 * interval '1 day',"
            " 'seed' FROM crm_lead WHERE name LIKE 'Lead %%' AND id / 7 %% 10 = %s",
            (source, shift),
        )
    env.cr.commit()
    vacuum()


def publish():
    """25 rules on what the leads are, five on what happened, with caps and fading."""
    attributes = [
        {
            "name": f"{name} {value}",
            "points": 3 + value,
            "domain": repr([(name, "=", f"v{value}")]),
            "cap_group": name,
            "cap": 10,
        }
        for name in FIELDS
        for value in range(VALUES)
    ][: RULES - len(SOURCES)]
    events = [
        {
            "name": source,
            "points": 20,
            "kind": "event",
            "event_source": source,
            "repeatable": True,
            "fade": "half_life",
            "fade_days": 30,
        }
        for source in SOURCES
    ]
    model = env["crm.score.model"].create(
        {
            "name": "Bench",
            "fit_cap": 60,
            "engagement_cap": 60,
            "rule_ids": [(0, 0, rule) for rule in attributes + events],
        }
    )
    model._publish()
    env.cr.commit()
    return model


def score_base():
    """What one lane does, chunk by chunk, each with its commit."""
    run = env["crm.score.model"]._enqueue_all()
    while run.sudo().state not in ("done", "failed"):
        env["crm.batch.run"].sudo()._process_next_chunk()
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    assert run.state == "done", run.failure_ids.mapped("reason")


def bare_insert():
    """The same rows, already known: the floor of writing the ledger."""
    names = "lead_id, model_id, rule_id, event_id, date, opened_at, points, fades_at"
    env.cr.execute(f"CREATE TABLE bench_rows AS SELECT {names} FROM crm_score_entry")
    env.cr.execute("TRUNCATE crm_score_entry")
    vacuum()
    seconds, _done = timed(
        lambda: env.cr.execute(
            f"INSERT INTO crm_score_entry ({names}) SELECT {names} FROM bench_rows"
        )
    )
    env.cr.execute("DROP TABLE bench_rows")
    return seconds


def change_some():
    env.cr.execute(
        "UPDATE crm_lead SET city = 'v' || (substr(city, 2)::int + 1) %% 10"
        " WHERE id %% %s = 0 AND city LIKE 'v%%'",
        (CHANGED,),
    )
    env.cr.commit()


def one_event(number):
    """The time of an event until its lead's new score is written."""
    times = []
    leads = model_of_leads.search([("name", "=like", "Lead %")], limit=number)
    now = fields.Datetime.now()
    for lead in leads:
        env.invalidate_all()
        facts = [(lead.id, now - timedelta(minutes=1), "bench")]
        seconds, _leads = timed(lambda: env["crm.score.event"]._log("visit", facts))  # noqa: B023
        times.append(1000 * seconds)
    times.sort()
    return statistics.median(times), times[int(0.95 * len(times))]


def one_change(number):
    """The time that a write on a judged field takes, and one on a field that is not."""
    leads = model_of_leads.search([("name", "=like", "Lead %")], limit=number)
    told = {}
    for name in ("city", "description"):
        times = []
        for i, lead in enumerate(leads):
            value = f"v{i % 10}" if lead[name] != f"v{i % 10}" else "v11"
            seconds, _done = timed(lambda: lead.write({name: value}))  # noqa: B023
            times.append(1000 * seconds)
        told[name] = statistics.median(times)
    return told["city"], told["description"]


seed()
publish()
begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
fill, _done = timed(score_base)
env.cr.execute("SELECT count(*) FROM crm_score_entry WHERE ended_at IS NULL")
rows = env.cr.fetchone()[0]
bare = bare_insert()
vacuum()
quiet, _done = timed(score_base)
change_some()
again, _done = timed(score_base)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
env.cr.execute("SELECT pg_total_relation_size('crm_score_entry')")
size = env.cr.fetchone()[0]
env.cr.execute(
    "SELECT count(*) FROM crm_lead lead WHERE crm_score IS DISTINCT FROM (SELECT"
    " round(COALESCE(sum(points), 0)) FROM crm_score_entry entry WHERE"
    " entry.lead_id = lead.id AND ended_at IS NULL)"
)
wrong = env.cr.fetchone()[0]
vacuum()  # else autovacuum does it while single events are timed
event, event_high = one_event(ASKED)
judged, plain = one_change(ASKED)
host = None
if NUMBER <= 100_000:
    vacuum()
    host, _done = timed(model_of_leads._cron_update_automated_probabilities)
Path(ANSWER).write_text(
    json.dumps(
        {
            "rows": rows, "fill": fill, "bare": bare, "quiet": quiet, "again": again,
            "host": host, "memory": memory, "grown": memory - begin, "size": size,
            "wrong": wrong, "event": event, "event_high": event_high,
            "judged": judged, "plain": plain,
        }
    )
)  # fmt: skip
