"""Work of crons that meets that of people: nobody starts it anew but itself."""

import logging
import random
import time

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# found by the database, or by our own code as the host has it said
CONFLICTS = (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
MAX_CONFLICTS = 5  # in a row


def wait_after(conflicts):
    """The longer, the more conflicts there were in a row."""
    time.sleep(random.uniform(0, 0.1 * 2**conflicts))


def retried(env, work):
    """Do a part of a cron's work, again in a new transaction when somebody changed
    the same rows meanwhile; the host does so for requests only.

    The cron commits before and after: a rollback loses this part alone.
    """
    for conflicts in range(1, MAX_CONFLICTS):
        try:
            result = work()
            env.flush_all()
            return result
        except CONFLICTS as conflict:
            env.cr.rollback()
            _logger.info("Cron: conflict %s, %r", conflicts, conflict)
            wait_after(conflicts)
    return work()
