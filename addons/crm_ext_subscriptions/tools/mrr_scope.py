"""Of which moves a figure of recurring revenue is read."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """A company, a period, what was known by then, and a choice of moves.

    `filters` are (field, ids) pairs of crm.mrr.move; `known_before` is in UTC, None for
    all that is known now.
    """

    company: int
    date_from: date
    date_to: date
    known_before: datetime | None = None
    filters: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def get_known_domain(self) -> list[tuple]:
        """The moves of the scope, of whatever day."""
        domain = [("company_id", "=", self.company)]
        if self.known_before:
            domain.append(("known_at", "<", self.known_before))
        return domain + [(name, "in", list(ids)) for name, ids in self.filters]

    def get_state_domain(self, day: date) -> list[tuple]:
        """The moves whose sum is the MRR at the end of a day."""
        return [*self.get_known_domain(), ("date", "<=", day)]

    def get_period_domain(self) -> list[tuple]:
        """The moves of the period."""
        return [*self.get_state_domain(self.date_to), ("date", ">=", self.date_from)]
