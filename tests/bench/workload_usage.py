"""Fed to the host's shell by bench_usage.py, which sets INTAKE and PRICING before it:
numbers of events. Prints one line a measure: name, number, seconds.
"""

import io
import time
from datetime import date, datetime, timedelta

LINES = 200
CALL = 1000
START, UNTIL = date(2026, 1, 1), date(2026, 2, 1)
COLUMNS = (
    "meter_id,line_id,subscription_id,company_id,at,day,quantity,key,source,is_late,"
    "create_uid,create_date,write_uid,write_date"
)

env = env(context=dict(env.context, tracking_disable=True))  # noqa: F821 the shell's
meter = env["crm.usage.meter"].create(
    {"name": "Bench", "code": "bench", "tz": "Europe/Paris"}
)
tiers = [(0, 0, {"up_to": up_to, "price_unit": 0.01}) for up_to in (1000, 50000, 0)]
tariff = env["crm.usage.price"].create(
    {"name": "Bench", "allowance": 100, "minimum": 5, "tier_ids": tiers}
)
product = env["product.product"].create({"name": "Calls", "type": "service"})
partner = env["res.partner"].create({"name": "Bench"})
line = {
    "product_id": product.id,
    "line_type": "usage",
    "meter_id": meter.id,
    "usage_price_id": tariff.id,
}
subscriptions = env["crm.subscription"].create(
    [
        {"partner_id": partner.id, "date_start": START, "line_ids": [(0, 0, line)]}
        for _number in range(LINES)
    ]
)
subscriptions.action_confirm()
env.cr.commit()
lines = subscriptions.line_ids


def tell(name, number, started):
    print(f"MEASURE\t{name}\t{number}\t{time.perf_counter() - started:.4f}")


def instant(number):
    return datetime(2026, 1, 1, 8) + timedelta(seconds=number % 2_000_000)


def record(number):
    """The API, in calls of 1,000 events that each commit."""
    calls = [
        [
            {
                "meter": "bench",
                "line_id": lines[n % LINES].id,
                "at": instant(n).isoformat() + "+00:00",
                "quantity": n % 50,
                "key": f"record-{number}-{n}",
            }
            for n in range(first, first + CALL)
        ]
        for first in range(0, number, CALL)
    ]
    started = time.perf_counter()
    for call in calls:
        env.invalidate_all()
        env["crm.usage.event"].record(call)
        env.cr.commit()
    tell("record", number, started)


def copy(number):
    """The same rows, ready made, by a bare COPY into the same table, as often."""
    pages = []
    for first in range(0, number, CALL):
        rows = io.StringIO()
        for n in range(first, first + CALL):
            own, at = lines[n % LINES], instant(n)
            rows.write(
                f"{meter.id}\t{own.id}\t{own.subscription_id.id}\t{own.company_id.id}"
                f"\t{at}\t{at.date()}\t{n % 50}\tcopy-{number}-{n}\tapi\tf"
                f"\t1\t{at}\t1\t{at}\n"
            )
        rows.seek(0)
        pages.append(rows)
    started = time.perf_counter()
    for rows in pages:
        env.cr.copy_expert(f"COPY crm_usage_event ({COLUMNS}) FROM STDIN", rows)
        env.cr.commit()
    tell("copy", number, started)


def clear():
    env.cr.execute("DELETE FROM crm_usage_event WHERE meter_id = %s", [meter.id])
    env.cr.commit()


def price(number):
    """Aggregate and price a month of usage of all lines, then hand out the events."""
    clear()
    env.cr.execute(
        f"""INSERT INTO crm_usage_event ({COLUMNS})
            SELECT %s, l.id, l.subscription_id, l.company_id, t.at, t.at::date,
                   n %% 50, 'seed-' || n, 'api', false, 1, t.at, 1, t.at
              FROM generate_series(1, %s) n
              JOIN LATERAL (SELECT %s::timestamp + n * interval '2 seconds' AS at) t
                   ON true
              JOIN crm_subscription_line l ON l.id = (%s::int[])[1 + n %% %s]""",
        [meter.id, number, datetime(2026, 1, 1, 8), lines.ids, LINES],
    )
    env.cr.commit()
    env.cr.execute("ANALYZE crm_usage_event")
    env.cr.commit()
    env.invalidate_all()
    started = time.perf_counter()
    vals_list = subscriptions._prepare_due_rows(UNTIL)
    tell("price", number, started)
    billed = sum(float(vals["usage_detail"]["quantity"]) for vals in vals_list)
    env.cr.execute(
        "SELECT sum(quantity) FROM crm_usage_event WHERE meter_id = %s AND day < %s",
        [meter.id, UNTIL],
    )
    (metered,) = env.cr.fetchone()
    assert len(vals_list) == LINES and round(billed) == round(metered)
    started = time.perf_counter()
    env["crm.billing.period"].create(vals_list)
    env.flush_all()
    tell("attach", number, started)
    env.cr.rollback()


for _number in INTAKE:  # noqa: F821 set by the bench
    copy(_number)
    record(_number)
for _number in PRICING:  # noqa: F821 set by the bench
    price(_number)
clear()
