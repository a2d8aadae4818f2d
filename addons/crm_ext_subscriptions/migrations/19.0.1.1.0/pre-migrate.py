def migrate(cr, version):
    """One anchor day becomes the first of several; rows learn how many days they bill.

    The columns are made and filled here, so that the new computed fields are not
    computed row by row.
    """
    for table in ("crm_subscription", "crm_subscription_plan"):
        cr.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS anchor_days varchar")
        cr.execute(
            f"UPDATE {table} SET anchor_days = anchor_day::text WHERE anchor_day > 0"
        )
        cr.execute(
            f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS prorata_basis varchar"
        )
        cr.execute(f"UPDATE {table} SET prorata_basis = 'calendar'")
    cr.execute("ALTER TABLE crm_billing_period ADD COLUMN IF NOT EXISTS days integer")
    cr.execute("UPDATE crm_billing_period SET days = date_to - date_from + 1")
