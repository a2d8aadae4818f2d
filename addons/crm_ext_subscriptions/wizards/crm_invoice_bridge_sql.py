"""The queries of crm.invoice.bridge.

`first` and `last` are the days of the period. A tile is a stretch of days of a line,
in the ledger or not yet; a share is what a tile costs before ("behind"), in and after
("ahead") the period, under the versions known now. A fact is a row behind a step.
All amounts of facts are in company currency at the rate of the last day.
"""

# tools/invoice_bridge.months_at in SQL
MONTHS = """(EXTRACT(YEAR FROM {day}) * 12 + EXTRACT(MONTH FROM {day}) - 1
    + EXTRACT(DAY FROM {day}) / EXTRACT(DAY FROM date_trunc('month',
      ({day})::timestamp) + INTERVAL '1 month - 1 day'))"""


def months_between(first: str, last: str) -> str:
    """SQL for the calendar months of the days between two dates, both included.

    Most rows span the period, whose months are known: they are not worked out anew.
    """
    months = f"{MONTHS.format(day=last)} - {MONTHS.format(day=f'({first} - 1)')}"
    whole = f"{first} = %(first)s::date AND {last} = %(last)s::date"
    return f"CASE WHEN {whole} THEN %(months)s ELSE {months} END"


# Lines of the posted documents of the period that come from subscriptions.
DOCUMENTS = """
documents AS (
    SELECT line.move_id
      FROM account_move_line line
     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
       AND line.date BETWEEN %(first)s AND %(last)s
       AND (line.crm_billing_period_id IS NOT NULL
            OR line.crm_related_period_id IS NOT NULL)
     UNION
    SELECT move.id
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.reversed_entry_id
     WHERE move.company_id = %(company)s AND move.state = 'posted'
       AND move.move_type = 'out_refund'
       AND move.date BETWEEN %(first)s AND %(last)s
       AND (line.crm_billing_period_id IS NOT NULL
            OR line.crm_related_period_id IS NOT NULL)
),
rates AS (
    SELECT * FROM unnest(%(rate_0)s::integer[], %(rate_1)s::numeric[],
                         %(rate_2)s::integer[]) AS rate (currency_id, rate, decimals)
),
posted AS (
    SELECT line.id, line.move_id, line.date, move.move_type, move.currency_id,
           line.crm_billing_period_id AS period_id,
           line.crm_related_period_id AS related_id,
           -line.balance AS balance, -line.amount_currency AS amount,
           row.subscription_id, row.line_id, row.date_from, row.date_to,
           row.kind, row.adjusts_id, row.amount AS row_amount,
           row.currency_id AS row_currency_id,
           row.cancelled IS NOT TRUE AS is_live, sub_line.line_type, rates.rate
      FROM documents
      JOIN account_move move ON move.id = documents.move_id
      JOIN account_move_line line ON line.move_id = move.id
       AND (line.display_type IN ('product', 'non_deductible_product',
                                  'non_deductible_product_total')
            OR (line.display_type = 'rounding'
                AND line.tax_repartition_line_id IS NULL))
 LEFT JOIN crm_billing_period row ON row.id = COALESCE(
           line.crm_billing_period_id, line.crm_related_period_id)
 LEFT JOIN crm_subscription_line sub_line ON sub_line.id = row.line_id
 LEFT JOIN rates ON rates.currency_id = row.currency_id
)
"""

# Rows of the ledger and, with ids below zero, days that it does not know yet.
TILES = """
borne AS (
    SELECT row.*, line.parent_state, line.date AS posted_on, line.move_id
      FROM crm_billing_period row
 LEFT JOIN account_move_line line ON line.crm_billing_period_id = row.id
     WHERE row.company_id = %(company)s AND row.kind = 'recurring'
       AND row.is_opening IS NOT TRUE
       AND (row.cancelled IS NOT TRUE OR row.settlement IN ('open', 'accepted'))
       AND ((row.date_from <= %(last)s AND row.date_to >= %(first)s)
            OR row.id IN (SELECT period_id FROM posted))
),
tiles AS (
    SELECT id AS tile, id AS period_id, line_id, subscription_id, date_from, date_to,
           whole_days, amount, move_id,
           CASE WHEN cancelled THEN 'freed'
                WHEN parent_state = 'posted' AND posted_on < %(first)s THEN 'before'
                WHEN parent_state = 'posted' AND posted_on > %(last)s THEN 'after'
                WHEN parent_state = 'posted' THEN 'posted'
                WHEN parent_state = 'draft' THEN 'draft'
                WHEN quantity = 0 THEN 'changed'
                ELSE 'due' END AS status
      FROM borne
     UNION ALL
    SELECT -rank, NULL, span.line_id, line.subscription_id, span.date_from,
           span.date_to, span.whole_days, NULL, NULL, span.status
      FROM unnest(%(span_0)s::integer[], %(span_1)s::text[], %(span_2)s::date[],
                  %(span_3)s::date[], %(span_4)s::integer[])
           WITH ORDINALITY AS span (line_id, status, date_from, date_to, whole_days,
                                    rank)
      JOIN crm_subscription_line line ON line.id = span.line_id
),
priced AS (
    SELECT id AS tile, zone, price
      FROM unnest(%(special_0)s::integer[], %(special_1)s::text[],
                  %(special_2)s::numeric[]) AS special (id, zone, price)
     UNION ALL
    SELECT -rank, 'in', price
      FROM unnest(%(span_5)s::numeric[]) WITH ORDINALITY AS span (price, rank)
     WHERE price IS NOT NULL
),
zones (zone, first, last) AS (
    VALUES ('behind', '-infinity'::date, %(first)s::date - 1),
           ('in', %(first)s::date, %(last)s::date),
           ('ahead', %(last)s::date + 1, 'infinity'::date)
)
"""

# A version holds until the next one, in order of effect, then of entry.
SHARES = f"""
contracts AS (
    SELECT line.id AS line_id, line.subscription_id, rates.rate, rates.decimals,
           COALESCE(odd.part::numeric / odd.whole::numeric, 1) AS untaxed,
           sub.prorata_basis = '30_360' AND sub.unit NOT IN ('day', 'week') AS is_360,
           COALESCE(odd.periods::numeric,
                    CASE sub.unit WHEN 'day' THEN 365 WHEN 'week' THEN 52
                    WHEN 'month' THEN 12 WHEN 'quarter' THEN 4 ELSE 1 END)
           AS periods, COALESCE(odd.months::numeric, 12 * sub.interval) AS months
      FROM crm_subscription_line line
      JOIN crm_subscription sub ON sub.id = line.subscription_id
      JOIN rates ON rates.currency_id = sub.currency_id
 LEFT JOIN unnest(%(odd_0)s::integer[], %(odd_1)s::text[], %(odd_2)s::text[],
                  %(odd_3)s::text[], %(odd_4)s::text[])
           AS odd (line_id, part, whole, periods, months) ON odd.line_id = line.id
     WHERE line.company_id = %(company)s AND line.line_type = 'recurring'
),
versions AS (
    SELECT version.line_id, version.date_from,
           COALESCE(LEAD(version.date_from) OVER (PARTITION BY version.line_id
                    ORDER BY version.date_from, version.id) - 1, 'infinity') AS date_to,
           version.quantity * version.price_unit AS gross,
           COALESCE(version.discount, 0) / 100 AS discount, version.quantity = 0
           AS is_free, COALESCE(version.standing_quantity, 0) * version.price_unit
           * (1 - COALESCE(version.discount, 0) / 100) AS standing
      FROM crm_subscription_line_version version
     WHERE version.line_id IN (SELECT line_id FROM tiles)
),
pieces AS (
    SELECT tiles.tile, tiles.period_id, tiles.line_id, tiles.subscription_id,
           tiles.status, tiles.whole_days, tiles.move_id, zones.zone, contract.rate,
           contract.decimals, contract.is_360,
           gross * (1 - discount) * contract.untaxed AS price,
           gross * (1 - discount) * contract.periods / contract.months AS monthly,
           gross * discount * contract.untaxed AS rebate,
           standing * contract.untaxed AS standing, is_free,
           GREATEST(tiles.date_from, versions.date_from, zones.first) AS first,
           LEAST(tiles.date_to, versions.date_to, zones.last) AS last
      FROM tiles
      JOIN contracts contract ON contract.line_id = tiles.line_id
      JOIN versions ON versions.line_id = tiles.line_id
       AND versions.date_from <= tiles.date_to AND versions.date_to >= tiles.date_from
      JOIN zones ON zones.zone = 'in' OR tiles.status = 'posted'
     WHERE GREATEST(tiles.date_from, versions.date_from, zones.first)
           <= LEAST(tiles.date_to, versions.date_to, zones.last)
),
counted AS (
    SELECT *,
           CASE WHEN is_360
                THEN EXTRACT(YEAR FROM last + 1) * 360 + EXTRACT(MONTH FROM last + 1)
                     * 30 + LEAST(EXTRACT(DAY FROM last + 1), 30)
                     - EXTRACT(YEAR FROM first) * 360 - EXTRACT(MONTH FROM first) * 30
                     - LEAST(EXTRACT(DAY FROM first), 30)
                ELSE last + 1 - first END / whole_days::numeric AS part,
           CASE WHEN zone = 'in' THEN {months_between("first", "last")}
                ELSE 0 END AS months
      FROM pieces
),
shares AS (
    SELECT tile, zone, period_id, line_id, subscription_id, status, move_id, rate,
           decimals, MIN(first) AS date_from, MAX(last) AS date_to,
           COALESCE(MIN(priced.price), SUM(counted.price * part)) * rate AS price,
           SUM(monthly * months) * rate AS mrr,
           SUM(ROUND(monthly, decimals) * months) * rate AS shown_mrr
      FROM counted LEFT JOIN priced USING (tile, zone)
  GROUP BY tile, zone, period_id, line_id, subscription_id, status, move_id, rate,
           decimals
)
"""
