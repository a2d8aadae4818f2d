"""The MRR ledger: its rebuild beside one pass of SQL, and the MRR at a date.

The floor is one INSERT ... SELECT that only takes the difference of consecutive terms
of each line, into the same table with the same indexes: no kinds by customer, no terms
of contracts, nothing as known at a date. Sizes are subscriptions, over 36 months.
"""

import sys

import mrr_seed
from support.bench import own_database, run_script
from support.record import record

SIZES = (10_000, 100_000)
BAR_SECONDS = 1.0
GROWTH = 1.25  # of the time a row takes, from N to 10 N

FLOOR = """
import json, time
started = time.monotonic()
env.cr.execute('''
    INSERT INTO crm_mrr_move (
        company_id, currency_id, partner_id, subscription_id, line_id, product_id,
        plan_id, user_id, date, kind, cause, amount, line_currency_id,
        amount_currency, rate, known_at, counter, version_id, change_id)
    SELECT sub.company_id, sub.currency_id, sub.commercial_partner_id, sub.id, line.id,
           line.product_id, sub.plan_id, sub.user_id, steps.date_from,
           CASE WHEN step > 0 THEN 'expansion' ELSE 'contraction' END, 'price', step,
           sub.currency_id, step, 1, steps.known_at, false, steps.id, steps.change_id
      FROM (SELECT *, value - lag(value, 1, 0) OVER (
                       PARTITION BY line_id ORDER BY date_from, id) AS step
              FROM (SELECT *, round(quantity * price_unit
                                    * (1 - COALESCE(discount, 0) / 100), 2) AS value
                      FROM crm_subscription_line_version) AS terms) AS steps
      JOIN crm_subscription_line line ON line.id = steps.line_id
      JOIN crm_subscription sub ON sub.id = line.subscription_id
     WHERE step <> 0 AND sub.state <> 'draft' ''')
env.cr.commit()
taken = time.monotonic() - started
env.cr.execute("SELECT count(*) FROM crm_mrr_move")
rows = env.cr.fetchone()[0]
env.cr.execute("TRUNCATE crm_mrr_move")
env.cr.commit()
print(json.dumps({"seconds": taken, "rows": rows}))
"""

READ = """
import json, time
ledger = env(user=env.ref("base.user_admin").id, su=False)["crm.mrr.move"]

def best(work):
    times = []
    for _turn in range(3):
        env.invalidate_all()
        started = time.monotonic()
        found = work()
        times.append(time.monotonic() - started)
    return min(times), found

now, mrr = best(lambda: ledger.get_mrr("2025-06-30"))
then, before = best(lambda: ledger.get_mrr("2025-06-30", known_on="2025-03-31"))
assert mrr["mrr"] and before["mrr"] and mrr["mrr"] != before["mrr"]
started = time.monotonic()
broken = {
    name: getattr(env["crm.mrr.move"], f"_audit_{name}")().broken
    for name in ("lines", "days", "transfers", "pauses", "owners")
}
audit = time.monotonic() - started
print(json.dumps({"now": now, "then": then, "audit": audit, "broken": broken}))
"""


def _figures(number):
    with own_database("mrr") as (base, name):
        run_script(base, name, number, mrr_seed.SEED)
        base.sql("VACUUM ANALYZE", name)
        floor = run_script(base, name, number, FLOOR)
        ledger = run_script(base, name, number, mrr_seed.LEDGER)
        base.sql("VACUUM ANALYZE", name)
        return floor, ledger, run_script(base, name, number, READ)


def _tell(number, floor, ledger, read):
    ratio = f"{ledger['seconds'] / floor['seconds']:.1f}"
    text = f"{ledger['seconds']:.1f} s, {ledger['rows']:,} rows"
    against = f"one pass of SQL {floor['seconds']:.1f} s"
    record("rebuild of the MRR ledger", f"{number:,}", text, against, ratio)
    text = f"{read['now']:.2f} s, as known on a date {read['then']:.2f} s"
    record("MRR at a date", f"{number:,}", text, f"bar {BAR_SECONDS:.0f} s")
    text = f"{read['audit']:.1f} s, nothing broken"
    record("nightly audit of the MRR ledger", f"{number:,}", text)
    sys.stdout.write(f"{number} {floor} {ledger} {read}\n")


def test_bench_mrr():
    each = []
    for number in SIZES:
        floor, ledger, read = _figures(number)
        _tell(number, floor, ledger, read)
        assert not any(read["broken"].values()), read
        assert max(read["now"], read["then"]) < BAR_SECONDS
        each.append(ledger["seconds"] / ledger["rows"])
    assert each[1] <= GROWTH * each[0]
