def migrate(cr, version):
    """Entries of before count from the day they were earned; models from now on."""
    cr.execute("UPDATE crm_score_entry SET opened_at = date WHERE opened_at IS NULL")
    cr.execute(
        "UPDATE crm_score_model SET published_at = write_date"
        " WHERE state = 'published' AND published_at IS NULL"
    )
