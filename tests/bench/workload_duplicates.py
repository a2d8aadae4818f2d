"""Fed to the host's shell by bench_duplicates.py, which sets SIZES before it, numbers
of contacts. One in fifty repeats another with a typing error. Prints lines:
MEASURE, name, number, seconds.
"""

import random
import time

from odoo.tests import new_test_user

env = env(context=dict(env.context, tracking_disable=True))  # noqa: F821 the shell's
PARTS = (
    "bre zil mor van gal lou tre gui ker dan pol mar sab lio nec vin cor tal".split()
)


def tell(name, number, seconds):
    print(f"MEASURE\t{name}\t{number}\t{seconds:.4f}")


def timed(work):
    env.invalidate_all()
    started = time.perf_counter()
    result = work()
    env.flush_all()
    env.cr.commit()
    return time.perf_counter() - started, result


def word(source, length=3):
    return "".join(source.choice(PARTS) for _part in range(length)).capitalize()


def people(number):
    """(name, mail, phone, zip, city) of each contact; every fiftieth repeats one."""
    source = random.Random(number)
    made = []
    for at in range(number):
        if at % 50 == 49:
            name, mail, _phone, place, city = made[at - 7]
            made.append((name[:-1] + name[-2:], mail, None, place, city))
            continue
        first, last = word(source, 2), word(source)
        mail = f"{first}.{last}.{at}@{word(source)}.example".lower()
        phone = f"+332{source.randrange(10**7, 10**8)}"
        place = f"{source.randrange(1, 96):02}{source.randrange(0, 999):03}"
        made.append((f"{first} {last}", mail, phone, place, word(source)))
    return made


def fill(number):
    """Contacts copied from one in SQL, as a base that was there before."""
    env.cr.execute("DELETE FROM res_partner WHERE city LIKE 'Bench %'")
    model = env["res.partner"].create({"name": "Bench model", "city": "Bench model"})
    env.flush_all()
    own = "name complete_name email email_normalized phone phone_sanitized zip city"
    env.cr.execute(
        """SELECT string_agg(quote_ident(column_name), ',')
             FROM information_schema.columns
            WHERE table_name = 'res_partner' AND table_schema = current_schema()
              AND is_generated = 'NEVER' AND column_name <> ALL(%s)""",
        [["id", *own.split()]],
    )
    (columns,) = env.cr.fetchone()
    rows = people(number)
    copied = ",".join(f"model.{name}" for name in columns.split(","))
    env.cr.execute(
        f"""INSERT INTO res_partner ({columns}, {",".join(own.split())})
            SELECT {copied}, it.name, it.name, it.mail, it.mail, it.phone, it.phone,
                   it.place, 'Bench ' || it.town
              FROM res_partner model,
                   unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
                   AS it (name, mail, phone, place, town)
             WHERE model.id = %s""",
        [*map(list, zip(*rows, strict=True)), model.id],
    )
    env.cr.execute("DELETE FROM crm_duplicate_card")
    env.cr.commit()


def analyze():
    for table in ("res_partner", "crm_duplicate_card", "crm_duplicate_key"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()


def measure(number, user):
    fill(number)
    analyze()
    search = env["crm.duplicate.search"]

    def index():
        for unit in search._get_index_units(True):
            search._index(unit["payload"]["field"], unit["payload"]["first"])
            env.flush_all()
            env.cr.commit()
            env.invalidate_all()

    def find(everything):
        for unit in search._get_search_units():
            search._search_pairs(unit["payload"]["first"], everything)
            env.cr.commit()

    tell("index", number, timed(index)[0])
    analyze()
    tell("search", number, timed(lambda: find(True))[0])
    env.cr.execute(
        "SELECT count(*) FROM crm_duplicate_pair WHERE partner_id IS NOT NULL"
    )
    tell("pairs", number, env.cr.fetchone()[0])
    env.cr.execute(
        "UPDATE crm_duplicate_card SET is_pending = TRUE WHERE hashint4(id) % 100 = 0"
    )
    env.cr.commit()
    tell("changed", number, timed(lambda: find(False))[0])
    facts = {"name": "Brezil Morvangal", "email": "a@brezil.example", "zip": "35000"}
    contact = env["res.partner"].with_user(user)
    tell("known", number, timed(lambda: contact.new(facts).crm_known_note)[0])
    pairs = env["crm.duplicate.pair"].with_user(user)
    columns = {name: {} for name in ("one_name", "two_facts", "reasons", "likely")}
    domain = [("partner_id", "!=", False), ("state", "=", "open")]
    tell(
        "queue",
        number,
        timed(lambda: pairs.web_search_read(domain, columns, limit=80))[0],
    )


_user = new_test_user(env, "bench_sales", groups="sales_team.group_sale_salesman")
env.cr.commit()
for _number in SIZES:  # noqa: F821 set by the bench
    measure(_number, _user)
