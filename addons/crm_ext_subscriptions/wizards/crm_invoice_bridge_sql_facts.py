"""The facts of crm.invoice.bridge: the rows behind each step, in one shape.

They read what crm_invoice_bridge_sql.py prepares.
"""

from .crm_invoice_bridge_sql import months_between

# step, subscription, line, row of the ledger, document, days, amount, worth
MRR_FACTS = f"""
    SELECT %(mrr)s::text AS step, subscription_id, line_id, NULL::integer AS period_id,
           NULL::integer AS move_id, %(first)s::date AS date_from,
           %(last)s::date AS date_to, SUM(amount * months) AS amount,
           NULL::numeric AS memo
      FROM crm_mrr_move, LATERAL (SELECT {
    months_between("GREATEST(date, %(first)s::date)", "%(last)s::date")
} AS months) weight
     WHERE company_id = %(company)s AND date <= %(last)s
  GROUP BY subscription_id, line_id HAVING SUM(amount * months) <> 0
     UNION ALL
    SELECT 'currency', subscription_id, line_id, NULL, NULL, %(first)s, %(last)s,
           SUM((amount_currency * rates.rate - amount) * months), NULL
      FROM crm_mrr_move move
      JOIN rates ON rates.currency_id = move.line_currency_id, LATERAL (SELECT {
    months_between("GREATEST(date, %(first)s::date)", "%(last)s::date")
} AS months) weight
     WHERE company_id = %(company)s AND date <= %(last)s
       AND line_currency_id <> move.currency_id
  GROUP BY subscription_id, line_id
    HAVING SUM((amount_currency * rates.rate - amount) * months) <> 0
"""

CONTRACT_FACTS = """
    SELECT 'day_count', subscription_id, line_id, period_id, move_id, date_from,
           date_to, price - mrr, NULL
      FROM shares WHERE zone = 'in' AND price <> mrr
     UNION ALL
    SELECT %(rounding)s, subscription_id, line_id, period_id, move_id, date_from,
           date_to, mrr - shown_mrr, NULL
      FROM shares WHERE zone = 'in' AND mrr <> shown_mrr
     UNION ALL
    SELECT 'free', subscription_id, line_id, period_id, move_id, first, last, 0,
           ROUND(standing * part * rate, 2)
      FROM counted WHERE zone = 'in' AND is_free
     UNION ALL
    SELECT 'discount', subscription_id, line_id, period_id, move_id, first, last, 0,
           ROUND(rebate * part * rate, 2)
      FROM counted WHERE zone = 'in' AND rebate <> 0
     UNION ALL
    SELECT status, subscription_id, line_id, period_id, move_id, date_from, date_to,
           -price, NULL
      FROM shares WHERE zone = 'in' AND status <> 'posted' AND price <> 0
     UNION ALL
    SELECT zone, subscription_id, line_id, period_id, move_id, date_from, date_to,
           price, NULL
      FROM shares WHERE zone <> 'in' AND price <> 0
"""

# Changes entered after a period was billed: what is invoiced with it needs no step.
# A row and its adjustments are the price of its days, to the cent: more than that is
# no rounding, and stays unexplained.
LEDGER_FACTS = """
    SELECT 'changed', tiles.subscription_id, tiles.line_id, change.id, tiles.move_id,
           change.date_from, change.date_to, -change.amount * rates.rate, NULL
      FROM tiles
      JOIN crm_billing_period change ON change.adjusts_id = tiles.period_id
       AND (change.cancelled IS NOT TRUE
            OR change.settlement IN ('open', 'accepted'))
      JOIN rates ON rates.currency_id = change.currency_id
     WHERE tiles.status = 'posted' AND change.amount <> 0
       AND NOT EXISTS (SELECT 1 FROM posted WHERE posted.period_id = change.id
                          AND posted.is_live)
     UNION ALL
    SELECT %(rounding)s, subscription_id, line_id, period_id, move_id, date_from,
           date_to, lost, NULL
      FROM (SELECT tiles.*, shared.decimals, shared.rate,
                   (tiles.amount + COALESCE(changed.amount, 0)) * shared.rate
                   - shared.price AS lost
              FROM tiles
              JOIN (SELECT tile, decimals, rate, SUM(price) AS price
                      FROM shares GROUP BY tile, decimals, rate) shared USING (tile)
         LEFT JOIN (SELECT adjusts_id, SUM(amount) AS amount
                      FROM crm_billing_period
                     WHERE adjusts_id IS NOT NULL
                       AND (cancelled IS NOT TRUE
                            OR settlement IN ('open', 'accepted'))
                  GROUP BY adjusts_id) changed ON changed.adjusts_id = tiles.period_id
             WHERE tiles.status = 'posted') balanced
     WHERE lost <> 0 AND abs(lost) <= 1.01 * rate / 10 ^ decimals
     UNION ALL
    SELECT CASE WHEN line_type = 'usage' THEN 'usage'
                WHEN kind = 'one_off' THEN 'one_off' ELSE 'adjusted' END,
           subscription_id, line_id, period_id, move_id, date_from, date_to,
           row_amount * rate, NULL
      FROM posted
     WHERE period_id IS NOT NULL AND is_live
       AND (line_type <> 'recurring' OR kind <> 'recurring')
       AND NOT (line_type = 'recurring' AND adjusts_id IS NOT NULL
                AND EXISTS (SELECT 1 FROM tiles
                             WHERE tiles.period_id = posted.adjusts_id
                               AND tiles.status = 'posted'))
"""

DOCUMENT_FACTS = """
    SELECT 'edited', subscription_id, line_id, period_id, move_id, date_from, date_to,
           CASE WHEN currency_id = row_currency_id THEN (amount - row_amount) * rate
                ELSE balance - row_amount * rate END, NULL
      FROM posted
     WHERE period_id IS NOT NULL AND is_live
       AND (currency_id <> row_currency_id OR amount <> row_amount)
     UNION ALL
    SELECT 'currency', subscription_id, line_id, period_id, move_id, date_from,
           date_to, balance - amount * rate, NULL
      FROM posted
     WHERE period_id IS NOT NULL AND is_live AND currency_id = row_currency_id
       AND balance <> amount * rate
     UNION ALL
    SELECT CASE WHEN period_id IS NOT NULL THEN 'replaced'
                WHEN move_type = 'out_refund' THEN 'credit_note'
                WHEN related_id IS NOT NULL THEN 'replaced' ELSE 'manual' END,
           subscription_id, line_id, COALESCE(period_id, related_id), move_id,
           date_from, date_to, balance, NULL
      FROM posted WHERE balance <> 0 AND (period_id IS NULL OR NOT is_live)
     UNION ALL
    SELECT %(invoiced)s, subscription_id, line_id, COALESCE(period_id, related_id),
           move_id, date_from, date_to, balance, NULL
      FROM posted WHERE balance <> 0
"""
