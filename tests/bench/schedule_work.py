"""Run inside `odoo shell` by bench_schedule.py, with NUMBER, TASK and ANSWER set."""

# ruff: noqa: F821
import json
import statistics
import time
from datetime import date

from lxml import etree

LINES = 3


def columns(table):
    env.cr.execute(
        "SELECT quote_ident(column_name) FROM information_schema.columns "
        "WHERE table_name = %s AND column_name NOT IN ('id', 'name', "
        "'subscription_id', 'line_id', 'access_token')",
        [table],
    )
    return ", ".join(row[0] for row in env.cr.fetchall())


def first_subscription():
    user = env["res.users"].create(
        {
            "name": "Seller",
            "login": "bench_seller",
            "group_ids": [
                (4, env.ref("crm_ext_subscriptions.group_subscriptions_user").id)
            ],
        }
    )
    product = env["product.product"].create({"name": "Service", "type": "service"})
    customer = env["res.partner"].create({"name": "Customer"})
    line = {"product_id": product.id, "price_unit": 99.99}
    subscription = (
        env["crm.subscription"]
        .with_user(user)
        .create(
            {
                "partner_id": customer.id,
                "date_start": date(2026, 1, 17),
                "anchor_days": "1",
                "instalments": 12,
                "line_ids": [(0, 0, line) for _number in range(LINES)],
            }
        )
    )
    subscription.action_confirm()
    env.flush_all()
    return subscription


def multiply(subscription, number):
    """Copies by plain SQL: the subscription, its lines, their versions and taxes."""
    lines, versions = subscription.line_ids.ids, subscription.version_ids.ids
    first, line, version = subscription.id, max(lines), max(versions)
    named = columns("crm_subscription")
    env.cr.execute(
        f"INSERT INTO crm_subscription (id, name, {named}) "
        f"SELECT {first} + g, 'B/' || g, {named} FROM crm_subscription, "
        f"generate_series(1, {number - 1}) g WHERE id = {first}"
    )
    # PostgreSQL plans its checks of foreign keys by what it knows of the tables
    env.cr.execute("ANALYZE crm_subscription")
    named = columns("crm_subscription_line")
    for rank, source in enumerate(lines):
        env.cr.execute(
            f"INSERT INTO crm_subscription_line (id, name, subscription_id, {named}) "
            f"SELECT {line} + g * {LINES} + {rank}, name, {first} + g, {named} "
            f"FROM crm_subscription_line, generate_series(1, {number - 1}) g "
            f"WHERE id = {source}"
        )
    env.cr.execute(
        "INSERT INTO account_tax_crm_subscription_line_rel "
        "SELECT l.id, t.account_tax_id FROM crm_subscription_line l, "
        f"account_tax_crm_subscription_line_rel t WHERE l.id > {line} "
        f"AND t.crm_subscription_line_id = {lines[0]}"
    )
    env.cr.execute("ANALYZE crm_subscription_line")
    named = columns("crm_subscription_line_version")
    env.cr.execute(
        f"INSERT INTO crm_subscription_line_version (id, line_id, subscription_id, "
        f"{named}) SELECT {version} + row_number() OVER (), l.id, l.subscription_id, "
        f"{', '.join('v.' + name.strip() for name in named.split(','))} "
        f"FROM crm_subscription_line l, crm_subscription_line_version v "
        f"WHERE l.id > {line} AND v.id = {versions[0]}"
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def specification(model, node):
    """What the web client would ask for to show a view."""
    wanted = {}
    for field in node.xpath(".//field[not(ancestor::field)]"):
        name = field.get("name")
        kind = model._fields[name].type
        wanted[name] = {}
        if kind == "many2one":
            wanted[name] = {"fields": {"display_name": {}}}
        elif kind in ("one2many", "many2many"):
            inner = field.find("list")
            comodel = env[model._fields[name].comodel_name]
            fields = {} if inner is None else specification(comodel, inner)
            wanted[name] = {"fields": fields}
    return wanted


def measured(call):
    """Median of five cold-cache calls in one process, and the queries of the last."""
    call()
    times = []
    for _time in range(5):
        env.invalidate_all()
        before, started = env.cr.sql_log_count, time.monotonic()
        call()
        times.append((time.monotonic() - started) * 1000)
        queries = env.cr.sql_log_count - before
    return {"ms": statistics.median(times), "queries": queries}


def preview(seller, ids):
    subscriptions = seller.browse(ids)
    before, started = env.cr.sql_log_count, time.monotonic()
    schedules = subscriptions.get_schedules()
    return {
        "seconds": time.monotonic() - started,
        "queries": env.cr.sql_log_count - before,
        "rows": sum(len(schedule["rows"]) for schedule in schedules),
    }


def pages(seller, ids):
    views = seller.get_views([(False, "list"), (False, "form")])["views"]
    lists, forms = (
        specification(seller, etree.fromstring(views[kind]["arch"]))
        for kind in ("list", "form")
    )
    middle = seller.browse(ids[len(ids) // 2])
    return {
        "list": measured(lambda: seller.web_search_read([], lists, limit=80)),
        "form": measured(lambda: middle.web_read(forms)),
    }


def work():
    subscription = first_subscription()
    multiply(subscription, NUMBER)
    seller = subscription.browse()
    ids = list(range(subscription.id, subscription.id + NUMBER))
    found = {"preview": preview, "pages": pages}[TASK](seller, ids)
    with open(ANSWER, "w") as answer:
        json.dump(found, answer)


work()
