"""Fed to `odoo shell`: live the MRR histories of some seeds in one database, and tell.

Reads CRM_EXT_SEEDS ("first:last"); prints one JSON line: steps, checks, rows, broken.
"""

import gc
import json
import os
from types import SimpleNamespace

from freezegun import freeze_time

from odoo.tests import new_test_user

from odoo.addons.crm_ext_subscriptions.tests.histories import START
from odoo.addons.crm_ext_subscriptions.tests.histories_checks import Broken
from odoo.addons.crm_ext_subscriptions.tests.histories_mrr import (
    MrrHistory,
    moving_currency,
)
from odoo.addons.crm_ext_subscriptions.tests.histories_world import furnish

first, last = map(int, os.environ["CRM_EXT_SEEDS"].split(":"))
env = env  # noqa: F821, PLW0127 the shell's environment


def new_user(login, *groups):
    """A user of this process, as the tests' own are."""
    return new_test_user(env, f"{login}_{first}", groups=",".join(groups), lang="en_US")


def make_world():
    """What the histories happen to, kept in the database."""
    company = env.company
    if company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", company, False)
    partners = env["res.partner"].create(
        [{"name": name, "country_id": company.country_id.id} for name in ("A", "B")]
    )
    return SimpleNamespace(
        env=env["base"].with_context(tracking_disable=True).env,
        seller=new_user("seller", "crm_ext_subscriptions.group_subscriptions_user"),
        accountant=new_user("accountant", "account.group_account_user"),
        partner=partners[0],
        other_partner=partners[1],
        **(furnish(env) | {"francs": moving_currency(env)}),
    )


world = make_world()
env.cr.commit()
found = {"steps": 0, "checks": 0, "rows": 0, "counters": 0, "broken": []}
with freeze_time(START) as clock:
    for seed in range(first, last):
        history = MrrHistory(world, seed, clock)
        try:
            history.run()
            rows = history.find_rows()
            found["rows"] += len(rows)
            found["counters"] += len(rows.filtered("counter"))
            env.cr.commit()
        except Broken as error:
            env.cr.rollback()
            found["broken"].append(str(error))
        env.invalidate_all()
        gc.collect()
        found["steps"] += history.tally.done.total()
        found["checks"] += history.tally.checks
print("RESULT " + json.dumps(found))
