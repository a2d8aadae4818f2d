"""Installing, upgrading and uninstalling on a host that has its own life."""

import os

import pytest
from support.record import record
from support.server import databases

from config.host.databases import ADDONS

FULL = bool(os.environ.get("CRM_EXT_FULL"))
# core brings nothing, portal brings all but campaigns: the two ends stand for the
# middle
ALONE = ADDONS if FULL else ("crm_ext_campaigns", "crm_ext_portal")
# what bills, sends or scores waits for the set-up screen; states only follow what was
# entered
# lanes do what was asked; the others look, note the meetings held, or keep the ledger
# of MRR up to date
MAY_RUN = {"lane", "audit", "states", "keep", "meetings"}

# An accountant's world after a year of use: a posted invoice of ours.
BILL_ONE = """
product = env['product.product'].create({'name': 'Maintenance', 'type': 'service'})
plan = env.ref('crm_ext_subscriptions.crm_subscription_plan_monthly')
customer = env['res.partner'].create({'name': 'Minoterie'})
subscription = env['crm.subscription'].create({
    'partner_id': customer.id,
    'plan_id': plan.id,
    'date_start': '2026-01-01',
    'line_ids': [(0, 0, {'product_id': product.id, 'quantity': 1, 'price_unit': 500})],
})
subscription.action_confirm()
subscription.action_approve_catch_up()
subscription.action_bill_now()
env.cr.commit()
"""
LEFT_BEHIND = {
    "models": (
        "SELECT model FROM ir_model WHERE model LIKE 'crm.subscription%' "
        "OR model IN ('crm.case', 'crm.batch.run', 'crm.segment', 'crm.bounce')"
    ),
    "records": (
        "SELECT module || '.' || name FROM ir_model_data WHERE module LIKE 'crm_ext_%'"
    ),
    "views": "SELECT name FROM ir_ui_view WHERE arch_db::text ~ 'crm_ext_'",
    "columns": (
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE"
        " table_name IN ('crm_lead', 'res_partner', 'account_move',"
        " 'account_move_line', 'sale_order', 'product_template', 'utm_campaign',"
        " 'mailing_trace') AND column_name ~ '^crm_'"
    ),
    "crons": "SELECT code FROM ir_act_server WHERE code ~ '_cron_run_lane'",
    "groups": (
        "SELECT name FROM res_groups_privilege WHERE name::text ~ 'CRM Extension'"
    ),
}


@pytest.fixture
def scratch():
    """A database that ends with the test."""
    base = databases()
    name = f"crm_ext_test_{os.getppid()}_{os.getpid()}_install"
    yield lambda template: (base.drop(name), base.copy(template, name), name)[2]
    base.drop(name)


def _states(base, name):
    rows = (
        "SELECT name || '=' || state FROM ir_module_module WHERE name LIKE 'crm_ext_%'"
    )
    return dict(row.split("=") for row in base.sql(rows, name))


@pytest.mark.prove
@pytest.mark.parametrize("addon", ALONE)
def test_pl_19_an_addon_installs_upgrades_and_goes_alone(addon, scratch):
    base = databases()
    name = scratch(os.environ["CRM_EXT_HOST_TEMPLATE"])
    columns = set(base.sql(LEFT_BEHIND["columns"], name))
    base.odoo("-d", name, "-i", addon, "--stop-after-init", "--no-http")
    assert _states(base, name)[addon] == "installed"
    base.odoo("-d", name, "-u", addon, "--stop-after-init", "--no-http")
    base.odoo("module", "uninstall", "-d", name, "crm_ext_core")
    assert set(_states(base, name).values()) == {"uninstalled"}
    for what, query in LEFT_BEHIND.items():
        left = set(base.sql(query, name)) - (columns if what == "columns" else set())
        assert not left, f"{what} left behind by {addon}: {sorted(left)[:10]}"
    record(f"{addon}: installed alone, upgraded, uninstalled", 1, "nothing left behind")


@pytest.mark.prove
@pytest.mark.skipif(not FULL, reason="the whole host is installed too: make prove")
def test_pl_19_all_at_once_on_an_empty_database(scratch):
    """The host's own bridges are then installed between ours, not before them."""
    base = databases()
    name = scratch("template0")
    base.odoo("-d", name, "-i", ",".join(ADDONS), "--stop-after-init", "--no-http")
    assert set(_states(base, name).values()) == {"installed"}
    late = "SELECT 1 FROM ir_module_module WHERE state ~ '^to '"
    assert not base.sql(late, name)
    record("the five addons at once on an empty database", 1, "installed")


def test_uninstalling_keeps_every_invoice(scratch):
    base = databases()
    name = scratch(os.environ["CRM_EXT_TEMPLATE"])
    base.shell(name, BILL_ONE)
    invoices = (
        "SELECT name || ' ' || state || ' ' || amount_total FROM account_move ORDER"
        " BY id"
    )
    lines = (
        "SELECT md5(string_agg(l.id || l.name || l.balance, ',' ORDER BY l.id)) FROM"
        " account_move_line l"
    )
    before, lines_before = base.sql(invoices, name), base.sql(lines, name)
    assert any("posted" in row for row in before), before
    base.odoo("module", "uninstall", "-d", name, "crm_ext_core")
    assert base.sql(invoices, name) == before
    assert base.sql(lines, name) == lines_before


def test_what_bills_sends_or_scores_ships_inactive():
    base = databases()
    active = base.sql(
        "SELECT d.name FROM ir_cron c JOIN ir_model_data d ON d.res_id = c.id "
        "AND d.model = 'ir.cron' WHERE c.active AND d.module LIKE 'crm_ext_%'",
        os.environ["CRM_EXT_TEMPLATE"],
    )
    assert active, "the lanes and the audit are expected"
    assert not [name for name in active if not MAY_RUN & set(name.split("_"))], active


def test_no_parameter_of_the_host_is_changed():
    base = databases()
    query = (
        "SELECT key || '=' || value FROM ir_config_parameter WHERE key NOT LIKE"
        " 'crm_ext%' AND key NOT IN ('database.uuid', 'database.secret',"
        " 'database.create_date')"
    )
    host = set(base.sql(query, os.environ["CRM_EXT_HOST_TEMPLATE"]))
    ours = set(base.sql(query, os.environ["CRM_EXT_TEMPLATE"]))
    assert host == ours
