def migrate(cr, version):
    """A campaign is kept from now on: windows that were left open are not campaigns."""
    cr.execute("DELETE FROM crm_price_campaign")
    # rules are noupdate: these let each manager see his own window only
    for name, domain in (
        ("crm_price_campaign_rule_own", "[('company_id', 'in', company_ids)]"),
        (
            "crm_price_campaign_line_rule_own",
            "[('campaign_id.company_id', 'in', company_ids)]",
        ),
    ):
        cr.execute(
            "UPDATE ir_rule SET domain_force = %s WHERE id = (SELECT res_id FROM "
            "ir_model_data WHERE module = 'crm_ext_subscriptions' AND name = %s)",
            (domain, name),
        )
    # a revision begins on its effective date, and follows the one applied before it
    cr.execute(
        "UPDATE crm_price_revision SET price_from = effective_date "
        "WHERE price_from IS NULL"
    )
    cr.execute(
        "UPDATE crm_price_revision one SET previous_id = (SELECT id "
        "FROM crm_price_revision last WHERE last.line_id = one.line_id "
        "AND last.effective_date < one.effective_date AND last.state = 'applied' "
        "ORDER BY effective_date DESC, id DESC LIMIT 1) WHERE previous_id IS NULL"
    )
