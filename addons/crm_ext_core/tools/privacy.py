"""A person in the sense of data protection: what names it, and how it is hidden."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

SHORTEST = 4  # a shorter name would hide parts of other words
HIDDEN = "…"
# an address is no part of a longer one; in JSON a line break ends with a letter
BEFORE = r"(?:(?<![\w.+-])|(?<=\\[nrt]))"
AFTER = r"(?![\w-]|\.\w)"


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that the base knows one person, or several, by."""

    partner_ids: tuple[int, ...] = ()
    lead_ids: tuple[int, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def without_partners(self, kept: Iterable[int]) -> "Person":
        """The same, less the contacts that the law makes us keep."""
        kept = set(kept)
        return replace(
            self, partner_ids=tuple(id_ for id_ in self.partner_ids if id_ not in kept)
        )

    def mail_pattern(self) -> str:
        """A regular expression of the addresses, whole ones; empty without any."""
        pattern = _pattern(self.emails)
        return pattern and f"{BEFORE}(?:{pattern}){AFTER}"

    def pattern(self) -> str:
        """A regular expression of all that names the person.

        >>> Person(emails=("a@b.example",), names=("Zoé", "Zoé-Ann")).pattern()
        'a@b\\\\.example|Zoé\\\\-Ann'
        """
        return _pattern((*self.emails, *self.phones, *self.names))


def _pattern(texts: Iterable[str]) -> str:
    long = {text.strip() for text in texts if text and len(text.strip()) >= SHORTEST}
    # the longest first, so that nothing is left of what holds another
    return "|".join(
        re.escape(text) for text in sorted(long, key=lambda t: (-len(t), t))
    )


def digest(email: str) -> str:
    """What still tells that a request was about an address, without the address."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def masked(email: str) -> str:
    """An address that only its owner recognises.

    >>> masked("zoe.coeur@moulin.example"), masked("no mail")
    ('z…@m…', '…')
    """
    local, at, domain = email.partition("@")
    return f"{local[:1]}{HIDDEN}@{domain[:1]}{HIDDEN}" if at else HIDDEN
