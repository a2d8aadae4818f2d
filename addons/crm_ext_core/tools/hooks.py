"""What an addon hands to core when it plugs in (docs/architecture.md, "Hooks")."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchKind:
    """A kind of long work that crm.batch.run knows how to carry out.

    `model` has `_batch_process(run, units)`, which raises to refuse its units, and may
    have `_batch_done(run)`, called once when no unit is left. `chunk` is the number of
    units that share a savepoint; a chunk that fails is redone unit by unit.
    """

    label: str
    model: str
    chunk: int = 100


@dataclass(frozen=True, slots=True)
class ScoreEventSource:
    """A kind of dated event that may give points (mail opened, form posted...)."""

    label: str


@dataclass(frozen=True, slots=True)
class SegmentCriterion:
    """A ready-made criterion of a segment.

    `domain` holds for the segment's records (`model`), as a list of Odoo domain terms.
    """

    label: str
    model: str
    domain: tuple


@dataclass(frozen=True, slots=True)
class PartnerCounter:
    """A figure on the contact form that opens the list behind it.

    `model` is searched with `field` in the contacts of the company (child_of) and
    `domain`; `sum_field` adds up a column instead of counting rows.
    """

    label: str
    icon: str
    model: str
    field: str = "partner_id"
    domain: tuple = ()
    sum_field: str = ""


@dataclass(frozen=True, slots=True)
class ContextSection:
    """A block of the customer context panel: a title and (label, value) rows."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PortalCard:
    """A card of the portal's home page; `counter` names the count it shows."""

    title: str
    text: str
    url: str
    counter: str
    icon: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """An invariant checked every night.

    `model` has `method()`, which returns an AuditFinding.
    """

    label: str
    model: str
    method: str


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """The result of a check: red when `broken` counts at least one record or fault."""

    broken: int = 0
    detail: str = ""
    res_model: str = ""
    res_ids: tuple[int, ...] = ()
