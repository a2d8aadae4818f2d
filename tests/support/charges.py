"""What the crash tests of collection share: who pays, and what the bank was asked."""

from support.data import new_user
from support.rpc import Rpc

DAY = "2026-01-01"
# the database counts what the provider does to the card. A sequence keeps its count
# when the process dies before it has stored the answer: that is how a bank remembers.
BANK = """
    CREATE FUNCTION bank_is_asked() RETURNS trigger LANGUAGE plpgsql AS $bank$
    BEGIN
        PERFORM nextval(('bank_' || rel.invoice_id)::regclass)
           FROM account_invoice_transaction_rel AS rel
          WHERE rel.transaction_id = NEW.id;
        RETURN NEW;
    END $bank$;
    CREATE TRIGGER bank_is_asked AFTER UPDATE OF state ON payment_transaction
        FOR EACH ROW WHEN (NEW.state = 'done' AND OLD.state <> 'done'
                           AND NEW.state_message IS NULL)
        EXECUTE FUNCTION bank_is_asked();
"""
ACCOUNTS = """
    DO $$ DECLARE move int; BEGIN
        FOR move IN SELECT id FROM account_move WHERE move_type = 'out_invoice' LOOP
            EXECUTE format('CREATE SEQUENCE IF NOT EXISTS bank_%s', move);
        END LOOP;
    END $$
"""
TAKEN = """
    SELECT substr(sequencename, 6) || ' ' || coalesce(last_value, 0)
      FROM pg_sequences WHERE sequencename LIKE 'bank\\_%'
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


def open_bank(server):
    """The demo provider, watched; the accountant who collects."""
    admin = Rpc(server, "admin", "admin")
    (provider,) = admin("payment.provider", "search", [["code", "=", "demo"]], limit=1)
    admin("payment.provider", "write", [provider], {"state": "test"})
    settings = admin("res.config.settings", "create", [{"crm_collect_cron": True}])
    admin("res.config.settings", "execute", settings)
    server.sql(BANK)
    lea = new_user(admin, "lea", ["account.group_account_user"])
    return admin, Rpc(server, *lea)


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


def taken(server):
    """{invoice: how often its money was taken}, whatever became of the answer."""
    rows = (row.split() for row in server.sql(TAKEN))
    return {int(move): int(times) for move, times in rows}


def faults(server):
    """What must be nought once everything was asked."""
    return [int(count) for count in server.sql(FAULTS)]
