"""Files of JSON lines to which a bulk upload appends what it did, so that another process can go on after this one was killed."""

from __future__ import annotations

import errno
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from synapse_backend._bodies import encode_json
from synapse_backend._state_files import LineFile


class LineJournal(ABC):
    """A journal that no other process uses meanwhile. What it holds is up to the classes that derive from it.

    Args:
        path: Where it is; made when it is not there.
        identity: What must be the same for an upload to go on, for example the server.

    Raises:
        BlockingIOError: Another process, or another call in this one, uploads with this journal.
        ValueError: It is no journal, is damaged, or that of another upload; it stays as it is.
        OSError: It cannot be read or written, or is no ordinary file.
    """

    _NAME: ClassVar[str]
    """Name of the method that writes it."""
    _FORMAT: ClassVar[str]
    """The first line says that it is this."""

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self._path = os.fspath(path)
        try:
            self._file = LineFile(self._path)
        except BlockingIOError:
            problem = "another upload uses this journal; wait, or pass another journal"
            raise BlockingIOError(errno.EWOULDBLOCK, problem, self._path) from None
        try:
            self._load({"format": self._FORMAT, **identity})
        except BaseException:
            self._file.close()
            raise

    def _load(self, header: dict[str, Any]) -> None:
        first = self._lines(header)
        whole = 0
        for number, line in enumerate(self._file.lines()):
            if not line.endswith(b"\n"):
                # A process that was killed while it wrote leaves half a line, which was not acted upon.
                if not number and not first.startswith(line):
                    raise self._is_no_journal()
                self._file.cut(whole)
                break
            self._read(number, line, whole, header)
            whole += len(line)
        if not whole:
            self._file.append(first, is_important=True)

    def _read(self, number: int, line: bytes, offset: int, header: dict[str, Any]) -> None:
        try:
            record = json.loads(line)
            if number:
                self._apply(record, offset)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            raise ValueError(f"{self._path}: line {number + 1} is damaged; pass another journal") from None
        if not number:
            if not isinstance(record, dict) or record.get("format") != self._FORMAT:
                raise self._is_no_journal()
            if different := [name for name, value in header.items() if record.get(name) != value]:
                raise ValueError(f"{self._path} is the journal of another {different[0]}; pass another journal")

    def _is_no_journal(self) -> ValueError:
        return ValueError(f"{self._path} is no journal of a bulk upload; pass another journal")

    @abstractmethod
    def _apply(self, record: dict[str, Any], offset: int) -> None:
        """Take note of what a line says that begins at an offset."""

    def _write(self, *records: Mapping[str, Any], is_important: bool) -> None:
        self._file.append(self._lines(*records), is_important=is_important)

    def _lines(self, *records: Mapping[str, Any]) -> bytes:
        return b"".join(encode_json(self._NAME, record) + b"\n" for record in records)

    def _record_at(self, offset: int) -> Any:
        """Return the record whose line begins at an offset."""
        return json.loads(self._file.line_at(offset))

    def close(self) -> None:
        """Let others use it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
