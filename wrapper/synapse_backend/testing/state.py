"""The objects that the mock holds, and the views of them that tests look at."""

from __future__ import annotations

import copy
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synapse_backend.testing.messages import JsonObject

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence

    from synapse_backend.testing.jobs import Jobs


# How rows are ordered: by a number of their kind (an id, a moment), then by id.
Entry = tuple[int, int]


class Table:
    """Rows of one kind by id, in a fixed order, oldest first.

    Rows are never changed in place: an update puts a new dict, so that an answer that holds the old one stays as it was.
    Each combination of fields that somebody filters by gets an index at its first use; from then on finding rows costs
    the same however many there are.

    Attributes:
        replaced: How often a row was replaced.

    Args:
        name: What one row is called.
        rows: The rows at the start.
        order: Rows ascend by this number; it never changes for a row.
    """

    def __init__(
        self, name: str, rows: Iterable[JsonObject] = (), order: Callable[[JsonObject], int] = lambda row: 0
    ) -> None:
        self.name = name
        self._order = order
        self._rows: dict[int, JsonObject] = {row["id"]: row for row in rows}
        self._entries: list[Entry] = sorted((order(row), pk) for pk, row in self._rows.items())
        self._next_id = max(self._rows, default=0) + 1
        self.replaced = 0
        self._indexes: dict[tuple[str, ...], dict[tuple[object, ...], list[Entry]]] = {}

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
        self._next_id = max(self._next_id, pk + 1)
        self._rows[pk] = row
        entry = (self._order(row), pk)
        insort(self._entries, entry)
        for fields, index in self._indexes.items():
            insort(index.setdefault(_key(row, fields), []), entry)
        return row

    def put(self, row: JsonObject) -> JsonObject:
        """Replace the row that has this row's id."""
        pk = row["id"]
        old = self._rows[pk]
        self._rows[pk] = row
        self.replaced += 1
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


def _key(row: JsonObject, fields: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(row.get(name) for name in fields)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the mock serves."""

    content: bytes
    content_type: str
    md5: str


@dataclass(slots=True)
class State:
    """Everything that the mock holds.

    Attributes:
        plugins: Rows are plugins as answered.
        releases: Rows are releases as answered, but `file` is a path on the mock.
        storages: Rows are storages with their configuration.
        agents: Rows are the answers of a health check, plus `token`.
        jobs: Rows and lives of jobs.
        files: Stored files by path.
    """

    plugins: Table
    releases: Table
    storages: Table
    agents: Table
    jobs: Jobs
    files: dict[str, StoredFile]

    def tables(self) -> dict[str, Table]:
        """The tables by the name of what they hold."""
        return {
            "plugins": self.plugins,
            "releases": self.releases,
            "storages": self.storages,
            "agents": self.agents,
            "jobs": self.jobs.table,
        }


class Collection(Mapping[int, JsonObject]):
    """What tests see of a table: `backend.plugins[123]["name"]`. Objects are copies; add some with `add`."""

    def __init__(
        self,
        lock: threading.RLock,
        table: Callable[[], Table],
        render: Callable[[JsonObject], JsonObject],
        create: Callable[[JsonObject], JsonObject],
    ) -> None:
        self._lock = lock
        self._table = table
        self._render = render
        self._create = create

    def __getitem__(self, pk: int) -> JsonObject:
        with self._lock:
            row = self._table().get(pk)
            if row is None:
                raise KeyError(pk)
            return copy.deepcopy(self._render(row))

    def __iter__(self) -> Iterator[int]:
        with self._lock:
            return iter(self._table().ids())

    def __len__(self) -> int:
        return len(self._table())

    def __repr__(self) -> str:
        ids = list(self)
        shown = ", ".join(map(str, ids[:10])) + (", ..." if len(ids) > 10 else "")
        return f"<{len(ids)} {self._table().name}s: {shown}>"

    def add(self, **fields: object) -> JsonObject:
        """Add an object as if it had been there before the test; what is not given gets a sensible value.

        Returns:
            The object as the API would answer it.

        Raises:
            ValueError: The object would violate the contract; the message names the field.
        """
        with self._lock:
            return copy.deepcopy(self._render(self._create(fields)))
