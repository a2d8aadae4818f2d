import logging

from psycopg2 import Error

_logger = logging.getLogger(__name__)


def pre_init_hook(env):
    """Give PostgreSQL what the exclusion constraint of the ledger is made with.

    Where the extension cannot be created the addon still installs, and billing refuses
    to run with a clear sentence: a missing guard must never pass unseen.
    """
    try:
        with env.cr.savepoint():
            env.cr.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except Error:
        _logger.warning("btree_gist could not be created: billing will refuse to run")
