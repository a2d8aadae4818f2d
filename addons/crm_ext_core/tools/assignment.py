"""Who gets which lead: owner first, then territory, expertise, presence and load.

Nobody gets a lead of a company that he does not work for.

Set-based: leads are gone through once, each person costs one entry of a heap.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

NONE = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a team, with what he takes and how much.

    Empty territory or expertise takes everything; so do empty companies. `expertise`
    holds (kind, id of what is known). `capacity` counts leads that may still be given
    (None: no limit), `load` the open ones.
    """

    user_id: int
    load: int = 0
    capacity: int | None = None
    present: bool = True
    countries: frozenset[int] = NONE
    states: frozenset[int] = NONE
    zips: tuple[str, ...] = ()
    expertise: frozenset[tuple[str, int]] = NONE
    companies: frozenset[int] = NONE

    def serves(self, lead: "Lead") -> bool:
        """Whether the person works for the lead's company; one of none is anybody's."""
        return not (lead.company and self.companies) or lead.company in self.companies

    def covers(self, lead: "Lead") -> bool:
        """Whether the lead lies in the person's territory; any of its parts will do."""
        if not (self.countries or self.states or self.zips):
            return True
        return bool(
            lead.country in self.countries
            or lead.state in self.states
            or (self.zips and lead.zip.startswith(self.zips))
        )

    def masters(self, lead: "Lead") -> bool:
        """Whether the person knows one of what the lead asks for, of each kind that
        both of them name (a topic, a language, a product...)."""
        both = _kinds(self.expertise) & _kinds(lead.topics)
        return both <= _kinds(self.expertise & lead.topics)


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead to give; `owner` already follows its company, 0 when nobody does;
    `topics` holds (kind, id of what it asks for)."""

    id: int
    country: int = 0
    state: int = 0
    zip: str = ""
    topics: frozenset[tuple[str, int]] = NONE
    owner: int = 0
    company: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """How one rule chooses among its people."""

    keep_owner: bool = True
    in_turn: bool = False
    last: int = 0  # who got the last one, when in turn


@dataclass(frozen=True, slots=True)
class Decision:
    """A lead, who gets it (0: nobody can), and why.

    `cause` is owner, share, company, territory, expertise, full or absent: what
    decided, or what stood in the way; `load` is what the person had before, `known`
    what the lead asks for and the person knows.
    """

    lead_id: int
    user_id: int
    cause: str
    load: int = 0
    known: frozenset[tuple[str, int]] = NONE


def after_earlier(person: Person, given: int, given_here: int) -> Person:
    """The person once earlier rules gave leads: so many in all, and in this team.

    Load counts every lead of the person, capacity those of the team.
    """
    room = person.capacity
    if room is not None:
        room = max(0, room - given_here)
    return replace(person, load=person.load + given, capacity=room)


class _Desk:
    """The people of a rule while leads are given out."""

    __slots__ = ("given", "in_turn", "people", "turns")

    def __init__(self, people: Iterable[Person], in_turn: bool) -> None:
        self.people = {person.user_id: person for person in people}
        self.in_turn = in_turn
        self.given: dict[int, int] = {}
        self.turns: dict[int, int] = {}

    def has_room(self, person: Person) -> bool:
        given = self.given.get(person.user_id, 0)
        return person.capacity is None or given < person.capacity

    def load_of(self, person: Person) -> int:
        return person.load + self.given.get(person.user_id, 0)

    def give(self, person: Person, turn: int) -> None:
        self.given[person.user_id] = self.given.get(person.user_id, 0) + 1
        self.turns[person.user_id] = turn

    def rank(self, person: Person) -> tuple[int, int]:
        if self.in_turn:
            return self.turns.get(person.user_id, -1), person.user_id
        return self.load_of(person), person.user_id


def assign(
    leads: Iterable[Lead], people: Sequence[Person], policy: Policy
) -> list[Decision]:
    """Give each lead to a person; ties go to the smallest id, so a replay agrees.

    Leads alike (same company, territory and topics) share one heap of who may take
    them, so that the cost is that of the leads and not of leads times people.
    """
    desk = _Desk(people, policy.in_turn)
    if policy.in_turn:
        _resume_turns(desk, people, policy.last)
    heaps: dict[tuple, list] = {}
    return [
        _decide(lead, desk, policy, heaps, turn)
        for turn, lead in enumerate(leads, start=1)
    ]


def _resume_turns(desk: _Desk, people: Sequence[Person], last: int) -> None:
    """Who comes after the last one served goes first."""
    order = sorted(person.user_id for person in people)
    after = [one for one in order if one > last] + [one for one in order if one <= last]
    desk.turns = {one: rank - len(order) for rank, one in enumerate(after)}


def _decide(
    lead: Lead, desk: _Desk, policy: Policy, heaps: dict[tuple, list], turn: int
) -> Decision:
    owner = desk.people.get(lead.owner) if policy.keep_owner else None
    if owner and owner.serves(lead):  # the customer keeps his salesperson, busy or away
        load = desk.load_of(owner)
        desk.give(owner, turn)
        return Decision(lead.id, owner.user_id, "owner", load)
    key = (lead.company, lead.country, lead.state, lead.zip, lead.topics)
    if key not in heaps:
        able = [p for p in desk.people.values() if _can_take(p, lead)]
        heaps[key] = [(desk.rank(p), p.user_id) for p in able if p.present]
        heapq.heapify(heaps[key])
    chosen = _take(heaps[key], desk)
    if chosen is None:
        return Decision(lead.id, 0, _obstacle(lead, desk))
    load = desk.load_of(chosen)
    desk.give(chosen, turn)
    heapq.heappush(heaps[key], (desk.rank(chosen), chosen.user_id))
    known = chosen.expertise & lead.topics
    return Decision(lead.id, chosen.user_id, _cause(chosen, known), load, known)


def _can_take(person: Person, lead: Lead) -> bool:
    return person.serves(lead) and person.covers(lead) and person.masters(lead)


def _take(heap: list, desk: _Desk) -> Person | None:
    """Pop who comes first; entries that other heaps made stale are put right."""
    while heap:
        rank, user_id = heapq.heappop(heap)
        person = desk.people[user_id]
        if not desk.has_room(person):
            continue
        if rank == desk.rank(person):
            return person
        heapq.heappush(heap, (desk.rank(person), user_id))
    return None


def _cause(person: Person, known: frozenset) -> str:
    if person.countries or person.states or person.zips:
        return "territory"
    return "expertise" if known else "share"


def _kinds(expertise: Iterable[tuple[str, int]]) -> set[str]:
    return {kind for kind, _known in expertise}


def _obstacle(lead: Lead, desk: _Desk) -> str:
    serving = [person for person in desk.people.values() if person.serves(lead)]
    if desk.people and not serving:
        return "company"
    covering = [person for person in serving if person.covers(lead)]
    if not covering:
        return "territory"
    able = [person for person in covering if person.masters(lead)]
    if not able:
        return "expertise"
    present = [person for person in able if person.present]
    return "full" if present else "absent"
