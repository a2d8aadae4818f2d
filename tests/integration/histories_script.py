"""Fed to `odoo shell`: live the histories of some seeds in one database, and tell.

Reads CRM_EXT_SEEDS ("first:last"); prints one JSON line: done, refused, checks, broken.
"""

import gc
import json
import os

from freezegun import freeze_time

from odoo.addons.crm_ext_subscriptions.tests.histories import START, History, Tally
from odoo.addons.crm_ext_subscriptions.tests.histories_checks import Broken, audit
from odoo.addons.crm_ext_subscriptions.tests.histories_world import make_world

first, last = map(int, os.environ["CRM_EXT_SEEDS"].split(":"))
env = env  # noqa: F821, PLW0127 the shell's environment


def live(seed, clock):
    """One history: what became of it, kept unless it is broken."""
    history = History(world, seed, clock)
    try:
        history.run()
        env.cr.commit()
    except Broken as error:
        env.cr.rollback()
        broken.append(str(error))
    else:
        seeds.update(dict.fromkeys(history.subscriptions.ids, seed))
    env.invalidate_all()
    # what a life leaves behind slows down the host's bookkeeping of environments
    gc.collect()
    total.done += history.tally.done
    total.refused += history.tally.refused
    total.checks += history.tally.checks


world = make_world(env, first)
env.cr.commit()
total, broken, seeds = Tally(), [], {}
# the registry is here to stay: looking through it for garbage is a fifth of the time
gc.collect()
gc.freeze()
gc.disable()
with freeze_time(START) as clock:
    for seed in range(first, last):
        live(seed, clock)
# the audit reads the whole ledger: once is enough
lived = world.env["crm.subscription"].browse(seeds)
for subscription, findings in audit(world.env, lived).items():
    broken.append("\n".join([f"seed {seeds[subscription]}", *findings]))
print(
    "RESULT "
    + json.dumps(
        {
            "done": total.done,
            "refused": total.refused,
            "checks": total.checks,
            "broken": broken,
        }
    )
)
