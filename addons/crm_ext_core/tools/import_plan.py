"""Decide what becomes of each row of a file: create, duplicate or reject.

One company is one token: rows of the same SIRET (else of the same name and postcode)
share it, and so does the company of that kind already in the base. Rows of one token
are packed into one unit of work, so that no two lanes ever create the same company.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .import_rows import Fault, ReadRow, Value
from .normalise_text import company_key, name_key

CREATE, DUPLICATE, REJECT = "create", "duplicate", "reject"


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """A company already in the base."""

    id: int
    name: str
    siret: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the base already holds of what the file speaks of.

    `emails` maps an address, and `people` a (company id, name key), to a contact's id.
    """

    companies: tuple[KnownCompany, ...] = ()
    emails: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keys:
    """What makes two rows the same, as the profile says; a name counts without mail."""

    siret: bool = True
    email: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """The fate of a row.

    `same_row` or `same_id` point to what a duplicate repeats, and `cause` says by which
    key: mail, person or company. `token` numbers the company in the file and
    `company_id` is set when the base has it.
    """

    row: ReadRow
    outcome: str
    cause: str = ""
    same_row: int = 0
    same_id: int = 0
    token: int = 0
    company_id: int = 0


class _Company:
    """A company of the file's plan; it may learn its SIRET from a later row."""

    __slots__ = ("id", "siret", "token")

    def __init__(self, token: int, id_: int, siret: str) -> None:
        self.token = token
        self.id = id_
        self.siret = siret


class CompanyBook:
    """The companies met so far, in the base and in the file."""

    def __init__(self, known: Iterable[KnownCompany]) -> None:
        """Open the book with the base's companies."""
        self._count = 0
        self._by_siret: dict[str, _Company] = {}
        self._by_name: dict[tuple[str, str], list[_Company]] = {}
        for company in known:
            self._add(company.name, company.siret, company.postcode, company.id)

    def resolve(self, name: str, siret: str, postcode: str) -> _Company:
        """The company of a row: by SIRET, else by name and postcode, else a new one.

        A company of the same name that lacks a SIRET takes the row's.
        """
        if siret and siret in self._by_siret:
            return self._by_siret[siret]
        for company in self._by_name.get((company_key(name), postcode), ()):
            if not siret or not company.siret:
                if siret:
                    company.siret = siret
                    self._by_siret[siret] = company
                return company
        return self._add(name, siret, postcode)

    def _add(self, name: str, siret: str, postcode: str, id_: int = 0) -> _Company:
        self._count += 1
        company = _Company(self._count, id_, siret)
        if siret:
            self._by_siret.setdefault(siret, company)
        self._by_name.setdefault((company_key(name), postcode), []).append(company)
        return company


def plan(rows: Sequence[ReadRow], known: Known, keys: Keys) -> list[Planned]:
    """Decide row by row, in the file's order; a rejected row makes no duplicate."""
    book = CompanyBook(known.companies)
    seen: dict[tuple, tuple[int, int]] = {}
    return [_plan_row(row, book, known, keys, seen) for row in rows]


def _plan_row(
    row: ReadRow,
    book: CompanyBook,
    known: Known,
    keys: Keys,
    seen: dict[tuple, tuple[int, int]],
) -> Planned:
    if row.faults:
        return Planned(row, REJECT)
    company = _company_of(row, book, keys)
    token, company_id = (company.token, company.id) if company else (0, 0)
    key = _identity(row, token, keys)
    if not key:
        fault = Fault("", "nothing")
        return Planned(ReadRow(row.number, row.values, (fault,)), REJECT)
    same_row, same_id = seen.get(key, (0, 0))
    if not same_row:
        same_id = _known_id(key, known, company_id)
        seen[key] = (row.number, same_id)
    repeated = same_row or same_id
    return Planned(
        row,
        outcome=DUPLICATE if repeated else CREATE,
        cause=key[0] if repeated else "",
        same_row=same_row,
        same_id=same_id,
        token=token,
        company_id=company_id,
    )


def _company_of(row: ReadRow, book: CompanyBook, keys: Keys) -> _Company | None:
    name = _text(row, "company", "name")
    if not name:
        return None
    siret = _text(row, "company", "company_registry") if keys.siret else ""
    return book.resolve(name, siret, _text(row, "company", "zip"))


def _identity(row: ReadRow, token: int, keys: Keys) -> tuple:
    """What the row is about: a mail, else a person of a company, else a company.

    >>> _identity(ReadRow(1, {("contact", "name"): "Zoé"}), 4, Keys())
    ('person', 4, 'zoe', '')
    """
    email = _text(row, "contact", "email")
    if email and keys.email:
        return "mail", email
    name = _text(row, "contact", "name")
    if name or email:
        return "person", token, name_key(name), email
    if token:
        return "company", token, name_key(_text(row, "lead", "name"))
    return ()


def _known_id(key: tuple, known: Known, company_id: int) -> int:
    if key[0] == "mail":
        return known.emails.get(key[1], 0)
    if key[0] == "person":
        return known.people.get((company_id, key[2]), 0)
    return company_id


def _text(row: ReadRow, target: str, name: str) -> str:
    value: Value = row.values.get((target, name), "")
    return str(value)


def pack(planned: Iterable[Planned], size: int) -> list[list[Planned]]:
    """Group rows into units of about `size`, never splitting a company."""
    families: dict[tuple[str, int], list[Planned]] = {}
    for item in planned:
        family = ("company", item.token) if item.token else ("row", item.row.number)
        families.setdefault(family, []).append(item)
    units: list[list[Planned]] = []
    for family in families.values():
        if not units or len(units[-1]) + len(family) > size:
            units.append([])
        units[-1].extend(family)
    return units
