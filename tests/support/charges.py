"""What the crash tests of collection share: who pays, and what the bank was asked."""

import time
import xmlrpc.client
from contextlib import closing, contextmanager, suppress

import psycopg2

from support.data import new_user
from support.rpc import Rpc

DAY = "2026-01-01"
# the database counts what the provider does to the card. A sequence keeps its count
# when the process dies before it has stored the answer: that is how a bank remembers.
BANK = """
    CREATE FUNCTION bank_opens_account() RETURNS trigger LANGUAGE plpgsql AS $bank$
    BEGIN
        EXECUTE format('CREATE SEQUENCE bank_%s', NEW.id);
        RETURN NEW;
    END $bank$;
    CREATE TRIGGER bank_opens_account AFTER INSERT ON account_move
        FOR EACH ROW WHEN (NEW.move_type = 'out_invoice')
        EXECUTE FUNCTION bank_opens_account();
    CREATE FUNCTION bank_is_asked() RETURNS trigger LANGUAGE plpgsql AS $bank$
    BEGIN
        PERFORM nextval(('bank_' || rel.invoice_id)::regclass)
           FROM account_invoice_transaction_rel AS rel
          WHERE rel.transaction_id = NEW.id;
        PERFORM pg_sleep({seconds});
        RETURN NEW;
    END $bank$;
    CREATE TRIGGER bank_is_asked AFTER UPDATE OF state ON payment_transaction
        FOR EACH ROW WHEN (NEW.state = 'done' AND OLD.state <> 'done'
                           AND NEW.state_message IS NULL)
        EXECUTE FUNCTION bank_is_asked();
"""
TAKEN = """
    SELECT substr(sequencename, 6) || ' ' || coalesce(last_value, 0)
      FROM pg_sequences WHERE sequencename LIKE 'bank\\_%'
"""
COLLECTION = """(SELECT res_id FROM ir_model_data
                  WHERE module = 'crm_ext_subscriptions' AND name = 'ir_cron_collect')
"""
# what is still to come: invoices never charged, charges not sent, a collection under
# way, and answers that the host has yet to make a payment of
TO_COME = f"""
    SELECT count(*) FROM account_move AS move
     WHERE state = 'posted' AND move_type = 'out_invoice' AND NOT EXISTS (
           SELECT 1 FROM crm_payment_charge WHERE move_id = move.id)
    UNION ALL
    SELECT count(*) FROM crm_payment_charge WHERE state = 'planned'
    UNION ALL
    SELECT 1 - count(*) FROM (
           SELECT 1 FROM ir_cron WHERE id = {COLLECTION}
              FOR NO KEY UPDATE SKIP LOCKED) AS at_rest
    UNION ALL
    SELECT count(*) FROM payment_transaction
     WHERE state = 'done' AND is_post_processed IS NOT TRUE
"""
AGAIN_SOON = f"""
    SELECT count(*) > 0 FROM ir_cron_trigger
     WHERE cron_id = {COLLECTION} AND call_at > now() AT TIME ZONE 'UTC'
       AND call_at < now() AT TIME ZONE 'UTC' + interval '5 minutes'
"""
# invoices without a charge under way or answered, or with several; paid without the
# bank, or twice; what a run calls a failure
FAULTS = """
    SELECT count(*) FROM account_move AS move
     WHERE move.state = 'posted' AND move.move_type = 'out_invoice' AND 1 <> (
           SELECT count(*) FROM crm_payment_charge AS charge
            WHERE charge.move_id = move.id AND charge.state IN ('sending', 'done'))
    UNION ALL
    SELECT count(*) FROM account_move AS move
      JOIN crm_payment_charge AS charge ON charge.move_id = move.id
     WHERE (charge.state = 'done') <> (move.payment_state = 'paid')
       AND charge.state IN ('sending', 'done')
    UNION ALL
    SELECT abs((SELECT count(*) FROM crm_payment_charge WHERE state = 'done')
             - (SELECT count(*) FROM account_payment
                 WHERE state IN ('in_process', 'paid')))
    UNION ALL
    SELECT count(*) FROM crm_batch_failure
"""


def open_bank(server, seconds=0.3):
    """The demo provider, watched, that takes its time; the accountant who collects."""
    admin = Rpc(server, "admin", "admin")
    (provider,) = admin("payment.provider", "search", [["code", "=", "demo"]], limit=1)
    admin("payment.provider", "write", [provider], {"state": "test"})
    server.sql(BANK.replace("{seconds}", str(seconds)))
    lea = new_user(admin, "lea", ["account.group_account_user"])
    return admin, Rpc(server, *lea)


def collect(admin):
    """Switch the collection on, in the set-up."""
    settings = admin("res.config.settings", "create", [{"crm_collect_cron": True}])
    admin("res.config.settings", "execute", settings)


def store_card(admin, partner, answer="done"):
    """A payment method that the bank will answer so."""
    (provider,) = admin("payment.provider", "search", [["code", "=", "demo"]], limit=1)
    (method,) = admin(
        "payment.method",
        "search",
        [["code", "=", "demo"], ["active", "in", [True, False]]],
        limit=1,
    )
    admin("payment.method", "write", [method], {"active": True})
    values = {
        "provider_id": provider,
        "payment_method_id": method,
        "payment_details": "4242",
        "partner_id": partner,
        "provider_ref": "demo",
        "demo_simulated_state": answer,
    }
    return admin("payment.token", "create", [values])[0]


def subscribe(admin, accountant, count, answer="done"):
    """Monthly subscriptions that a card pays: [(subscription, customer)]."""
    (product,) = admin("product.product", "create", [{"name": "Maintenance"}])
    partners = admin(
        "res.partner", "create", [{"name": f"Client {n}"} for n in range(count)]
    )
    values = [
        {
            "partner_id": partner,
            "date_start": DAY,
            "line_ids": [(0, 0, {"product_id": product, "price_unit": 100 + rank})],
        }
        for rank, partner in enumerate(partners)
    ]
    ids = admin("crm.subscription", "create", values)
    admin("crm.subscription", "action_confirm", ids)
    for subscription, partner in zip(ids, partners, strict=True):
        card = store_card(admin, partner, answer)
        accountant("crm.subscription", "set_payment_token", [subscription], card)
    return list(zip(ids, partners, strict=True))


def bill(accountant, ids, month):
    """The invoices of one more month, posted: each due the day it is made."""
    day = f"{2026 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-01"
    accountant("crm.subscription", "bill_until", ids, day, day)


def taken(server):
    """{invoice: how often its money was taken}, whatever became of the answer."""
    rows = (row.split() for row in server.sql(TAKEN))
    return {int(move): int(times) for move, times in rows}


def faults(server):
    """What must be nought once everything was asked."""
    return [int(count) for count in server.sql(FAULTS)]


@contextmanager
def locked(server, table, record_id):
    """Somebody else is at work on a row: a transaction that holds its lock."""
    connection = psycopg2.connect(dbname=server.database)
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE", [record_id]
        )
        yield


def wake(server):
    """Scheduled actions look now what is due, not within the minute."""
    server.databases.sql(f"NOTIFY cron_trigger, '{server.database}'")


def wait_for(server, query, expected, seconds=300):
    """Until a query answers so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        wake(server)
        if (found := server.sql(query)) == expected:
            return
        time.sleep(0.5)
    raise AssertionError(f"{query} stays {found}")


def wait_at_rest(server, admin):
    """Until each invoice was charged, or waits for a person; minutes later the host has
    made the payments too that a kill had kept it from."""
    data = [["module", "=", "payment"], ["name", "=", "cron_post_process_payment_tx"]]
    (cron,) = admin("ir.model.data", "search_read", data, ["res_id"])
    wait_for(server, f"{TO_COME} LIMIT 3", ["0", "0", "0"])
    with suppress(xmlrpc.client.Fault):  # it runs already
        admin("ir.cron", "method_direct_trigger", [cron["res_id"]])
    wait_for(server, TO_COME, ["0", "0", "0", "0"])
