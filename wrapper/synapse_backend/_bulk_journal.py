"""The journal of a bulk upload: what was done, line by line, so that another process can go on after this one was killed.

Each line is a JSON object. What a request is about to create is written before it is sent, so that a request whose
outcome nobody knows is known as such. It holds no token.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from synapse_backend._line_journal import LineJournal

if TYPE_CHECKING:
    import os

    from synapse_backend._units import UploadedUnit

T = TypeVar("T")

Kind = Literal["units", "tasks"]


class Queue(list[T]):
    """A queue that nearly always has one entry; the one of the standard library takes ten times the memory then."""

    __slots__ = ()

    def popleft(self) -> T:
        """Take the oldest entry.

        Raises:
            IndexError: There is none.
        """
        return self.pop(0)


@dataclass(slots=True)
class Doubt:
    """A request of which nobody knows whether it was carried out."""

    number: int
    kind: Kind
    newest: int
    """The newest id before it."""
    keys: list[str]
    """The units that it creates; of tasks none."""
    unit_ids: list[int]
    """The units that its tasks are for."""
    at: float
    """When it was sent, in seconds since 1970."""


@dataclass(slots=True)
class Uploaded:
    """A unit whose files were uploaded."""

    body: UploadedUnit
    stamps: dict[str, list[int]]
    """Size and time of each file, by name."""


class BulkJournal(LineJournal):
    """The journal of one bulk upload, which no other process uses meanwhile.

    Attributes:
        created: Ids of the units that were created, by key; as many as were created of equal ones.
        uploaded: Units whose files were uploaded, but which were not created.
        without_task: Units that were created and have no task yet.
        doubts: Requests whose outcome is unknown.

    Args:
        path: Where it is; made when it is not there.
        identity: What must be the same for an upload to go on, for example the server.

    Raises:
        BlockingIOError: Another process, or another call in this one, uploads with this journal.
        ValueError: It is no journal, is damaged, or that of another upload; it stays as it is.
        OSError: It cannot be read or written, or is no ordinary file.
    """

    _NAME = "upload_data_collection"
    _FORMAT = "synapse-backend bulk upload 1"

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self.created: dict[str, Queue[int]] = defaultdict(Queue)
        self.uploaded: dict[str, Queue[Uploaded]] = defaultdict(Queue)
        self.without_task: dict[int, None] = {}
        self.doubts: dict[int, Doubt] = {}
        self._number = 0
        super().__init__(path, identity)

    # --- reading --------------------------------------------------------------------------------------------------

    def _apply(self, record: dict[str, Any], offset: int) -> None:
        match record:
            case {"uploaded": key, "body": body, "stamps": stamps}:
                self.uploaded[key].append(Uploaded(body, stamps))
            case {"changed": key}:
                self._take_uploaded(key)
            case {"begin": number, "kind": kind, "newest": newest, "keys": keys, "unit_ids": units, "at": at}:
                self._number = number
                self.doubts[number] = Doubt(number, kind, newest, keys, units, at)
            case {"end": number, "ids": ids}:
                self._settle(self.doubts.pop(number), ids, needs_task=record.get("needs_task", False))
            case {"void": number}:
                del self.doubts[number]
            case _:
                raise ValueError("unknown")

    def _settle(self, doubt: Doubt, ids: Sequence[int], *, needs_task: bool) -> None:
        if doubt.kind == "tasks":
            for unit_id in doubt.unit_ids:
                del self.without_task[unit_id]
            return
        for key, pk in zip(doubt.keys, ids, strict=True):
            self.created[key].append(pk)
            self._take_uploaded(key)
            if needs_task:
                self.without_task[pk] = None

    def _take_uploaded(self, key: str) -> None:
        known = self.uploaded[key]
        known.popleft()
        if not known:
            del self.uploaded[key]

    def bodies_of(self, doubt: Doubt) -> list[UploadedUnit]:
        """Return the units of a request in doubt."""
        seen: dict[str, int] = defaultdict(int)
        bodies = []
        for key in doubt.keys:
            bodies.append(self.uploaded[key][seen[key]].body)
            seen[key] += 1
        return bodies

    # --- writing --------------------------------------------------------------------------------------------------

    def note_uploaded(self, key: str, body: UploadedUnit, stamps: dict[str, list[int]]) -> None:
        """Write that the files of a unit were uploaded."""
        self._write({"uploaded": key, "body": body, "stamps": stamps}, is_important=False)

    def note_changed(self, key: str) -> None:
        """Write that a file of the oldest unit with this key is not what was uploaded, so that it is uploaded again."""
        self._write({"changed": key}, is_important=False)
        self._take_uploaded(key)

    def begin(self, kind: Kind, newest: int, keys: Sequence[str], unit_ids: Sequence[int], at: float) -> int:
        """Write what a request is about to create, and return its number."""
        self._number += 1
        record = {"begin": self._number, "kind": kind, "newest": newest, "keys": keys, "unit_ids": unit_ids, "at": at}
        self._write(record, is_important=True)
        return self._number

    def end(self, number: int, ids: Sequence[int], *, needs_task: bool) -> None:
        """Write that a request was carried out."""
        self._write({"end": number, "ids": ids, "needs_task": needs_task}, is_important=True)
        if doubt := self.doubts.pop(number, None):
            self._settle(doubt, ids, needs_task=needs_task)

    def void(self, number: int) -> None:
        """Write that a request was not carried out."""
        self._write({"void": number}, is_important=True)
        self.doubts.pop(number, None)
