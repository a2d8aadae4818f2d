# Stands before the programs that benches run in an odoo shell: time, and many leads.
# ruff: noqa: F821
import time


def timed(work):
    """(seconds until it is committed, what it gave)"""
    begin = time.perf_counter()
    answer = work()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - begin, answer


def vacuum():
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute("VACUUM ANALYZE")
    env.cr._cnx.autocommit = False
    env.invalidate_all()


def copy_leads(pattern, given, number):
    """So many copies of a lead, which goes: its columns but those {name: SQL of n}."""
    env.flush_all()
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'crm_lead' AND column_name <> 'id'"
    )
    names = [row[0] for row in env.cr.fetchall()]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(given.get(name, f'pattern."{name}"') for name in names)
    env.cr.execute(
        f"INSERT INTO crm_lead ({columns}) SELECT {values} FROM crm_lead pattern,"
        f" generate_series(0, {number - 1}) n WHERE pattern.id = {pattern.id}"
    )
    pattern.unlink()
