"""Run inside `odoo shell` by bench_simulation.py, with NUMBER and ANSWER set."""

# ruff: noqa: F821
import json
import time
from datetime import date

CUSTOMERS, PLANS = 500, 5
FIRST, BEGUN = date(2026, 11, 1), date(2025, 1, 1)


def columns(table, *without):
    env.cr.execute(
        "SELECT quote_ident(column_name) FROM information_schema.columns "
        "WHERE table_name = %s AND NOT column_name = ANY(%s)",
        [table, ["id", *without]],
    )
    return ", ".join(row[0] for row in env.cr.fetchall())


def values_every_month():
    """A series without a hole: that of the product has some."""
    index = env["crm.price.index"].create(
        {"name": "Bench", "code": "BENCH", "earliest_days": 20}
    )
    env["crm.price.index.value"].create(
        [
            {
                "index_id": index.id,
                "month": date(2020 + number // 12, number % 12 + 1, 1),
                "value": 270 + number * 0.6,
            }
            for number in range(82)
        ]
    )
    return index


def first_subscription(manager):
    product = env["product.product"].create({"name": "Service", "type": "service"})
    customers = env["res.partner"].create(
        [{"name": f"Customer {n}", "is_company": True} for n in range(CUSTOMERS)]
    )
    plan = env.ref("crm_ext_subscriptions.crm_subscription_plan_monthly")
    plans = plan.union(*[plan.copy({"name": f"Plan {n}"}) for n in range(1, PLANS)])
    subscription = (
        env["crm.subscription"]
        .with_user(manager)
        .create(
            {
                "partner_id": customers[0].id,
                "plan_id": plan.id,
                "date_start": BEGUN,
                "line_ids": [(0, 0, {"product_id": product.id, "price_unit": 99.99})],
            }
        )
    )
    env["crm.index.clause"].with_user(manager).create(
        {
            "subscription_id": subscription.id,
            "index_id": values_every_month().id,
            "s0_month": date(2024, 10, 1),
            "s1_rule": "month_offset",
            "month_offset": 3,
            "fixed_part": 0.15,
            "cap_percent": 4.0,
        }
    )
    subscription.action_confirm()
    env.flush_all()
    return subscription, customers, plans


def copy_rows(table, row, number, **changed):
    """Copies of a row by plain SQL, its id and these columns changed by expressions."""
    names = columns(table, *changed)
    env.cr.execute(
        f"INSERT INTO {table} (id, {', '.join(changed)}, {names}) "
        f"SELECT {row} + g, {', '.join(changed.values())}, {names} "
        f"FROM {table}, generate_series(1, {number - 1}) g WHERE id = {row}"
    )
    env.cr.execute(f"ANALYZE {table}")


def multiply(subscription, customers, plans, number):
    first, customer = subscription.id, f"{customers[0].id} + g % {CUSTOMERS}"
    days = "DATE '2025-01-01' + (g % 20)"
    chosen = f"(ARRAY{plans.ids})[g % {PLANS} + 1]"
    copy_rows(
        "crm_subscription",
        first,
        number,
        name="'B/' || g",
        date_start=days,
        plan_id=chosen,
        partner_id=customer,
        commercial_partner_id=customer,
        access_token="NULL",
    )
    of = f"{first} + g"
    line, clause = subscription.line_ids.id, subscription.clause_ids.id
    copy_rows("crm_subscription_line", line, number, subscription_id=of)
    version = subscription.line_ids.version_ids.id
    copy_rows(
        "crm_subscription_line_version",
        version,
        number,
        subscription_id=of,
        line_id=f"{line} + g",
        date_from=days,
    )
    copy_rows("crm_index_clause", clause, number, subscription_id=of)
    env.cr.commit()
    env.invalidate_all()


def simulate(manager, years):
    simulation = (
        env["crm.price.simulation"]
        .with_user(manager)
        .create({"is_book": True, "years": years, "date_from": FIRST})
    )
    env.flush_all()
    env.invalidate_all()
    before, started = env.cr.sql_log_count, time.monotonic()
    simulation.action_simulate()
    if simulation.run_id:  # a large book: what the lanes do
        simulation.run_id._run_now()
    env.flush_all()
    answer = {
        "seconds": time.monotonic() - started,
        "queries": env.cr.sql_log_count - before,
        "results": len(simulation.result_ids),
        "revised": len(simulation.result_ids.filtered("revision_count")),
        "customers": len(simulation.customer_ids),
    }
    env.cr.rollback()
    return answer


def work():
    manager = env["res.users"].create(
        {
            "name": "Manager",
            "login": "bench_manager",
            "group_ids": [
                (4, env.ref("crm_ext_subscriptions.group_subscriptions_manager").id)
            ],
        }
    )
    multiply(*first_subscription(manager), NUMBER)
    found = {str(years): simulate(manager, years) for years in (1, 5)}
    with open(ANSWER, "w") as answer:
        json.dump(found, answer)


work()
