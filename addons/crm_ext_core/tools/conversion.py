"""Which company and contact a lead stands for, and what converting it has to make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from . import normalise
from .import_plan import CompanyBook, KnownCompany
from .near import near_pairs
from .normalise_text import company_key, name_key

LIKELY = 0.6  # share of common three-letter pieces from which two companies look alike
SHOWN = 5  # companies of similar name that are proposed


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What a lead says of a company and of a person."""

    id: int
    company: str = ""
    siret: str = ""
    postcode: str = ""
    person: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A known company or contact that a lead may stand for, and why.

    `why` is siret, mail, phone, name (same company and same name) or alike; `sure`
    tells whether it is taken without asking.
    """

    id: int
    why: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The companies and contacts that look like those of a lead, the surest first."""

    companies: tuple[Match, ...] = ()
    contacts: tuple[Match, ...] = ()

    @property
    def company_id(self) -> int:
        """The company to take without asking; 0 when there is none."""
        return next((match.id for match in self.companies if match.sure), 0)

    @property
    def contact_id(self) -> int:
        """The contact to take without asking; 0 when there is none."""
        return next((match.id for match in self.contacts if match.sure), 0)


@dataclass(frozen=True, slots=True)
class Base:
    """What the base holds that leads may stand for; maps lead to a contact's id."""

    companies: tuple[KnownCompany, ...] = ()
    emails: Mapping[str, int] = field(default_factory=dict)
    phones: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for the leads to convert.

    `company` is exist, create, none or match (known ones are taken, others made), and
    `contact` exist, create or match. `team_id` and `user_ids` are who gets the leads,
    in turns, with `force` also those that somebody has.
    """

    company: str = "match"
    company_id: int = 0
    company_name: str = ""
    contact: str = "match"
    contact_id: int = 0
    opportunity: bool = True
    team_id: int = 0
    user_ids: tuple[int, ...] = ()
    force: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What a lead becomes: known records by id, records to make by a shared key.

    Leads of one new company, or of one new person, carry the same key: it is made once.
    """

    lead_id: int
    company_id: int = 0
    company_key: tuple = ()
    contact_id: int = 0
    contact_key: tuple = ()


def siret_or_nothing(cell: str) -> str:
    """Digits of a SIREN or SIRET; empty when it is none.

    >>> siret_or_nothing("552 100 554"), siret_or_nothing("552100555")
    ('552100554', '')
    """
    try:
        return normalise.siret(cell) if cell else ""
    except normalise.ValueFault:
        return ""


def find(lead: LeadFacts, base: Base) -> Found:
    """Find the known company and contact of a lead.

    >>> base = Base((KnownCompany(7, "Vinouze SARL", "", "35000"),), {"a@b.fr": 9})
    >>> found = find(LeadFacts(1, "VINOUZE", "", "35000", "Zoé", "a@b.fr"), base)
    >>> found.company_id, found.contact_id
    (7, 9)
    """
    companies = _companies(lead, base.companies)
    contacts: dict[int, Match] = {}
    if known := base.emails.get(lead.email):
        contacts[known] = Match(known, "mail", sure=True)
    for company in companies:
        known = base.people.get((company.id, name_key(lead.person)))
        if lead.person and known:
            contacts.setdefault(known, Match(known, "name", company.sure))
    if known := base.phones.get(lead.phone):
        contacts.setdefault(known, Match(known, "phone"))
    return Found(companies, tuple(contacts.values()))


def _companies(lead: LeadFacts, known: Iterable[KnownCompany]) -> tuple[Match, ...]:
    matches: dict[int, Match] = {}
    if lead.siret:
        for company in known:
            if _same_siret(lead.siret, company.siret):
                matches.setdefault(company.id, Match(company.id, "siret", sure=True))
    if lead.company:
        book = CompanyBook(known)
        if same := book.resolve(lead.company, lead.siret, lead.postcode).id:
            matches.setdefault(same, Match(same, "name", sure=True))
        for id_ in _alike(lead.company, known):
            matches.setdefault(id_, Match(id_, "alike"))
    return tuple(matches.values())


def _same_siret(one: str, other: str) -> bool:
    """A SIREN is the first nine digits of its SIRETs.

    >>> _same_siret("552100554", "55210055400013"), _same_siret("", "")
    (True, False)
    """
    if len(one) == len(other) == 14:
        return one == other
    return len(one) >= 9 and len(other) >= 9 and one[:9] == other[:9]


def _alike(name: str, known: Iterable[KnownCompany]) -> list[int]:
    mine = company_key(name)
    shares = {}
    for company in known:
        key = company_key(company.name)
        pair = near_pairs({0: mine, 1: key}, LIKELY)
        if pair or key == mine:
            shares[company.id] = pair[0][2] if pair else 1.0
    return sorted(shares, key=lambda id_: (-shares[id_], id_))[:SHOWN]


def plan(leads: Iterable[LeadFacts], base: Base, persons: bool = True) -> list[Target]:
    """Decide for many leads at once: what is surely known is taken, the rest is made.

    :param persons: whether contacts are looked for; else each lead makes its own
    """
    book = CompanyBook(base.companies)
    return [_plan_one(lead, base, book, persons) for lead in leads]


def _plan_one(lead: LeadFacts, base: Base, book: CompanyBook, persons: bool) -> Target:
    company_id, key = 0, ()
    if lead.company:
        company = book.resolve(lead.company, lead.siret, lead.postcode)
        company_id = company.id
        key = () if company.id else ("company", company.token)
    contact_id = base.emails.get(lead.email, 0) if persons else 0
    if persons and not contact_id and company_id and lead.person:
        contact_id = base.people.get((company_id, name_key(lead.person)), 0)
    person = () if contact_id else _person_key(lead, key or company_id)
    return Target(lead.id, company_id, key, contact_id, person)


def decide(facts: Iterable[LeadFacts], base: Base, choice: Choice) -> list[Target]:
    """Decide for leads whose company and contact somebody chose, or left to us."""
    if choice.company == "none":
        facts = [replace(one, company="") for one in facts]
    elif choice.company_name:
        facts = [replace(one, company=choice.company_name) for one in facts]
    if choice.company != "match":
        base = replace(base, companies=())
    if choice.company == "exist":
        facts = [replace(one, company=one.company or "?") for one in facts]
    targets = plan(facts, base, persons=choice.contact == "match")
    if choice.company == "exist":
        targets = [
            replace(target, company_id=choice.company_id, company_key=())
            for target in targets
        ]
    if choice.contact == "exist":
        targets = [
            replace(target, contact_id=choice.contact_id, contact_key=())
            for target in targets
        ]
    return targets


def _person_key(lead: LeadFacts, company: object) -> tuple:
    if company and not lead.person:
        return ()
    if lead.email:
        return "mail", lead.email
    if company:
        return "person", company, name_key(lead.person)
    return "lead", lead.id


def identities(lead: LeadFacts) -> set[str]:
    """What two leads of one company or person have in common, to make it once.

    >>> sorted(identities(LeadFacts(1, "Vinouze SARL", "", "35000", "", "a@b.fr")))
    ['company vinouze 35000', 'mail a@b.fr']
    """
    found = set()
    if lead.siret:
        found.add(f"siren {lead.siret[:9]}")
    if lead.company:
        found.add(f"company {company_key(lead.company)} {lead.postcode}")
    if lead.email:
        found.add(f"mail {lead.email}")
    return found
