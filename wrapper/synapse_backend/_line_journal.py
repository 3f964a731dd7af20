"""Files of JSON lines to which a bulk upload appends what it did, so that another process can go on after this one was killed."""

from __future__ import annotations

import errno
import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from synapse_backend._bodies import encode_json

try:
    import fcntl
except ImportError:  # there, two processes are not kept apart
    fcntl = None  # type: ignore[assignment]


class LineJournal(ABC):
    """A journal that no other process uses meanwhile. What it holds is up to the classes that derive from it.

    Args:
        path: Where it is; made when it is not there.
        identity: What must be the same for an upload to go on, for example the server.

    Raises:
        BlockingIOError: Another process, or another call in this one, uploads with this journal.
        ValueError: It is no journal, is damaged, or that of another upload.
        OSError: It cannot be read or written.
    """

    _NAME: ClassVar[str]
    """Name of the method that writes it."""
    _FORMAT: ClassVar[str]
    """The first line says that it is this."""

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self._path = os.fspath(path)
        self._mutex = threading.Lock()
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._lock()
            self._load({"format": self._FORMAT, **identity})
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

    def _load(self, header: dict[str, Any]) -> None:
        whole = 0
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    break
                self._read(number, line, whole, header)
                whole += len(line)
        # A process that was killed while it wrote leaves half a line, which was not acted upon.
        os.ftruncate(self._file, whole)
        if not whole:
            self._write(header, is_important=True)

    def _read(self, number: int, line: bytes, offset: int, header: dict[str, Any]) -> None:
        try:
            record = json.loads(line)
            if number:
                self._apply(record, offset)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            raise ValueError(f"{self._path}: line {number + 1} is damaged; pass another journal") from None
        if not number:
            if not isinstance(record, dict) or record.get("format") != self._FORMAT:
                raise ValueError(f"{self._path} is no journal of a bulk upload; pass another journal")
            if different := [name for name, value in header.items() if record.get(name) != value]:
                raise ValueError(f"{self._path} is the journal of another {different[0]}; pass another journal")

    @abstractmethod
    def _apply(self, record: dict[str, Any], offset: int) -> None:
        """Take note of what a line says that begins at an offset."""

    def _write(self, *records: Mapping[str, Any], is_important: bool) -> None:
        lines = b"".join(encode_json(self._NAME, record) + b"\n" for record in records)
        with self._mutex:
            written = os.write(self._file, lines)
            if written < len(lines):
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
