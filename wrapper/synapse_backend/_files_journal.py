"""The journal of a bulk upload of files: which are data files, and of which nobody knows.

Each line is a JSON object. What is about to be confirmed is written before it is sent, so that a confirmation whose
outcome nobody knows is known as such. It holds no token and no URL.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from synapse_backend._line_journal import LineJournal

if TYPE_CHECKING:
    from synapse_backend._presigned import Candidate


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was sent to the storage, as it was then."""

    path: str
    size: int
    modified: int
    checksum: str
    file_key: str


@dataclass(slots=True)
class Confirmation:
    """A request to confirm of which nobody knows what became."""

    number: int
    at: float
    """When it was sent, in seconds since 1970."""
    files: dict[str, StoredFile]
    """Its files that are not known to be data files, by key."""


class FilesJournal(LineJournal):
    """The journal of one bulk upload of files, which no other process uses meanwhile.

    What it knows of a file stays on the disk until it is asked for, so that few bytes of memory are taken by each.

    Attributes:
        doubts: Confirmations whose outcome is unknown.

    Args:
        path: Where it is; made when it is not there.
        identity: What must be the same for an upload to go on, for example the server.

    Raises:
        BlockingIOError: Another process, or another call in this one, uploads with this journal.
        ValueError: It is no journal, is damaged, or that of another upload.
        OSError: It cannot be read or written.
    """

    _NAME = "upload_files_bulk"
    _FORMAT = "synapse-backend bulk files 1"

    def __init__(self, path: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        self.doubts: dict[int, Confirmation] = {}
        self._places: dict[int, int] = {}
        """Where the newest line of each path begins, by the hash of the path."""
        self._found: dict[str, tuple[StoredFile, int]] = {}
        """What was found out of doubts, by path."""
        self._number = 0
        super().__init__(path, identity)

    def _apply(self, record: dict[str, Any], offset: int) -> None:
        match record:
            case {"file": file, "data_file_id": int(), "of": number}:
                stored = _read(file)
                self._places[hash(stored.path)] = offset
                self.doubts[number].files.pop(stored.file_key, None)
            case {"begin": int(number), "at": float() | int() as at, "files": files}:
                self._number = number
                self.doubts[number] = Confirmation(number, at, {file["file_key"]: _read(file) for file in files})
            case {"end": number}:
                del self.doubts[number]
            case _:
                raise ValueError("unknown")

    def recall(self, candidates: Sequence[Candidate]) -> None:
        """Mark those files that are data files already, and are what they were then.

        Raises:
            OSError: The journal cannot be read.
        """
        for candidate in candidates:
            path = _spelled(candidate.path)
            known = self._found.get(path) or self._at(self._places.get(hash(path)))
            if known is not None:
                stored, pk = known
                if (stored.path, stored.size, stored.modified) == (path, candidate.size, candidate.modified):
                    candidate.take_known(stored.file_key, stored.checksum, pk)

    def _at(self, offset: int | None) -> tuple[StoredFile, int] | None:
        if offset is None:
            return None
        record = self._record_at(offset)
        return _read(record["file"]), record["data_file_id"]

    def begin(self, files: Sequence[StoredFile], at: float) -> int:
        """Write what is about to be confirmed, and return the number of the request."""
        self._number += 1
        self._write({"begin": self._number, "at": at, "files": [asdict(file) for file in files]}, is_important=True)
        return self._number

    def end(self, number: int, confirmed: Mapping[StoredFile, int], *, is_settled: bool) -> None:
        """Write which files of a request are data files now.

        Args:
            number: The number of the request.
            confirmed: The ids of those that are.
            is_settled: Whether the others are known not to be.
        """
        lines: list[dict[str, object]] = [
            {"file": asdict(file), "data_file_id": pk, "of": number} for file, pk in confirmed.items()
        ]
        if is_settled:
            lines.append({"end": number})
        if lines:
            self._write(*lines, is_important=True)

    def settle(self, found: Mapping[str, int]) -> None:
        """Write what became of all confirmations in doubt.

        Args:
            found: The id of each data file that there is, by checksum.
        """
        for doubt in list(self.doubts.values()):
            there = {file: found[file.checksum] for file in doubt.files.values() if file.checksum in found}
            self.end(doubt.number, there, is_settled=True)
            self._found |= {file.path: (file, pk) for file, pk in there.items()}
        self.doubts.clear()


def stored_file(candidate: Candidate) -> StoredFile:
    """Return what a journal says of a file that is at the storage."""
    sent = candidate.confirmed()
    return StoredFile(_spelled(candidate.path), candidate.size, candidate.modified, sent["checksum"], sent["file_key"])


def _spelled(path: str) -> str:
    """Return a path as it stands in journals, whatever the working directory; some names are not Unicode."""
    return os.path.abspath(path).encode("utf-8", "backslashreplace").decode()  # noqa: PTH100 - links are left as they are


def _read(file: object) -> StoredFile:
    match file:
        case {
            "path": str(path),
            "size": int(size),
            "modified": int(modified),
            "checksum": str(md5),
            "file_key": str(key),
        }:
            return StoredFile(path, size, modified, md5, key)
        case _:
            raise ValueError("no file")
