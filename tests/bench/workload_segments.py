"""Fed to the host's shell by bench_segments.py, which sets SIZES before it: numbers of
contacts. Prints one line a measure: name, number, seconds.
"""

import time

from odoo.tools import SQL

env = env(context=dict(env.context, tracking_disable=True))  # noqa: F821 the shell's
MODEL = "res.partner"


def tell(name, number, seconds):
    print(f"MEASURE\t{name}\t{number}\t{seconds:.4f}")


def town(number):
    return f"Town of {number}."


def timed(work):
    env.invalidate_all()
    started = time.perf_counter()
    result = work()
    env.cr.commit()
    return time.perf_counter() - started, result


def fill(number):
    """`number` contacts of companies of ten, copied from one contact in SQL."""
    model = env["res.partner"].create({"name": "Bench model", "city": town(number)})
    env.flush_all()
    env.cr.execute(
        """SELECT string_agg(quote_ident(column_name), ',')
             FROM information_schema.columns
            WHERE table_name = 'res_partner' AND table_schema = current_schema()
              AND is_generated = 'NEVER'
              AND column_name NOT IN ('id', 'zip', 'crm_turnover_band', 'function',
                                      'commercial_partner_id', 'write_date')"""
    )
    (columns,) = env.cr.fetchone()
    env.cr.execute(
        f"""INSERT INTO res_partner ({columns}, zip, crm_turnover_band, function,
                                     commercial_partner_id, write_date)
            SELECT {columns}, (ARRAY['35000', '29000', '75001', '69001'])[1 + n %% 4],
                   CASE WHEN n %% 10 = 0 THEN (ARRAY['0', '5'])[1 + n / 10 %% 2] END,
                   CASE WHEN n %% 7 = 0 THEN 'Stagiaire' END, %s,
                   now() AT TIME ZONE 'UTC' - interval '30 days'
              FROM res_partner, generate_series(1, %s) n WHERE id = %s""",
        [model.id, number, model.id],
    )
    # companies of ten: the last of each holds the turnover
    env.cr.execute(
        "SELECT min(id) - 1 FROM res_partner WHERE city = %s AND id > %s",
        [town(number), model.id],
    )
    (base,) = env.cr.fetchone()
    env.cr.execute(
        """UPDATE res_partner
              SET commercial_partner_id = %(base)s + (id - %(base)s + 9) / 10 * 10
            WHERE city = %(town)s AND id > %(base)s""",
        {"base": base, "town": town(number)},
    )
    env.cr.commit()
    analyze()


def analyze():
    env.cr.execute("ANALYZE res_partner")
    env.cr.execute("ANALYZE crm_segment_member")
    env.cr.commit()


def segment(number):
    return env["crm.segment"].create(
        {
            "name": "Bench",
            "criterion_ids": [
                (0, 0, {"code": "region", "value": {"keys": ["Bretagne"]}}),
                (0, 0, {"code": "town", "value": {"text": town(number)}}),
                (0, 0, {"code": "turnover", "value": {"keys": ["0", "5"]}}),
            ],
            "step_ids": [
                (
                    0,
                    0,
                    {
                        "operation": "exclusion",
                        "criterion_ids": [
                            (0, 0, {"code": "title", "value": {"text": "Stag"}})
                        ],
                    },
                )
            ],
        }
    )


def bare(own):
    """The rows of the first fill, written at once into a table like the members'."""
    env.cr.execute("DROP TABLE IF EXISTS bench_member")
    env.cr.execute("CREATE TABLE bench_member (LIKE crm_segment_member INCLUDING ALL)")
    env.cr.commit()
    wanted = own._wanted_query(MODEL, None)
    return timed(
        lambda: env.cr.execute(
            SQL(
                """INSERT INTO bench_member
                               (id, segment_id, res_model, res_id, added_at)
                   SELECT nextval('crm_segment_member_id_seq'), %s, %s, wanted.id,
                          now()
                     FROM (%s) wanted (id)""",
                own.id,
                MODEL,
                wanted,
            )
        )
    )[0]


def change(number):
    """One contact in a hundred moves."""
    env.cr.execute(
        """UPDATE res_partner SET zip = CASE zip WHEN '35000' THEN '75001' ELSE '35000'
                                        END, write_date = now() AT TIME ZONE 'UTC'
            WHERE city = %s AND hashint4(id) %% 100 = 0""",
        [town(number)],
    )
    env.cr.commit()


def members(own):
    env.cr.execute(
        """SELECT count(*), sum(res_id::bigint) FROM crm_segment_member
            WHERE segment_id = %s AND left_at IS NULL""",
        [own.id],
    )
    return env.cr.fetchone()


def measure(number):
    fill(number)
    own, other = segment(number), segment(number)
    env.cr.commit()
    tell("bare", number, bare(own))
    tell("fill", number, timed(own._refresh_members)[0])
    other._refresh_members()
    env.cr.commit()
    analyze()
    # the next one goes back to the reading before the last: there is none yet
    own._refresh_members()
    env.cr.commit()
    change(number)
    tell("changed", number, timed(lambda: own._refresh_members(full=False))[0])
    tell("full", number, timed(other._refresh_members)[0])
    tell("same", number, float(members(own) == members(other)))
    print("MEMBERS", number, members(own))
    env.cr.execute("DROP TABLE bench_member")
    env.cr.commit()


for _number in SIZES:  # noqa: F821 set by the bench
    measure(_number)
