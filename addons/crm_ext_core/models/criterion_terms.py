"""Domain terms of the criteria of segments, from the value somebody chose."""

from odoo.fields import Domain

from ..tools import french_places


def begins(path, value):
    return [(path, "=ilike", f"{value.text}%")]


def between(path, value):
    terms = [(path, ">=", value.low)] if value.low is not None else []
    return terms + ([(path, "<=", value.high)] if value.high is not None else [])


COMPARISONS = {
    "records": lambda path, value: [(path, "in", list(value.ids))],
    "choices": lambda path, value: [(path, "in", list(value.keys))],
    "text": begins,
    "range": between,
    "days": lambda path, value: [(path, ">=", f"today -{value.days}d")],
}


def in_departments(departments):
    beginnings = french_places.prefixes(departments)
    here = Domain.OR(Domain("zip", "=like", f"{zip_}%") for zip_ in beginnings)
    french = Domain("country_id.code", "in", french_places.COUNTRIES)
    return here & (french | Domain("country_id", "=", False))


def aged(value):
    """Who is between `low` and `high` years old today, both included."""
    domain = Domain("crm_birth_date", "!=", False)
    if value.low is not None:
        domain &= Domain("crm_birth_date", "<=", f"today -{int(value.low)}y")
    if value.high is not None:
        domain &= Domain("crm_birth_date", ">", f"today -{int(value.high) + 1}y")
    return domain


def behaved(value):
    inside = Domain("source", "in", list(value.keys))
    if value.days:
        inside &= Domain("date", ">=", f"today -{value.days}d")
    # who objects to profiling is in no segment by behaviour
    return Domain("crm_score_event_ids", "any", inside) & Domain(
        "crm_no_profiling", "!=", True
    )


def downloaded(value):
    inside = Domain("white_paper_id", "in", list(value.ids))
    if value.days:
        inside &= Domain("date", ">=", f"today -{value.days}d")
    return Domain("crm_download_ids", "any", inside)


def acted(value, meetings):
    """A message, note or meeting since; whether there is one is no secret, what it says
    stays behind its own rules."""
    since = f"today -{value.days}d"
    message = Domain("message_type", "!=", "notification") & Domain("date", ">=", since)
    meeting = Domain("start", ">=", since) & Domain("start", "<=", "now")
    return Domain("message_ids", "any!", message) | Domain(meetings, "any!", meeting)
