from odoo import SUPERUSER_ID, api

from odoo.addons.crm_ext_subscriptions.tools.index_record import ROUNDINGS
from odoo.addons.crm_ext_subscriptions.tools.indexation import exact, plain

SYNTEC = (
    ("SYNTEC", "original, SYNTEC original", "1961-01-01", "2022-07-01", 0),
    ("SYNTEC-R", "revised, SYNTEC revised", "2019-12-01", None, 35),
)


def migrate(cr, version):
    """Values are confirmed one by one now, and a revision's record stands by itself."""
    cr.execute(
        "UPDATE crm_price_index_value value SET verified = true, "
        "verified_by = index.verified_by FROM crm_price_index index "
        "WHERE index.id = value.index_id AND index.verified"
    )
    for code, alias, first, last, days in SYNTEC:
        cr.execute(
            "UPDATE crm_price_index SET alias = %s, active_from = %s, active_to = %s, "
            "earliest_days = 20, publication_days = %s WHERE code = %s "
            "AND active_from IS NULL",
            (alias, first, last, days, code),
        )
    # rules are noupdate: reading only, a rule of its own lets write to no plan's clause
    cr.execute(
        "UPDATE ir_rule SET perm_write = false, perm_create = false, "
        "perm_unlink = false WHERE id = (SELECT res_id FROM ir_model_data WHERE "
        "module = 'crm_ext_subscriptions' AND name = 'crm_index_clause_rule_own')"
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT id FROM crm_price_revision WHERE record IS NULL")
    ids = [row[0] for row in cr.fetchall()]
    for revision in env["crm.price.revision"].browse(ids):
        used = revision.s0_value_id | revision.s1_value_id
        revision.write({"record": _record(revision), "value_ids": [(6, 0, used.ids)]})


def _record(revision):
    """What was stored in columns, as the record holds it."""
    fixed = revision.clause_id._get_fixed_part()
    roundings = {step["name"]: step["rounding"] for step in revision.steps or []}
    formula = {name: roundings.get(name, "") for name in ROUNDINGS}
    return {
        "p0": plain(exact(revision.p0)),
        "current": plain(exact(revision.p0)),
        "quantity": "1",
        "p1": plain(exact(revision.p1)),
        "line": plain(exact(revision.p1)),
        "coefficient": revision.coefficient,
        "formula": formula
        | {"fixed": plain(fixed), "threshold": "", "cap": "", "floor": ""}
        | {"limits_on": "base"},
        "pairs": [
            {
                "name": revision.clause_id.index_id.code,
                "weight": plain(1 - fixed),
                "s0": _value(revision.s0_value_id, revision.s0),
                "s1": _value(revision.s1_value_id, revision.s1),
                "wanted": "",
                "links": _links(revision),
            }
        ],
        "steps": revision.steps,
    }


def _links(revision):
    """How S1 was read in the series of S0, where the two differ."""
    if not revision.link:
        return []
    link = revision.s0_value_id.index_id._to_link()
    return [
        {
            "old_anchor": plain(link.old_anchor),
            "new_anchor": plain(link.new_anchor),
            "rounding": str(link.rounding or ""),
        }
    ]


def _value(record, figure):
    return {
        "id": record.id,
        "series": record.index_id.code,
        "month": record.month.isoformat(),
        "value": plain(exact(figure)),
        "published_on": record.published_on and record.published_on.isoformat() or "",
        "vintage": record.vintage,
        "provisional": record.status == "provisional",
    }
