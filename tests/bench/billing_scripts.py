"""What bench_billing.py runs in the host's shell; N, DAY and SIZE come before it."""

PRELUDE = """
import json, resource, time
from datetime import date
from odoo.fields import Command

DAY = date(2026, 2, 1)
QUIET = {
    "tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True,
    "mail_create_nosubscribe": True,
}
customers = env["res.partner"].search([("name", "=like", "Customer %")], order="id")
products = env["product.product"].search([("name", "=like", "Service %")], order="id")

def prices(rank):
    "No two invoices are alike: what was computed for one serves no other."
    return [round(20 + (rank * 7919 + 131 * k) % 90000 / 100, 2) for k in range(3)]

def vals_lines(rank):
    return [
        {
            "product_id": product.id, "quantity": 1 + k, "price_unit": price,
            "name": product.name,
        }
        for k, (product, price) in enumerate(zip(products, prices(rank)))
    ]

def measure(work):
    env.cr.commit()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.monotonic()
    work()
    taken = time.monotonic() - started
    domain = [("state", "=", "posted"), ("invoice_date", "=", DAY)]
    made = env["account.move"].search_count(domain)
    assert made == N, made
    print(json.dumps({
        "rate": N / taken,
        "queries": (env.cr.sql_log_count - queries) / N,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))
"""

# customers, and a history with payments
SEED = """
company = env.company
customers = env["res.partner"].create([
    {
        "name": f"Customer {rank}", "is_company": True, "city": "Rennes",
        "country_id": env.ref("base.fr").id, "email": f"c{rank}@customer.example",
    }
    for rank in range(500)
])
tax = [Command.set(company.account_sale_tax_id.ids)]
products = env["product.product"].create([
    {"name": f"Service {k}", "type": "service", "taxes_id": tax} for k in range(3)
])
moves = env["account.move"].with_context(**QUIET).create([
    {
        "move_type": "out_invoice", "partner_id": customers[rank].id,
        "invoice_date": "2025-12-01",
        "invoice_line_ids": [Command.create(vals) for vals in vals_lines(rank)],
    }
    for rank in range(400)
])
moves.action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=moves[:40].ids
).create({"group_payment": False}).action_create_payments()
env.ref("base.user_admin").group_ids += env.ref("account.group_account_invoice")
env.cr.commit()
print("{}")
"""

SUBSCRIPTIONS = """
plan = env.ref("crm_ext_subscriptions.crm_subscription_plan_monthly")
for start in range(0, N, 200):
    subscriptions = env["crm.subscription"].with_context(**QUIET).create([
        {
            "partner_id": customers[rank % 500].id, "plan_id": plan.id,
            "date_start": DAY,
            "line_ids": [Command.create(vals) for vals in vals_lines(rank)],
        }
        for rank in range(start, min(N, start + 200))
    ])
    subscriptions.action_confirm()
    env.cr.commit()
    env.invalidate_all()
print("{}")
"""

CONTRACTS = """
for start in range(0, N, 200):
    env["contract.contract"].with_context(**QUIET).create([
        {
            "name": f"Contract {rank}", "partner_id": customers[rank % 500].id,
            "line_recurrence": True,
            "contract_line_ids": [
                Command.create(vals | {
                    "recurring_rule_type": "monthly", "recurring_interval": 1,
                    "recurring_invoicing_type": "pre-paid",
                    "date_start": DAY, "recurring_next_date": DAY,
                })
                for vals in vals_lines(rank)
            ],
        }
        for rank in range(start, min(N, start + 200))
    ])
    env.cr.commit()
    env.invalidate_all()
print("{}")
"""

# the run of the product, as its lanes do it: rows, ledger, invoices, posting, notes
OURS = """
def work():
    user = env.ref("base.user_admin")
    engine = env(user=user.id, su=False)["crm.subscription"]
    due = engine.search([("state", "=", "running"), ("next_due_date", "<=", DAY)])
    run = engine._enqueue_billing(due, DAY, DAY, True).sudo()
    while env["crm.batch.run"].sudo()._process_next_chunk() is not None:
        env.cr.commit()
    assert run.state == "done" and not run.crm_by_host_count, run.state

measure(work)
"""

# what the host can do at best: batches of 200, then action_post; nothing else is made
FLOOR = """
def work():
    for start in range(0, N, 200):
        moves = env["account.move"].with_context(**CONTEXT).create([
            {
                "move_type": "out_invoice", "invoice_date": DAY,
                "partner_id": customers[rank % 500].id,
                "invoice_line_ids": [Command.create(vals) for vals in vals_lines(rank)],
            }
            for rank in range(start, min(N, start + 200))
        ])
        moves.action_post()
        env.cr.commit()
        env.invalidate_all()

measure(work)
"""
FLOOR_QUIET = f"CONTEXT = QUIET\n{FLOOR}"
FLOOR_TRACKED = f"CONTEXT = {{}}\n{FLOOR}"

OCA = """
def work():
    env["contract.contract"].cron_recurring_create_invoice(DAY)
    env.cr.commit()
    domain = [("state", "=", "draft"), ("invoice_date", "=", DAY)]
    drafts = env["account.move"].search(domain, order="id")
    for start in range(0, len(drafts), 200):
        drafts[start:start + 200].action_post()
        env.cr.commit()
        env.invalidate_all()

measure(work)
"""
