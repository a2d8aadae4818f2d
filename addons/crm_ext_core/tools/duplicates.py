"""Are two cards the same person or company? Points with reasons, and match keys.

A card is what is compared, already normalised. Only cards that share a match key are
ever compared, so that looking through a whole base is never quadratic.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from .duplicate_keys import (
    address_key,
    company_of,
    domain_of,
    mail_of,
    phone_of,
    registry_of,
    sorted_name,
    sound,
)
from .near import likeness
from .normalise_text import clean_text, name_key

SAME, PROBABLE, DIFFERENT = "same", "probable", "different"
SAME_POINTS, PROBABLE_POINTS = 80, 55

# what each agreement or contradiction weighs; docs/decisions tell how it was measured
POINTS = {
    "siret": 100,
    "siren": 70,
    "mail": 80,
    "phone": 30,
    "domain": 25,
    "name": 40,
    "name_near": 30,
    "name_alike": 15,
    "company": 55,
    "company_near": 40,
    "company_alike": 20,
    "employer": 15,
    "birth": 30,
    "street": 25,
    "zip": 10,
    "city": 5,
    "other_establishment": -20,
    "other_siren": -60,
    "other_name": -45,
    "other_birth": -20,
    "other_phone": -5,
    "other_street": -10,
    "other_zip": -10,
}
NEAR, ALIKE, STRANGE = 0.6, 0.4, 0.2


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a person (`name` filled) or else of a company."""

    name: str = ""
    company: str = ""
    mail: str = ""
    phone: str = ""
    registry: str = ""
    domain: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    birth: str = ""

    @property
    def kind(self) -> str:
        """What it is a card of: a person, a firm, or nobody named."""
        return "person" if self.name else "firm" if self.company else ""

    @property
    def siren(self) -> str:
        """The nine digits of the company, whatever its establishment."""
        return self.registry[:9]

    def firm(self) -> "Card | None":
        """The card of the company that a person works for."""
        if self.kind != "person" or not self.company:
            return None
        return replace(self, name="", mail="", phone="", birth="")

    def to_json(self) -> dict[str, str]:
        """Give the filled fields, to be stored."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Points with the codes of their reasons, heaviest first."""

    points: int
    reasons: tuple[str, ...]

    @property
    def likely(self) -> str:
        """Whether the two are the same, probably so, or different."""
        if self.points >= SAME_POINTS:
            return SAME
        return PROBABLE if self.points >= PROBABLE_POINTS else DIFFERENT


def make_card(facts: Mapping[str, object], region: str = "FR") -> Card:
    """Normalise what a record or a file says.

    :param facts: name (of a person), company, mail, phone, registry (SIREN, SIRET) or
        vat, website, street, zip, city, birth (a date); what is no mail, phone or
        number is left out
    :param region: country whose phone numbers come without prefix

    >>> make_card({"company": "VINOUZE SARL", "mail": "a@vinouze.example"}).domain
    'vinouze.example'
    """

    def text(key: str) -> str:
        return clean_text(facts.get(key) or "")

    mail = mail_of(text("mail"))
    birth = facts.get("birth")
    return Card(
        name=sorted_name(text("name")),
        company=company_of(text("company")),
        mail=mail,
        phone=phone_of(text("phone"), region),
        registry=registry_of(text("registry"), text("vat")),
        domain=domain_of(mail, text("website")),
        street=name_key(text("street")),
        zip=name_key(text("zip")).replace(" ", ""),
        city=name_key(text("city")),
        birth=birth.isoformat() if isinstance(birth, datetime.date) else "",
    )


def keys(card: Card) -> frozenset[str]:
    """The match keys: two cards that share none are never compared."""
    found = {f"m:{card.mail}"} if card.mail else set()
    if card.phone:
        found.add(f"p:{card.phone}")
    return frozenset(
        key[:80] for key in found.union(*(_person_keys(card), _company_keys(card)))
    )


def _person_keys(card: Card) -> Iterable[str]:
    words = card.name.split()
    if not words:
        return
    sounds = sorted(sound(word) for word in words)
    yield "n:" + " ".join(sounds)
    if card.birth:
        yield f"b:{card.birth}"
    place = address_key(card.street)
    for word in sounds:
        if card.zip:
            yield f"z:{card.zip}:{word}"
        if card.domain:
            yield f"d:{card.domain}:{word}"
        if card.company:
            yield f"w:{sound(card.company)}:{word}"
        if place:
            yield f"a:{place}:{word}"


def _company_keys(card: Card) -> Iterable[str]:
    if card.name or not card.company:
        return
    words = card.company.split()
    yield "c:" + " ".join(sorted(sound(word) for word in words))
    if card.registry:
        yield f"s:{card.siren}"
    if card.domain:
        yield f"d:{card.domain}"
    if place := address_key(card.street):
        yield f"a:{place}"
    if card.zip:
        longest = sorted(words, key=len)[-2:]
        yield from (f"z:{card.zip}:{sound(word)}" for word in longest)


def compare(one: Card, two: Card) -> Verdict:
    """Tell how much speaks for two cards being the same.

    >>> two = make_card({"name": "DUPONT Zoé", "mail": "z@a.example"})
    >>> compare(make_card({"name": "Zoe Dupont", "mail": "Z@A.example"}), two).reasons
    ('mail', 'name')
    """
    kinds = {one.kind, two.kind}
    if kinds == {"person", "firm"}:
        # of a person and a firm only a mail of their own says something
        reasons = ["mail"] if one.mail and one.mail == two.mail else []
    else:
        named = _person_reasons if "person" in kinds else _firm_reasons
        reasons = [*named(one, two), *_common_reasons(one, two)]
    reasons.sort(key=lambda code: -POINTS[code])
    return Verdict(sum(POINTS[code] for code in reasons), tuple(reasons))


def _person_reasons(one: Card, two: Card) -> Iterable[str]:
    yield from _name_reason("name", one.name, two.name)
    if one.company and two.company and likeness(one.company, two.company) >= NEAR:
        yield "employer"
    if one.birth and two.birth:
        yield "birth" if one.birth == two.birth else "other_birth"


def _firm_reasons(one: Card, two: Card) -> Iterable[str]:
    yield from _name_reason("company", one.company, two.company)
    if one.registry and two.registry:
        yield _registry_reason(one, two)
    if one.domain and one.domain == two.domain:
        yield "domain"


def _name_reason(code: str, one: str, two: str) -> Iterable[str]:
    if not one or not two:
        return
    alike = 1.0 if one == two else likeness(one, two)
    if alike == 1.0:
        yield code
    elif alike >= NEAR:
        yield f"{code}_near"
    elif alike >= ALIKE or _contains(one, two):
        yield f"{code}_alike"
    elif alike < STRANGE:
        yield "other_name"


def _contains(one: str, two: str) -> bool:
    """Tell whether all words of one name are among those of the other."""
    words = set(one.split()), set(two.split())
    return min(words, key=len) <= max(words, key=len)


def _registry_reason(one: Card, two: Card) -> str:
    if one.siren != two.siren:
        return "other_siren"
    if one.registry == two.registry and len(one.registry) == 14:
        return "siret"
    both = len(one.registry) == len(two.registry) == 14
    return "other_establishment" if both else "siren"


def _common_reasons(one: Card, two: Card) -> Iterable[str]:
    if one.mail and one.mail == two.mail:
        yield "mail"
    if one.phone and two.phone:
        yield "phone" if one.phone == two.phone else "other_phone"
    if one.zip and two.zip:
        yield "zip" if one.zip == two.zip else "other_zip"
    if one.city and one.city == two.city:
        yield "city"
    if one.street and two.street:
        alike = likeness(one.street, two.street)
        if alike >= NEAR:
            yield "street"
        elif alike < STRANGE:
            yield "other_street"


def find_pairs(
    cards: Mapping[int, Card], reach: int = 30
) -> dict[tuple[int, int], Verdict]:
    """Compare the cards that share a key: {(lower id, higher id): verdict}.

    :param reach: a card is compared to so many next ones of the same key, which keeps
        a key that everybody shares (a switchboard) from costing its square
    """
    holders: dict[str, list[int]] = {}
    for id_ in sorted(cards):
        for key in keys(cards[id_]):
            holders.setdefault(key, []).append(id_)
    candidates = {
        (id_, other)
        for ids in holders.values()
        for place, id_ in enumerate(ids)
        for other in ids[place + 1 : place + 1 + reach]
    }
    verdicts = {(a, b): compare(cards[a], cards[b]) for a, b in sorted(candidates)}
    return {pair: it for pair, it in verdicts.items() if it.likely != DIFFERENT}
