"""What bench_mrr_figures.py runs in the host's shell; SIZES comes before it.

A ledger of 36 months: each subscription starts in one of them, is revised every year,
half are extended once, one in five is closed and one in ten paused and resumed.
"""
# ruff: noqa: F821 (env and SIZES come from outside)

import time
from datetime import date

from odoo.addons.crm_ext_subscriptions.tools.mrr_scope import Scope

TRIES = 3
MOVES = """
WITH customer AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM res_partner WHERE ref = 'mrr-bench'
),
subscription AS (
    SELECT rank, (customer.ids)[1 + rank %% (%(number)s / 2)] AS partner_id,
           (%(products)s)[1 + rank %% 20] AS product_id,
           DATE '2023-01-01' + (rank * 7919 %% 1095) AS start,
           50 + rank %% 950 AS amount
      FROM customer, generate_series(0, %(number)s - 1) AS rank
),
move AS (
    SELECT rank, start AS date, 'new' AS kind, 'entry' AS cause, amount::numeric
      FROM subscription
     UNION ALL
    SELECT rank, start + 365 * year, 'expansion', 'revision', round(amount * 0.02, 2)
      FROM subscription, generate_series(1, 2) AS year
     UNION ALL
    SELECT rank, start + 100, 'expansion', 'quantity', round(amount * 0.2, 2)
      FROM subscription WHERE rank %% 2 = 0
     UNION ALL
    SELECT rank, start + 30, 'pause', 'pause', -amount
      FROM subscription WHERE rank %% 10 = 3
     UNION ALL
    SELECT rank, start + 60, 'resume', 'resume', amount
      FROM subscription WHERE rank %% 10 = 3
     UNION ALL
    SELECT rank, start + 400, 'churn', 'close',
           -amount - round(amount * 0.02, 2)
           - CASE WHEN rank %% 2 = 0 THEN round(amount * 0.2, 2) ELSE 0 END
      FROM subscription WHERE rank %% 5 = 4
)
INSERT INTO crm_mrr_move
       (company_id, currency_id, partner_id, product_id, date, kind, cause, amount,
        known_at)
SELECT %(company)s, %(currency)s, partner_id, product_id, date, kind, cause,
       move.amount, date
  FROM move JOIN subscription USING (rank)
 WHERE date < '2026-01-01'
   AND NOT (rank %% 5 = 4 AND date > start + 400)
"""


def seed(number):
    """A company with a ledger of so many subscriptions, half as many customers."""
    company = env["res.company"].create({"name": f"Bench {number}"})
    products = env["product.product"].create(
        [{"name": f"Service {number} {rank}"} for rank in range(20)]
    )
    env.flush_all()
    env.cr.execute(
        """INSERT INTO res_partner (name, ref, active, create_date, write_date,
                                    type, autopost_bills)
           SELECT 'Customer ' || rank, 'mrr-bench', true, now(), now(), 'contact', 'ask'
             FROM generate_series(1, %s) AS rank""",
        [number // 2],
    )
    values = {
        "number": number,
        "company": company.id,
        "currency": company.currency_id.id,
        "products": products.ids,
    }
    env.cr.execute(MOVES, values)
    env.user.company_ids += company
    env.cr.commit()
    vacuum()
    return company


def vacuum():
    """What autovacuum does some minutes after a load: rows known to be visible."""
    connection = env.cr._cnx
    connection.autocommit = True
    env.cr.execute("VACUUM ANALYZE crm_mrr_move")
    connection.autocommit = False


def fastest(work):
    """Seconds of the best of some tries."""
    taken = []
    for _try in range(TRIES):
        started = time.monotonic()
        work()
        taken.append(time.monotonic() - started)
    return min(taken)


def figures(company):
    """{name: what reads the figure}."""
    moves = env(context={"allowed_company_ids": company.ids})["crm.mrr.move"]
    year = Scope(company.id, date(2025, 1, 1), date(2025, 12, 31))
    whole = Scope(company.id, date(2023, 1, 1), date(2025, 12, 31))
    return {
        "mrr": lambda: moves._read_mrr(year, year.date_to),
        "bridge": lambda: moves._read_bridge(year),
        "curve": lambda: moves._read_curve(whole, 36),
        "churn": lambda: moves._read_customers(year),
        "product": lambda: moves._read_customers_by_product(year),
        "cohort": lambda: moves._read_cohorts(whole),
    }


for size in SIZES:
    firm = seed(size)
    rows = env["crm.mrr.move"].search_count([("company_id", "=", firm.id)])
    print("MEASURE", "rows", size, rows, sep="\t")
    for name, work in figures(firm).items():
        print("MEASURE", name, size, fastest(work), sep="\t")
