"""A book of subscriptions with three years of dated terms, for the benches of MRR.

`SEED` runs in the host's shell, N comes before it: N subscriptions of 0.8 N customers,
five lines for four subscriptions, all terms written by a few statements. `LEDGER` then
queues the rebuild and carries it out, as the lanes do.

Every third line gets a quantity, every line a yearly revision, every tenth a pause of
two months, every sixth is closed, every twentieth is corrected three months late, so
that the ledger has each kind of move and some counters.
"""

# copies of a row by one statement
CLONE = """
def columns(table, leave):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND NOT column_name = ANY(%s)", (table, leave))
    return [row[0] for row in env.cr.fetchall()]

def clone(table, template, source, **values):
    "As many copies of a row as `source` has, with some values of their own."
    same = columns(table, list(values))
    names = ", ".join(f'"{name}"' for name in [*values, *same])
    own = ", ".join(values.values())
    kept = ", ".join(f't."{name}"' for name in same)
    env.cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {own}, {kept}"
        f" FROM {table} t, {source} WHERE t.id = {template}")
    env.cr.execute(
        f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")

def last(table):
    env.cr.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
    return env.cr.fetchone()[0]
"""

SEED = (
    CLONE
    + """
import json, time
from datetime import date
from odoo.fields import Command

FIRST = date(2023, 1, 1)
company = env.company

plan = env.ref("crm_ext_subscriptions.crm_subscription_plan_monthly")
partner = env["res.partner"].create({"name": "Customer 0", "is_company": True})
products = env["product.product"].create(
    [{"name": f"Service {k}", "type": "service"} for k in range(5)]
)
subscription = env["crm.subscription"].create({
    "partner_id": partner.id, "plan_id": plan.id, "date_start": FIRST,
    "line_ids": [Command.create({
        "product_id": products[0].id, "quantity": 1, "price_unit": 100,
        "tax_ids": [Command.clear()],
    })],
})
line = subscription.line_ids
env.flush_all()

customers = max(N * 8 // 10, 1)
p0 = last("res_partner")
clone("res_partner", partner.id, f"generate_series(1, {customers}) n",
      id=f"{p0} + n", name="'Customer ' || n", complete_name="'Customer ' || n",
      commercial_partner_id=f"{p0} + n")
s0 = last("crm_subscription")
start = "DATE '2023-01-01' + (n * 37 % 730)"
owner = f"{p0} + 1 + (n * 7919) % {customers}"
clone("crm_subscription", subscription.id, f"generate_series(1, {N}) n",
      id=f"{s0} + n", name="'S' || n", partner_id=owner, state="'running'",
      commercial_partner_id=owner, partner_invoice_id=owner, date_start=start)
l0 = last("crm_subscription_line")
clone("crm_subscription_line", line.id, f"generate_series(1, {N * 5 // 4}) n",
      id=f"{l0} + n", subscription_id=f"{s0} + 1 + (n - 1) % {N}",
      product_id=f"{products[0].id} + n % 5",
      price_unit="20 + (n * 131 % 90000) / 100.0")

# what happens to line n so many months after its start, and the months until entered
env.cr.execute(f'''
    CREATE TEMP TABLE life AS
    SELECT line.id AS line, line.id - {l0} AS n, sub.id AS sub, event.kind,
           line.price_unit AS price,
           (sub.date_start + make_interval(months => event.month))::date AS day,
           sub.date_start + make_interval(months => event.month + event.late)
               - interval '12 days 3 hours' AS known
      FROM crm_subscription_line line
      JOIN crm_subscription sub ON sub.id = line.subscription_id
      JOIN (VALUES ('entry', 0, 0, 1, 0), ('revision', 12, 0, 1, 0),
                   ('revision', 24, 0, 1, 0), ('quantity', 7, 0, 3, 0),
                   ('quantity', 10, 3, 20, 4), ('pause', 9, 0, 10, 1),
                   ('resume', 11, 0, 10, 1), ('discount', 4, 0, 5, 2),
                   ('close', 20, 0, 6, 5))
           AS event(kind, month, late, each, rest)
        ON (line.id - {l0}) % event.each = event.rest
     WHERE line.id > {l0}
       AND sub.date_start + make_interval(months => event.month)
           < DATE '2023-01-01' + interval '36 months';
    -- a closing ends all lines of the subscription, and what would come after
    CREATE TEMP TABLE closed AS
        SELECT DISTINCT ON (sub) sub, day, known FROM life WHERE kind = 'close';
    DELETE FROM life USING closed
     WHERE life.sub = closed.sub AND (life.day >= closed.day OR life.kind = 'close');
    INSERT INTO life SELECT DISTINCT ON (life.line) life.line, life.n, life.sub,
           'close', life.price, closed.day, closed.known
      FROM life JOIN closed USING (sub) ORDER BY life.line;
    ANALYZE life;
''')
c0 = last("crm_subscription_change")
env.cr.execute(f'''
    INSERT INTO crm_subscription_change (
        id, subscription_id, company_id, kind, effective_date, entered_at, entered_by,
        known_at, term_before, term_after)
    SELECT {c0} + row_number() OVER (), sub, {company.id}, 'close', day, known,
           {env.uid}, known, NULL, day - 1
      FROM closed;
    SELECT setval('crm_subscription_change_id_seq',
                  (SELECT max(id) + 1 FROM crm_subscription_change));
    UPDATE crm_subscription SET date_end = closed.day - 1, date_term = closed.day - 1
      FROM closed WHERE closed.sub = crm_subscription.id;
    INSERT INTO crm_subscription_line_version (
        line_id, subscription_id, company_id, date_from, quantity, standing_quantity,
        price_unit, discount, stop, reason, entered_at, entered_by, known_at, change_id)
    SELECT line, sub, {company.id}, day,
           CASE WHEN life.kind IN ('pause', 'close') THEN 0 ELSE quantity END, quantity,
           round(price * power(1.023, revisions)::numeric, 4), discount,
           CASE WHEN life.kind IN ('pause', 'close') THEN life.kind END, life.kind,
           known, {env.uid}, known, CASE WHEN life.kind = 'close' THEN change.id END
      FROM (SELECT *,
                   1 + count(*) FILTER (WHERE kind = 'quantity') OVER life AS quantity,
                   count(*) FILTER (WHERE kind = 'revision') OVER life AS revisions,
                   10 * count(*) FILTER (WHERE kind = 'discount') OVER life AS discount
              FROM life WINDOW life AS (PARTITION BY line ORDER BY day)) AS life
      LEFT JOIN (SELECT id, subscription_id FROM crm_subscription_change) AS change
        ON change.subscription_id = sub AND life.kind = 'close'
  ORDER BY known, line, day;
''')
env.cr.execute("DROP TABLE life, closed")
env.cr.commit()
env.invalidate_all()
print("{}")
"""
)

# the whole ledger, as the lanes write it
LEDGER = """
import json, time
env["crm.mrr.account"]._enqueue_rebuild()
env.cr.commit()
started = time.monotonic()
batch = env["crm.batch.run"].sudo()
while batch._process_next_chunk() is not None:
    env.cr.commit()
taken = time.monotonic() - started
env.cr.commit()
env.cr.execute("ANALYZE crm_mrr_move")
env.cr.execute("SELECT count(*), count(*) FILTER (WHERE counter) FROM crm_mrr_move")
rows, counters = env.cr.fetchone()
print(json.dumps({"seconds": taken, "rows": rows, "counters": counters}))
"""
