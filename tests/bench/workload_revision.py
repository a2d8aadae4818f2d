"""Fed to the host's shell by bench_revision.py, which sets SIZES before it: numbers of
subscriptions. Prints one line a measure: name, number, seconds, queries.
"""

import time
from datetime import date

from odoo.addons.crm_ext_subscriptions.models import (
    crm_price_campaign_run,
    crm_price_revision_batch,
)

START, DAY = date(2014, 2, 1), date(2015, 2, 1)
BATCH = 1000

env = env(context=dict(env.context, tracking_disable=True))  # noqa: F821 the shell's
index = env.ref("crm_ext_subscriptions.crm_price_index_syntec_original")
index._get_chain().action_verify()
product = env["product.product"].create({"name": "Bench", "type": "service"})
partners = env["res.partner"].create(
    [{"name": f"Bench {n}", "is_company": True} for n in range(500)]
)


def seed(number):
    """A plan with so many running subscriptions of one line, each with its clause."""
    plan = env["crm.subscription.plan"].create(
        {"name": f"Bench {number}", "interval": 1, "unit": "month"}
    )
    for first in range(0, number, BATCH):
        subscriptions = env["crm.subscription"].create(
            [
                {
                    "partner_id": partners[n % len(partners)].id,
                    "plan_id": plan.id,
                    "date_start": START,
                    "line_ids": [
                        (0, 0, {"product_id": product.id, "price_unit": 500 + n % 97})
                    ],
                    "clause_ids": [
                        (
                            0,
                            0,
                            {
                                "index_id": index.id,
                                "s0_month": START,
                                "s0_value": 245.6,
                                "s1_rule": "date_month",
                            },
                        )
                    ],
                }
                for n in range(first, min(first + BATCH, number))
            ]
        )
        subscriptions.action_confirm()
        env.cr.commit()
        env.invalidate_all()
    return plan


def tell(name, number, started, queries):
    seconds = time.perf_counter() - started
    made = env.cr.sql_log_count - queries
    print(f"MEASURE\t{name}\t{number}\t{seconds:.3f}\t{made}")


def measure(name, number, work):
    """One step, its run carried out chunk by chunk as the lanes do, and committed."""
    env.invalidate_all()
    started, queries = time.perf_counter(), env.cr.sql_log_count
    work()
    runs = env["crm.batch.run"]
    while runs._process_next_chunk() is not None:
        env.cr.commit()
        env.invalidate_all()
    env.cr.commit()
    tell(name, number, started, queries)


def revise(number, plan):
    campaign = env["crm.price.campaign"].create(
        {"effective_date": DAY, "plan_ids": [(6, 0, plan.ids)]}
    )
    measure("preview", number, campaign.action_preview)
    measure("make", number, campaign.action_make)
    measure("approve", number, campaign.action_approve)
    measure("apply", number, campaign.action_apply)
    applied = env["crm.price.revision"].search([("campaign_id", "=", campaign.id)])
    assert len(applied) == number, len(applied)
    assert set(applied.mapped("state")) == {"applied"}
    assert not campaign.failure_count
    return applied.ids


def copy_values(model, ids):
    """Values of records as they stand, to create them anew."""
    names = [
        name
        for name, field in env[model]._fields.items()
        if field.store
        and field.type != "one2many"
        and not field.related
        and name not in ("id", "create_uid", "create_date", "write_uid", "write_date")
        and not name.startswith(("message_", "activity_"))
    ]
    records = env[model].browse(ids)
    return [
        {
            name: record._fields[name].convert_to_write(record[name], record)
            for name in names
        }
        for record in records
    ]


def floor(number, ids):
    """The same revisions and versions created bare, from values ready made."""
    revisions = copy_values("crm.price.revision", ids)
    lines = env["crm.price.revision"].browse(ids).line_id
    versions = copy_values(
        "crm.subscription.line.version",
        lines.version_ids.filtered("price_revision_id").ids,
    )
    for vals in revisions:
        vals["state"] = "undone"  # one a line and date is the rule
    env.invalidate_all()
    started, queries = time.perf_counter(), env.cr.sql_log_count
    for first in range(0, number, 200):
        env["crm.price.revision"].create(revisions[first : first + 200])
        env["crm.subscription.line.version"].create(versions[first : first + 200])
        env.flush_all()
        env.invalidate_all()
    tell("floor", number, started, queries)
    env.cr.rollback()


for module in (crm_price_campaign_run, crm_price_revision_batch):
    module.IMMEDIATE = 0
for _number in SIZES:  # noqa: F821 set by the bench
    _ids = revise(_number, seed(_number))
    floor(_number, _ids)
