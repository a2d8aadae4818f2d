# Run after shell_leads.py, in an odoo shell on a database of its own; NUMBER and ANSWER
# are set before.
# ruff: noqa: F821
import json
from datetime import date
from pathlib import Path

from dateutil.relativedelta import relativedelta

MONTHS = 6  # snapshots kept
TODAY = date.today()


def timed_anew(work):
    """As timed, with nothing left in memory."""
    env.invalidate_all()
    return timed(work)


def seed():
    """Half open over the next half-year, a quarter won and a quarter lost in the two
    years before, among the stages; a score each."""
    env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")
    env["crm.score.model"].search([("state", "=", "published")]).action_retire()
    quiet = env["crm.lead"].with_context(tracking_disable=True)
    pattern = quiet.create({"name": "Pattern", "type": "opportunity"})
    stages = env["crm.stage"].search([], order="sequence, id")
    won = stages.filtered("is_won")[:1]
    others = (stages - won).ids
    given = {
        "name": "'Lead ' || n",
        "expected_revenue": "1000 + n % 9000",
        "recurring_revenue_monthly": "n % 7",
        "crm_score": "n % 100",
        "active": "n % 4 <> 1",
        "probability": "CASE n % 4 WHEN 0 THEN 100 WHEN 1 THEN 0 ELSE n % 90 END",
        "won_status": "(ARRAY['won','lost','pending','pending'])[n % 4 + 1]",
        "stage_id": f"CASE n % 4 WHEN 0 THEN {won.id} ELSE"
        f" (ARRAY{others})[n / 4 % {len(others)} + 1] END",
        "date_deadline": "current_date + (n % 180)::integer",
        "create_date": "now() AT TIME ZONE 'UTC' - interval '750 days'",
        "date_closed": "CASE WHEN n % 4 < 2 THEN now() AT TIME ZONE 'UTC'"
        " - (n / 4 % 700) * interval '1 day' END",
    }
    copy_leads(pattern, given, NUMBER)
    vacuum()


def read(model, domain, group, measure):
    return timed_anew(lambda: env[model]._read_group(domain, group, [measure]))


def bare():
    """The same lines, already worked out: the floor of writing a snapshot."""
    env.cr.execute("CREATE TABLE bench_line (LIKE crm_forecast_line INCLUDING ALL)")
    env.cr.execute(
        "SELECT string_agg(quote_ident(column_name), ',') FROM"
        " information_schema.columns WHERE table_name = 'crm_forecast_line'"
    )
    columns = env.cr.fetchone()[0]
    seconds, _done = timed_anew(
        lambda: env.cr.execute(
            f"INSERT INTO bench_line ({columns}) SELECT {columns} FROM"
            f" crm_forecast_line WHERE snapshot_id = {taken[:1].id}"
        )
    )
    env.cr.execute("DROP TABLE bench_line")
    env.cr.commit()
    return seconds


seed()
env["ir.config_parameter"].set_param("crm_ext_core.forecast_minimum", 20)
learn, _weights = timed_anew(env["crm.forecast.weight"]._learn)
take, taken = timed_anew(lambda: env["crm.forecast.snapshot"]._take(TODAY))
lines = sum(taken.mapped("lead_count"))
floor = bare()
for back in range(1, MONTHS):
    day = TODAY.replace(day=1) - relativedelta(months=back)
    env["crm.forecast.snapshot"]._take(day)
vacuum()
now, months = read("crm.forecast", [], ["month:month"], "both_forecast:sum")
past, _rows = read(
    "crm.forecast.accuracy",
    [("level", "=", "all"), ("complete", "=", True)],
    ["method", "ahead"],
    "miss_percent:avg",
)
env.cr.execute("SELECT pg_total_relation_size('crm_forecast_line')")
size = env.cr.fetchone()[0]
Path(ANSWER).write_text(
    json.dumps(
        {
            "learn": learn, "take": take, "bare": floor, "lines": lines, "now": now,
            "past": past, "size": size / MONTHS, "months": len(months),
        }
    )
)  # fmt: skip
