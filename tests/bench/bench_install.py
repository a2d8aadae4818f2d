"""Installing our addons on a host that holds many leads and journal items.

The ratio is against the same installation on an empty host: what grows with the tables
is what an administrator would wait for, holding a lock on them.
"""

import os
import time

from support.record import record
from support.server import databases

SIZES = (100_000, 1_000_000)
# The journal item that is copied is worth nothing: its invoice stays balanced. The
# second invoice is the latest one, that mail templates try themselves on.
SEED = """
env['crm.lead'].create({'name': 'Lead'})
customer = env['res.partner'].create({'name': 'Customer'})
env['account.move'].create([{
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': day,
    'invoice_line_ids': [
        (0, 0, {'name': 'Service', 'price_unit': 100.0}),
        (0, 0, {'name': 'Free of charge', 'price_unit': 0.0}),
    ],
} for day in ('2026-01-31', '2026-02-28')]).action_post()
env.cr.commit()
"""
COPIED = {
    "crm_lead": "SELECT max(id) FROM crm_lead",
    "account_move_line": "SELECT min(id) FROM account_move_line WHERE balance = 0",
}
MULTIPLY = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM
(SELECT {columns} FROM {table} WHERE id = ({row})) one,
generate_series(1, {number})
"""


def _multiply(base, name, table, number):
    """Copy one row of a table many times."""
    columns = base.sql(
        "SELECT quote_ident(column_name) FROM information_schema.columns "
        f"WHERE table_name = '{table}' AND column_name <> 'id'",
        name,
    )
    statement = MULTIPLY.format(
        table=table, columns=", ".join(columns), row=COPIED[table], number=number
    )
    base.sql(statement, name)


def _install(base, name, number):
    base.drop(name)
    base.copy(os.environ["CRM_EXT_HOST_TEMPLATE"], name)
    try:
        base.shell(name, SEED)
        if number:
            for table in COPIED:
                _multiply(base, name, table, number)
            base.sql("ANALYZE", name)
        started = time.monotonic()
        base.odoo(
            "-d", name, "-i", "crm_ext_campaigns,crm_ext_portal", "--stop-after-init",
            "--no-http",
        )  # fmt: skip
        return time.monotonic() - started
    finally:
        base.drop(name)


def test_bench_install_on_many_leads():
    base = databases()
    name = f"crm_ext_test_{os.getppid()}_{os.getpid()}_bench"
    empty = _install(base, name, 0)
    for number in SIZES:
        taken = _install(base, name, number)
        record(
            "install five addons on N leads and N journal items",
            f"{number:,}",
            f"{taken:.1f} s",
            f"empty host {empty:.1f} s",
            f"{taken / empty:.2f}",
        )
