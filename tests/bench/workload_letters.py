"""Fed to the host's shell by bench_letters.py, with SIZES before it.

Each letter as the run sends it (PDF, message, traces, notice), against its PDF alone
from words ready made.
"""
# ruff: noqa: F821 (env and SIZES come from outside)

import time
from datetime import date

from odoo.addons.crm_ext_subscriptions.tools.price_letter import render

START, DAY = date(2014, 2, 1), date(2015, 2, 1)

env = env(context=dict(env.context, tracking_disable=True))
index = env.ref("crm_ext_subscriptions.crm_price_index_syntec_original")
index._get_chain().action_verify()
product = env["product.product"].create({"name": "Bench", "type": "service"})


def approved(number):
    """So many approved revisions of as many customers."""
    partners = env["res.partner"].create(
        [
            {"name": f"B {n}", "is_company": True, "email": f"b{n}@bench.example"}
            for n in range(number)
        ]
    )
    clause = {
        "index_id": index.id,
        "s0_month": START,
        "s0_value": 245.6,
        "s1_rule": "date_month",
    }
    subscriptions = env["crm.subscription"].create(
        [
            {
                "partner_id": partner.id,
                "plan_id": env.ref(
                    "crm_ext_subscriptions.crm_subscription_plan_monthly"
                ).id,
                "date_start": START,
                "line_ids": [(0, 0, {"product_id": product.id, "price_unit": 500})],
                "clause_ids": [(0, 0, clause)],
            }
            for partner in partners
        ]
    )
    subscriptions.action_confirm()
    revisions = subscriptions.line_ids._revise_prices(DAY)
    revisions._approve()
    env.cr.commit()
    env.invalidate_all()
    return revisions


def measure(number):
    revisions = approved(number)
    letters = [one._prepare_letter() for one in revisions]
    started = time.perf_counter()
    for letter in letters:
        render((letter,))
    bare = time.perf_counter() - started
    env.invalidate_all()
    started, queries = time.perf_counter(), env.cr.sql_log_count
    revisions._enqueue_step("letter")
    while env["crm.batch.run"]._process_next_chunk() is not None:
        env.cr.commit()
        env.invalidate_all()
    env.cr.commit()
    taken, made = time.perf_counter() - started, env.cr.sql_log_count - queries
    assert all(revision.notice_sent_on for revision in revisions)
    print("MEASURE", "letters", number, taken, made, bare, sep="\t")


for size in SIZES:
    measure(size)
