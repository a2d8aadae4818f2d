"""Fed to `odoo shell`: live the MRR histories of some seeds in one database, and tell.

Reads CRM_EXT_SEEDS ("first:last"); prints one JSON line: steps, checks, rows, broken.
"""

import gc
import json
import os

from freezegun import freeze_time

from odoo.addons.crm_ext_subscriptions.tests.histories import START
from odoo.addons.crm_ext_subscriptions.tests.histories_checks import Broken
from odoo.addons.crm_ext_subscriptions.tests.histories_mrr import (
    MrrHistory,
    moving_currency,
)
from odoo.addons.crm_ext_subscriptions.tests.histories_world import make_world

first, last = map(int, os.environ["CRM_EXT_SEEDS"].split(":"))
env = env  # noqa: F821, PLW0127 the shell's environment


world = make_world(env, first)
world.francs = moving_currency(env)
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
