from datetime import timedelta

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_ext_subscriptions.tools.periods import period_start

# what a change of the contract's end left: closed and continued ones ended on the day
# before; a renewal wrote the term before it
TERM_BEFORE = """
    UPDATE crm_subscription_change AS change
       SET term_before = CASE WHEN change.kind = 'reopen'
                              THEN closing.effective_date - 1
                              ELSE change.date_end_before END
      FROM crm_subscription_change AS own
      LEFT JOIN LATERAL (
               SELECT effective_date FROM crm_subscription_change earlier
                WHERE earlier.subscription_id = own.subscription_id
                  AND earlier.kind = 'close' AND earlier.id < own.id
             ORDER BY earlier.id DESC LIMIT 1) AS closing ON true
     WHERE own.id = change.id
       AND change.kind IN ('close', 'transfer', 'swap_plan', 'renew', 'reopen')
"""
# the end that one change left is the one that the next of them found
TERM_AFTER = """
    UPDATE crm_subscription_change AS change
       SET term_after = CASE WHEN chain.last THEN sub.date_term ELSE chain.next END
      FROM (SELECT id, lead(term_before) OVER life AS next,
                   row_number() OVER life = count(*) OVER (PARTITION BY subscription_id)
                   AS last
              FROM crm_subscription_change
             WHERE kind IN ('close', 'transfer', 'swap_plan', 'renew', 'reopen')
            WINDOW life AS (PARTITION BY subscription_id ORDER BY id)) AS chain,
           crm_subscription AS sub
     WHERE chain.id = change.id AND sub.id = change.subscription_id
"""
# terms that a change wrote are known since the change; those of a subscription that
# continues another, since the change that made it
KNOWN = """
    UPDATE crm_subscription_line_version AS version
       SET known_at = COALESCE(change.entered_at, made.entered_at, version.entered_at)
      FROM crm_subscription_line_version AS own
      LEFT JOIN crm_subscription_change AS change ON change.id = own.change_id
      LEFT JOIN crm_subscription_change AS made
        ON made.successor_id = own.subscription_id AND own.change_id IS NULL
       AND own.reason IN ('entry', 'trial', 'free')
     WHERE own.id = version.id
"""
# the lines of a subscription that continues another, in their order, by product
CONTINUED = """
    WITH ranked AS (
        SELECT line.id, line.subscription_id, line.product_id, sub.predecessor_id,
               row_number() OVER (
                   PARTITION BY line.subscription_id, line.product_id
                   ORDER BY line.sequence, line.id) AS rank
          FROM crm_subscription_line line
          JOIN crm_subscription sub ON sub.id = line.subscription_id
         WHERE line.line_type = 'recurring' AND line.display_type IS NULL)
    UPDATE crm_subscription_line AS line SET continues_id = source.id
      FROM ranked AS own
      JOIN ranked AS source ON source.subscription_id = own.predecessor_id
       AND source.product_id = own.product_id AND source.rank = own.rank
     WHERE own.id = line.id
"""


def migrate(cr, version):
    """Tell since when terms are known, and queue the first rebuild of the MRR ledger.

    Set by set: no row is read one by one. The lanes do the rebuild itself.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(TERM_BEFORE)
    _end_instalments(env)
    for statement in (TERM_AFTER, KNOWN, CONTINUED):
        cr.execute(statement)
    cr.execute("UPDATE crm_subscription_change SET known_at = entered_at")
    env["crm.mrr.account"]._enqueue_rebuild()


def _end_instalments(env):
    """A number of instalments was the term, where no end date was written down."""
    env.cr.execute(
        "SELECT change.id, sub.id FROM crm_subscription_change change "
        "JOIN crm_subscription sub ON sub.id = change.subscription_id "
        "WHERE change.kind IN ('close', 'transfer', 'swap_plan') "
        "AND change.term_before IS NULL AND sub.instalments > 0"
    )
    for change, subscription in env.cr.fetchall():
        record = env["crm.subscription"].browse(subscription)
        after = period_start(record._to_terms(), record.instalments + 1)
        env.cr.execute(
            "UPDATE crm_subscription_change SET term_before = %s WHERE id = %s",
            (after - timedelta(days=1), change),
        )
