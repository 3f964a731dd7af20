"""The journal of a bulk upload: what was done, line by line, so that another process can go on after this one was killed.

Each line is a JSON object. What a request is about to create is written before it is sent, so that a request whose
outcome nobody knows is known as such. It holds no token.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from synapse_backend._bodies import encode_json

if TYPE_CHECKING:
    from synapse_backend._units import UploadedUnit

try:
    import fcntl
except ImportError:  # there, two processes are not kept apart
    fcntl = None  # type: ignore[assignment]

_FORMAT = "synapse-backend bulk upload 1"
Kind = Literal["units", "tasks"]


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


class BulkJournal:
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
        ValueError: It is no journal, is damaged, or that of another upload.
        OSError: It cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self.created: dict[str, deque[int]] = defaultdict(deque)
        self.uploaded: dict[str, deque[Uploaded]] = defaultdict(deque)
        self.without_task: dict[int, None] = {}
        self.doubts: dict[int, Doubt] = {}
        self._path = os.fspath(path)
        self._mutex = threading.Lock()
        self._number = 0
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._lock()
            self._load({"format": _FORMAT, **identity})
        except BaseException:
            os.close(self._file)
            raise

    def _lock(self) -> None:
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                problem = "another upload uses this journal; wait, or pass another journal"
                raise BlockingIOError(errno.EWOULDBLOCK, problem, self._path) from None

    # --- reading --------------------------------------------------------------------------------------------------

    def _load(self, header: dict[str, Any]) -> None:
        whole = 0
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    break
                self._read(number, line, header)
                whole += len(line)
        # A process that was killed while it wrote leaves half a line, which was not acted upon.
        os.ftruncate(self._file, whole)
        if not whole:
            self._write(header, is_important=True)

    def _read(self, number: int, line: bytes, header: dict[str, Any]) -> None:
        try:
            record = json.loads(line)
            if number:
                self._apply(record)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            raise ValueError(f"{self._path}: line {number + 1} is damaged; pass another journal") from None
        if not number:
            if not isinstance(record, dict) or record.get("format") != _FORMAT:
                raise ValueError(f"{self._path} is no journal of a bulk upload; pass another journal")
            if different := [name for name, value in header.items() if record.get(name) != value]:
                raise ValueError(f"{self._path} is the journal of another {different[0]}; pass another journal")

    def _apply(self, record: dict[str, Any]) -> None:
        match record:
            case {"uploaded": key, "body": body, "stamps": stamps}:
                self.uploaded[key].append(Uploaded(body, stamps))
            case {"changed": key}:
                self.uploaded[key].popleft()
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
            self.uploaded[key].popleft()
            if needs_task:
                self.without_task[pk] = None

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
        self.uploaded[key].popleft()
        self._write({"changed": key}, is_important=False)

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

    def _write(self, record: Mapping[str, Any], *, is_important: bool) -> None:
        line = encode_json("upload_data_collection", record) + b"\n"
        with self._mutex:
            written = os.write(self._file, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._path)
        if is_important:
            # What is only in the memory of the machine survives this process, but not the machine.
            os.fsync(self._file)

    def close(self) -> None:
        """Let others use it."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
