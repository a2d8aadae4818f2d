"""A reckoning written down as strings, and read back to the same cents years later."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

from .index_clause import Reckoning, Served
from .index_rounding import Link, Rounding
from .index_series import Observation
from .indexation import Formula, Pair, Revised, plain, revise

ROUNDINGS = ("linked_index", "ratio", "coefficient", "unit_price", "line")
FIGURES = ("fixed", "threshold", "cap", "floor")


def to_record(formula: Formula, reckoning: Reckoning) -> dict[str, object]:
    """Write a reckoning down: every figure as an exact string, every value's id."""
    pairs = zip(reckoning.pairs, reckoning.served, strict=True)
    return {
        "p0": plain(reckoning.p0),
        "current": plain(reckoning.current),
        "quantity": plain(reckoning.quantity),
        "p1": plain(reckoning.revised.price),
        "line": plain(reckoning.revised.line),
        "coefficient": plain(reckoning.revised.coefficient),
        "formula": _write_formula(formula),
        "pairs": [_write_pair(pair, served) for pair, served in pairs],
        "steps": [step.as_dict() for step in reckoning.revised.steps],
    }


def replay(record: dict[str, object]) -> Revised:
    """Reckon anew from what was written down, and from nothing else."""
    return revise(
        Decimal(record["p0"]),
        tuple(read_pair(pair) for pair in record["pairs"]),
        read_formula(record["formula"]),
        Decimal(record["current"]),
        Decimal(record["quantity"]),
    )


def _write_formula(formula: Formula) -> dict[str, str]:
    figures = {name: getattr(formula, name) for name in FIGURES}
    return (
        {name: "" if value is None else plain(value) for name, value in figures.items()}
        | {name: str(getattr(formula, name) or "") for name in ROUNDINGS}
        | {"limits_on": formula.limits_on}
    )


def read_formula(written: dict[str, str]) -> Formula:
    """Read the arithmetic of a record."""
    known = {field.name for field in fields(Formula)}
    figures = {
        name: Decimal(written[name]) if written[name] else None for name in FIGURES
    }
    roundings = {name: Rounding.parse(written[name]) for name in ROUNDINGS}
    others = {"limits_on": written["limits_on"]}
    values = figures | roundings | others
    return Formula(**{name: values[name] for name in known})


def _write_pair(pair: Pair, served: Served) -> dict[str, object]:
    return {
        "name": pair.name,
        "weight": plain(pair.weight),
        "s0": _write_value(served.s0),
        "s1": _write_value(served.s1),
        "wanted": _write_date(served.wanted),
        "links": [
            {
                "old_anchor": plain(link.old_anchor),
                "new_anchor": plain(link.new_anchor),
                "rounding": str(link.rounding or ""),
            }
            for link in pair.links
        ],
    }


def _write_value(value: Observation) -> dict[str, object]:
    return {
        "id": value.key,
        "series": value.series,
        "month": value.month.isoformat(),
        "value": plain(value.value),
        "published_on": _write_date(value.published_on),
        "vintage": value.vintage,
        "provisional": value.provisional,
    } | ({"parts": [_write_value(part) for part in value.parts]} if value.parts else {})


def _write_date(day: date | None) -> str:
    return day.isoformat() if day else ""


def read_pair(written: dict[str, object]) -> Pair:
    """Read the two figures of one index, and the links between their series."""
    links = tuple(
        Link(
            Decimal(link["old_anchor"]),
            Decimal(link["new_anchor"]),
            Rounding.parse(link["rounding"]),
        )
        for link in written["links"]
    )
    return Pair(
        Decimal(written["s0"]["value"]),
        Decimal(written["s1"]["value"]),
        links,
        Decimal(written["weight"]),
        written["name"],
    )


def read_value(written: dict[str, object]) -> Observation:
    """Read an index value as it served; its key is the caller's own."""
    return Observation(
        series=written["series"],
        month=date.fromisoformat(written["month"]),
        value=Decimal(written["value"]),
        published_on=read_day(written["published_on"]),
        order=written["id"],
        key=written["id"],
        provisional=written["provisional"],
        vintage=written["vintage"],
        parts=tuple(map(read_value, written.get("parts", ()))),
    )


def read_day(written: str) -> date | None:
    """Read a day, if one was written."""
    return date.fromisoformat(written) if written else None
