"""What is carried out only to be shown, and rolled back."""

from contextlib import contextmanager

from odoo.tools.misc import Callbacks

QUEUES = ("precommit", "postcommit", "prerollback", "postrollback")


@contextmanager
def callbacks_forgotten(cr):
    """Forget what is asked meanwhile for the end of the transaction.

    A savepoint takes the database back, not what the host keeps for the commit:
    webhooks, notifications, tracked values. The caller flushes before, for what
    the flush asks is in earnest.
    """
    kept = {name: getattr(cr, name) for name in QUEUES}
    for name in QUEUES:
        setattr(cr, name, Callbacks())
    try:
        yield
    finally:
        for name, queue in kept.items():
            setattr(cr, name, queue)
