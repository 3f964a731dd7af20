"""Rows of one kind by id, with an order and indexes."""

from __future__ import annotations

from bisect import bisect_left, insort
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from synapse_backend.testing.messages import JsonObject

# How rows are ordered: by a number of their kind (an id, a moment), then by id.
Entry = tuple[int, int]

T = TypeVar("T")
_MAX_DERIVED = 32


class Table:
    """Rows of one kind by id, in a fixed order, oldest first.

    Rows are never changed in place: an update puts a new dict, so that an answer that holds the old one stays as it was.
    Each combination of fields that somebody filters by gets an index at its first use; from then on finding rows costs
    the same however many there are.

    Attributes:
        added: How many rows were added.
        replaced: How often a row was replaced.

    Args:
        name: What one row is called.
        rows: The rows at the start, or what makes them when somebody looks at the table first.
        order: Rows ascend by this number; it never changes for a row.
    """

    def __init__(
        self,
        name: str,
        rows: Iterable[JsonObject] | Callable[[], Iterable[JsonObject]] = (),
        order: Callable[[JsonObject], int] = lambda row: 0,
    ) -> None:
        self.name = name
        self._order = order
        self._source = rows
        self.added = 0
        self.replaced = 0
        self._indexes: dict[tuple[str, ...], dict[tuple[object, ...], list[Entry]]] = {}
        # Values of any type, each under a key of whoever computed it.
        self._derived: dict[Hashable, Any] = {}

    @cached_property
    def _rows(self) -> dict[int, JsonObject]:
        return {row["id"]: row for row in (self._source() if callable(self._source) else self._source)}

    @cached_property
    def _entries(self) -> list[Entry]:
        return sorted((self._order(row), pk) for pk, row in self._rows.items())

    @cached_property
    def _next_id(self) -> int:
        return max(self._rows, default=0) + 1

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, pk: int) -> JsonObject:
        return self._rows[pk]

    @property
    def next_id(self) -> int:
        """The id that the next row gets."""
        return self._next_id

    def rows(self) -> list[JsonObject]:
        """All rows, oldest first."""
        return [self._rows[pk] for _, pk in self._entries]

    def ids(self) -> list[int]:
        """All ids, ascending."""
        return sorted(self._rows)

    def get(self, pk: object) -> JsonObject | None:
        """The row with this id, or None."""
        # True == 1 and 1.0 == 1 as dict keys, but neither is an id.
        return self._rows.get(pk) if type(pk) is int else None

    def add(self, row: JsonObject) -> JsonObject:
        """Add a row, under its `id` if it has one, under the next one otherwise."""
        row = {"id": self._next_id, **row}
        pk = row["id"]
        if pk in self._rows:
            raise ValueError(f"{self.name} {pk} exists already")
        entry = (self._order(row), pk)
        insort(self._entries, entry)
        self._next_id = max(self._next_id, pk + 1)
        self._rows[pk] = row
        self.added += 1
        self._derived.clear()
        for fields, index in self._indexes.items():
            insort(index.setdefault(_key(row, fields), []), entry)
        return row

    def put(self, row: JsonObject) -> JsonObject:
        """Replace the row that has this row's id."""
        pk = row["id"]
        old = self._rows[pk]
        self._rows[pk] = row
        self.replaced += 1
        self._derived.clear()
        entry = (self._order(row), pk)
        for fields, index in self._indexes.items():
            before, after = _key(old, fields), _key(row, fields)
            if before != after:
                entries = index[before]
                del entries[bisect_left(entries, entry)]
                insort(index.setdefault(after, []), entry)
        return row

    def select(self, where: Mapping[str, object]) -> Sequence[Entry]:
        """The entries of the rows whose fields have these values, ascending."""
        if not where:
            return self._entries
        fields = tuple(sorted(where))
        index = self._indexes.get(fields)
        if index is None:
            index = self._indexes[fields] = {}
            for entry in self._entries:
                index.setdefault(_key(self._rows[entry[1]], fields), []).append(entry)
        return index.get(tuple(where[name] for name in fields), ())

    def find(self, **where: object) -> JsonObject | None:
        """The oldest row whose fields have these values, or None."""
        entries = self.select(where)
        return self._rows[entries[0][1]] if entries else None

    def derived(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What `compute` makes of the rows. It is kept until a row changes, for programs that go through many pages."""
        if key in self._derived:
            kept: T = self._derived[key]
            return kept
        if len(self._derived) >= _MAX_DERIVED:
            self._derived.clear()
        value = self._derived[key] = compute()
        return value


def _key(row: JsonObject, fields: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(row.get(name) for name in fields)
