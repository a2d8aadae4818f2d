"""From the MRR of a month to its invoices, over 100,000 subscriptions and 36 months.

The book is that of mrr_seed.py, billed each month in advance: a row of the ledger for
every line and month, and the posted invoices of the months before, of and after the one
that is read. Nothing may be left unexplained.
"""

import sys

import mrr_seed
from support.bench import own_database, run_script
from support.record import record

SIZES = (10_000, 100_000)
BAR_SECONDS = 1.0
GROWTH = 1.25  # of the time a subscription takes, from N to 10 N

LEDGER = """
from odoo.fields import Command

partner = env["res.partner"].create({"name": "Bench", "is_company": True})
invoice = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": partner.id,
    "invoice_date": "2025-06-01",
    "invoice_line_ids": [Command.create(
        {"name": "Service", "price_unit": 100.0, "tax_ids": [Command.clear()]})],
})
invoice.action_post()
env.flush_all()
env.cr.execute('''
    -- the guard of each insert costs more than the row; what is read does not need it
    ALTER TABLE crm_billing_period DROP CONSTRAINT crm_billing_period_no_overlap;
    INSERT INTO crm_billing_period (
        subscription_id, line_id, version_id, partner_id, company_id, currency_id,
        product_id, kind, date_from, date_to, due_date, days, whole_days, quantity,
        price_unit, discount, amount)
    SELECT sub.id, line.id, terms.id, sub.partner_id, sub.company_id, sub.currency_id,
           line.product_id, 'recurring', span.first, span.next - 1, span.first,
           span.next - span.first, span.next - span.first, terms.quantity,
           terms.price_unit, terms.discount,
           round(terms.quantity * terms.price_unit
                 * (1 - COALESCE(terms.discount, 0) / 100), 2)
      FROM crm_subscription_line line
      JOIN crm_subscription sub ON sub.id = line.subscription_id
CROSS JOIN generate_series(0, 35) AS month
CROSS JOIN LATERAL (
           SELECT (sub.date_start + make_interval(months => month))::date AS first,
                  (sub.date_start + make_interval(months => month + 1))::date AS next
           ) span
CROSS JOIN LATERAL (
           SELECT * FROM crm_subscription_line_version version
            WHERE version.line_id = line.id AND version.date_from <= span.first
         ORDER BY version.date_from DESC, version.id DESC LIMIT 1) terms
     WHERE sub.state = 'running' AND span.first <= DATE '2025-12-31'
       AND span.first <= COALESCE(sub.date_term, 'infinity');
    UPDATE crm_subscription SET next_due_date = '2026-01-01' WHERE state = 'running';
    CREATE TEMP TABLE billed AS
    SELECT row_number() OVER (ORDER BY id) AS n, * FROM crm_billing_period
     WHERE quantity <> 0 AND date_from BETWEEN '2025-05-01' AND '2025-07-31';
    ANALYZE billed;
''')
moves, lines = last("account_move"), last("account_move_line")
clone("account_move", invoice.id, "billed b", id=f"{moves} + b.n", name="'B' || b.n",
      date="b.date_from", invoice_date="b.date_from", amount_untaxed="b.amount",
      amount_untaxed_signed="b.amount", sequence_number="b.n")
template = invoice.invoice_line_ids
clone("account_move_line", template.id, "billed b", id=f"{lines} + b.n",
      move_id=f"{moves} + b.n", date="b.date_from", invoice_date="b.date_from",
      balance="-b.amount", amount_currency="-b.amount", credit="b.amount", debit="0",
      price_subtotal="b.amount", crm_billing_period_id="b.id")
env.cr.execute("DROP TABLE billed")
env.cr.commit()
print("{}")
"""

READ = """
import json, time
from datetime import date

admin = env(user=env.ref("base.user_admin").id, su=False)
times = []
for _turn in range(3):
    bridge = admin["crm.invoice.bridge"].create(
        {"date_from": date(2025, 6, 1), "date_to": date(2025, 6, 1)})
    env.flush_all()
    env.invalidate_all()
    started = time.monotonic()
    bridge.action_compute()
    env.flush_all()
    times.append(time.monotonic() - started)
env.cr.commit()
env.cr.execute("SELECT count(*) FROM crm_billing_period")
rows = env.cr.fetchone()[0]
print(json.dumps({
    "seconds": min(times), "rows": rows, "remainder": bridge.remainder,
    "steps": {line.step: line.amount for line in bridge.line_ids if line.amount},
}))
"""


def _figures(number):
    with own_database("bridge") as (base, name):
        for script in (mrr_seed.SEED, mrr_seed.LEDGER, mrr_seed.CLONE + LEDGER):
            run_script(base, name, number, script)
            base.sql("VACUUM ANALYZE", name)
        return run_script(base, name, number, READ)


def test_bench_invoice_bridge():
    each = []
    for number in SIZES:
        read = _figures(number)
        sys.stdout.write(f"{number} {read}\n")
        text = f"{read['seconds']:.2f} s, {read['rows']:,} billed periods"
        record(
            "MRR of a month to its invoices",
            f"{number:,}",
            text,
            f"bar {BAR_SECONDS:.0f} s",
        )
        assert read["remainder"] == 0, read
        assert read["steps"]["mrr"] and read["steps"]["invoiced"]
        each.append(read["seconds"] / number)
    assert each[1] <= GROWTH * each[0]
