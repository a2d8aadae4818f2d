"""What an addon hands to core when it plugs in (docs/architecture.md, "Hooks")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BatchKind:
    """A kind of long work that crm.batch.run knows how to carry out.

    `model` has `_batch_process(run, units)`, which raises to refuse its units. It may
    have `_batch_done(run)`, called when no unit is left (again after a retry), and
    `_batch_unit_label(unit)`, the name of a unit in the list of failures. `chunk` is
    the number of units that share a savepoint; a chunk that fails is redone unit by
    unit.
    """

    label: str
    model: str
    chunk: int = 100


@dataclass(frozen=True, slots=True)
class Expertise:
    """A kind of expertise of the members of a team, which a lead may ask for.

    Both fields, of crm.team.member and of crm.lead, name records of the same model. Who
    has none of a kind takes leads that ask for any.
    """

    label: str
    member_field: str
    lead_field: str


@dataclass(frozen=True, slots=True)
class ScoreEventSource:
    """A kind of dated event that may give points (mail opened, form posted...).

    The addon tells core what happened with `crm.score.event._log(source, facts)`. What
    only the passing of time makes true is asked for instead: `model` then has
    `_crm_score_facts(lead_ids)`, a query (SQL) of (lead id, date, reference), where
    lead_ids is a query of the leads asked about.
    """

    label: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class ScoreCriterion:
    """A ready-made criterion of score rules: a domain on crm.lead, in words."""

    label: str
    domain: tuple


@dataclass(frozen=True, slots=True)
class CriterionValue:
    """What somebody chose for a criterion: records, keys, a text, bounds, days."""

    ids: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    text: str = ""
    low: float | None = None
    high: float | None = None
    days: int | None = None

    @classmethod
    def from_json(cls, value: object) -> "CriterionValue":
        """Read what the screen stored; what is not understood is left out.

        >>> CriterionValue.from_json({"ids": [3], "days": 30})
        CriterionValue(ids=(3,), keys=(), text='', low=None, high=None, days=30)
        """
        given = value if isinstance(value, dict) else {}
        return cls(
            ids=tuple(int(id_) for id_ in given.get("ids") or ()),
            keys=tuple(str(key) for key in given.get("keys") or ()),
            text=str(given.get("text") or "").strip(),
            low=given.get("low"),
            high=given.get("high"),
            days=given.get("days") or None,
        )

    def fills(self, inputs: tuple[str, ...]) -> bool:
        """Tell whether the first of these inputs, the one that matters, is filled."""
        given = {
            "records": bool(self.ids),
            "choices": bool(self.keys),
            "text": bool(self.text),
            "range": (self.low, self.high) != (None, None),
            "days": self.days is not None,
        }
        return not inputs or given[inputs[0]]


@dataclass(frozen=True, slots=True)
class SegmentCriterion:
    """A ready-made criterion of a segment.

    Without `inputs` it holds or not: `domain` is a list of Odoo domain terms on
    `model`. With `inputs` (records of `comodel`, choices, text, range, days; the first
    one must be filled, the others may) somebody chooses a value: `domains` gives for
    each model a function of the environment and the CriterionValue that returns the
    terms. A criterion on contacts serves leads through their contact and the other way
    round. `paths` names the field to show when somebody asks why a record is in.
    """

    label: str
    model: str = ""
    domain: tuple = ()
    group: str = ""
    inputs: tuple[str, ...] = ()
    comodel: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    domains: Mapping[str, Callable] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def models(self) -> tuple[str, ...]:
        """The models it is written for."""
        return tuple(self.domains) or (self.model,)

    def terms(self, env: object, model: str, value: CriterionValue) -> object:
        """Give the domain terms on one of its models."""
        if model in self.domains:
            return self.domains[model](env, value)
        return list(self.domain)


@dataclass(frozen=True, slots=True)
class FunnelEvent:
    """Something that may happen to a card while it is in a stage.

    The addon says so with `crm.funnel.rule._on_event(key, facts)`; the sources of score
    events do already. `model` is as in ScoreEventSource: asked for on time.
    """

    label: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class FunnelAction:
    """Something that a funnel rule may do to cards.

    crm.funnel.action has `_run_<key>(firings)`, which does it to all their cards and
    returns the values of the crm.funnel.effect records, and `_undo_<key>(effect)`,
    which returns why it cannot be taken back, or an empty text once it is; without that
    method `lasting` says why.
    """

    label: str
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class PartnerCounter:
    """A figure on the contact form that opens the list behind it.

    `model` is searched with `field` in the contacts of the company (child_of) and
    `domain`; `sum_field` adds up a column instead of counting rows. `action` is the
    XML id of the window action to open on them (default: the model's list). A user who
    may not read the model does not see the counter.
    """

    label: str
    icon: str
    model: str
    field: str = "partner_id"
    domain: tuple = ()
    sum_field: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ContextSection:
    """A block of the customer context panel: a title and (label, value) rows.

    `url` is where a click on the title leads, such as "/odoo/crm-cases/42".
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class PortalCard:
    """A card of the portal's home page, shown when its count is not zero.

    The count named `counter` is the number of `model`'s records in `domain` that the
    customer may read; without a model, the addon's own controller fills it in
    `_prepare_home_portal_values`. `icon` is the address of an image.
    """

    title: str
    text: str
    url: str
    counter: str
    icon: str
    model: str = ""
    domain: tuple = ()


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


@dataclass(frozen=True, slots=True)
class PrivacySource:
    """Where data of a person lies, and what becomes of it when it is forgotten.

    `find` gives the domain of the records of `model` that speak of a person
    (tools/privacy.py). `shown` names what the person is told; to forget, `cleared` is
    emptied and `fixed` takes a text where %(id)s stands for the record, or the rows are
    deleted. Messages, files, tasks and tracked values on these records go with them.
    """

    label: str
    model: str
    find: Callable
    shown: tuple[str, ...]
    cleared: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    delete: bool = False
