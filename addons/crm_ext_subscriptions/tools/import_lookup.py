"""Names in a file and the records that they stand for."""

from collections.abc import Iterable, Mapping


class NameFault(Exception):
    """A name that does not stand for one record."""

    def __init__(self, column: str, text: object) -> None:
        """Remember where it stands."""
        super().__init__(f"{column}: {text}")
        self.column = column
        self.text = text


class Unknown(NameFault):
    """A name that stands for nothing."""


class Ambiguous(NameFault):
    """A name that stands for several records."""


class Lookup:
    """For each column, the records by each of their names, surest name first."""

    def __init__(self) -> None:
        """Begin without any name."""
        self._found: dict[str, dict[str, set[int]]] = {}

    def add(self, column: str, named: Iterable[tuple[str, int]]) -> None:
        """Learn names of records; those learned before them are surer."""
        known = self._found.setdefault(column, {})
        fresh: dict[str, set[int]] = {}
        for name, record in named:
            fresh.setdefault(name.casefold(), set()).add(record)
        for name, records in fresh.items():
            known.setdefault(name, records)

    def find(self, column: str, values: Mapping[str, object]) -> int:
        """The record that a row names in a column.

        :raises Unknown: or Ambiguous
        """
        text = str(values.get(column) or "")
        records = self._found.get(column, {}).get(text.casefold(), set())
        if len(records) > 1:
            raise Ambiguous(column, text)
        for record in records:
            return record
        raise Unknown(column, text)
