"""Uploads to the storage behind the backend: what is sent where, and what became of it. Pure."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypedDict, cast
from urllib.parse import parse_qs, urlsplit

from synapse_api import operations
from synapse_backend._answers import Reader
from synapse_backend._bodies import StreamedBody
from synapse_backend._errors import ClientError, ResponseError, SourceChangedError
from synapse_backend._secrets import SecretText, Unshown

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_backend._config import ClientConfig

_PIECE_BYTES = 256 * 1024
_SHORTEST, _LONGEST = 60, 86_400
_AZURE_QUERY = {"sv", "sig"}
"""What every shared access signature of Azure has. The storage there wants to be told what kind of blob it gets."""


class BulkFile(TypedDict):
    """What became of one file of `upload_files_bulk`."""

    path: str
    """The path as it was passed."""
    file_key: str
    """Key of the file at the storage; empty when it got none."""
    checksum: str
    """MD5 of the file; empty when it was not read to its end."""
    success: bool
    """Whether it is a data file now."""
    data_file_id: int | None
    """Id of the data file; None when it failed."""
    error: str | None
    """Why it failed; None when it did not."""
    skipped: bool
    """Whether it was a data file before, as the journal says."""


class BulkFiles(TypedDict):
    """What `upload_files_bulk` did."""

    results: list[BulkFile]
    """One for each path, in their order; empty when `on_result` was passed."""
    created_count: int
    """Number of files of which data files were made."""
    failed_count: int
    """Number of files that failed."""
    skipped_count: int
    """Number of files that were data files before, as the journal says."""


OnFile = Callable[[BulkFile], object]


def check_expiration(expiration: object) -> int:
    """Return for how long URLs are to be valid.

    Raises:
        TypeError: It is no int.
        ValueError: It is out of range.
    """
    if isinstance(expiration, bool) or not isinstance(expiration, int):
        raise TypeError(f"expiration must be an int, not {type(expiration).__name__}")
    if not _SHORTEST <= expiration <= _LONGEST:
        raise ValueError(f"expiration must be from {_SHORTEST} to {_LONGEST} seconds, not {expiration}")
    return expiration


@dataclass(slots=True)
class Candidate:
    """A file that is to be uploaded.

    Attributes:
        path: The path as it was passed.
        name: Name of the file.
        size: Size in bytes.
        modified: When it was last changed.
        ticket: Where to upload it.
        md5: MD5 of what was sent.
        etags: What the storage called each part, by its number.
        pk: Id of the data file.
        error: Why it failed.
        is_final: Whether another attempt cannot help.
        is_known: Whether it was a data file before.
    """

    path: str
    name: str
    size: int = 0
    modified: int = 0
    ticket: dicts.PresignedUpload | None = field(default=None, repr=False)
    md5: str | None = None
    etags: dict[int, str] = field(default_factory=dict)
    pk: int | None = None
    error: Exception | None = None
    is_final: bool = False
    is_known: bool = False

    @property
    def media_type(self) -> str:
        """What its name says that it is."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def start_over(self) -> None:
        """Forget an attempt."""
        self.ticket = self.md5 = self.error = None
        self.etags = {}

    def fail(self, error: Exception, *, is_final: bool) -> None:
        """Take note of a failure; the first one counts."""
        cause: BaseException | None = error
        while cause is not None:
            # Frames hold what was sent, and the URLs.
            cause = cause.with_traceback(None).__context__
        if self.error is None:
            self.error = error
            self.is_final = is_final

    def take_known(self, file_key: str, md5: str, pk: int) -> None:
        """Take note that it was a data file before."""
        self.ticket = {"file_key": file_key, "filename": self.name}
        self.md5, self.pk, self.is_known = md5, pk, True

    def announced(self) -> dicts.PresignedFile:
        """Return what a request for URLs says of it."""
        return {"filename": self.name, "size": self.size, "content_type": self.media_type}

    def confirmed(self) -> dicts.UploadedFile:
        """Return what a confirmation says of it."""
        ticket = self.ticket or {"file_key": "", "filename": ""}
        body: dicts.UploadedFile = {"file_key": ticket["file_key"], "checksum": self.md5 or "", "size": self.size}
        if multipart := ticket.get("multipart"):
            parts: list[dicts.UploadedPart] = [
                {"part_number": number, "etag": self.etags[number]} for number in sorted(self.etags)
            ]
            body["multipart"] = {"upload_id": multipart["upload_id"], "parts": parts}
        return body

    def result(self) -> BulkFile:
        """Return what became of it."""
        return {
            "path": self.path,
            "file_key": "" if self.ticket is None else self.ticket["file_key"],
            "checksum": self.md5 or "",
            "success": self.pk is not None,
            "data_file_id": self.pk,
            "error": None if self.error is None else str(self.error) or type(self.error).__name__,
            "skipped": self.is_known,
        }


def candidates(paths: Sequence[Any]) -> list[Candidate]:
    """Look at files; what is wrong with one is told with it."""
    found = []
    for path in paths:
        if not isinstance(path, str | os.PathLike) or not isinstance(spelled := os.fspath(path), str):
            raise TypeError(f"upload_files_bulk: a path must be a str or a path object, not {type(path).__name__}")
        candidate = Candidate(spelled, os.path.basename(spelled))  # noqa: PTH119 - of a str
        found.append(candidate)
        try:
            look = os.stat(spelled)  # noqa: PTH116 - of a str
            if look.st_mode & 0o170000 != 0o100000:
                raise ValueError("it is no ordinary file")
            if any("\ud800" <= character <= "\udfff" for character in candidate.name):
                raise ValueError("its name is not Unicode")
            candidate.size, candidate.modified = look.st_size, look.st_mtime_ns
        except (OSError, ValueError) as error:
            candidate.fail(error, is_final=True)
    return found


class FileSlice(StreamedBody):
    """Some of the bytes of a file, read while they are sent, and hashed if they are all of it.

    Args:
        path: The file.
        start: Offset of the first byte.
        end: Offset after the last one.
    """

    def __init__(self, path: str, start: int, end: int) -> None:
        self._path = path
        self._start = start
        self._end = end
        self._md5 = hashlib.md5(usedforsecurity=False)

    def encode(self) -> tuple[list[tuple[bytes, bytes]], bytes | Iterable[bytes]]:
        """Return the headers, and the bytes from the first one."""
        self._md5 = hashlib.md5(usedforsecurity=False)
        pieces = self._pieces()
        size = self._end - self._start
        headers = [(b"Content-Length", str(size).encode())]
        return headers, pieces if size > _PIECE_BYTES else b"".join(pieces)

    def _pieces(self) -> Iterator[bytes]:
        with open(self._path, "rb", buffering=0) as file:  # noqa: PTH123 - of a str
            file.seek(self._start)
            left = self._end - self._start
            while left and (piece := file.read(min(left, _PIECE_BYTES))):
                left -= len(piece)
                self._md5.update(piece)
                yield piece
        if left:
            raise SourceChangedError(f"{self._path} became shorter while it was sent", status_code=409)

    def hexdigest(self) -> str:
        """Return the MD5 of what was sent last."""
        return self._md5.hexdigest()

    def close(self) -> None:
        """Do nothing: a file is open only while it is read."""


@dataclass(frozen=True, slots=True)
class Part:
    """One request to the storage."""

    candidate: Candidate
    number: int
    """Number of the part; 0 for a whole file."""
    url: SecretText = field(repr=False)
    start: int
    end: int

    def headers(self, *, with_type: bool) -> dict[str, str]:
        """Return the headers that the storage wants.

        Args:
            with_type: Whether the media type of a file is among them. URLs that were signed for another one, or for
                none, are refused with it; those of parts are never signed for one.
        """
        headers = {}
        if not self.number:
            if with_type:
                headers["Content-Type"] = self.candidate.media_type
            if parse_qs(urlsplit(self.url).query).keys() >= _AZURE_QUERY:
                headers["x-ms-blob-type"] = "BlockBlob"
        return headers


@dataclass(frozen=True, slots=True)
class Hash:
    """The MD5 of a file whose parts are sent in any order."""

    candidate: Candidate


def work(waiting: Iterable[Candidate]) -> Iterator[Part | Hash]:
    """Yield what is to be done for files that have a ticket."""
    for candidate in waiting:
        ticket = candidate.ticket
        if ticket is None:
            continue
        if multipart := ticket.get("multipart"):
            parts = sorted(multipart["parts"], key=itemgetter("part_number"))
            size, last = multipart["part_size"], len(parts)
            if [part["part_number"] for part in parts] != list(range(1, last + 1)):
                problem = f"the backend gave {last} URLs for parts that are not those from 1 to {last}"
                candidate.fail(ValueError(problem), is_final=True)
                continue
            if last * size < candidate.size or (last - 1) * size > candidate.size:
                problem = f"the backend gave {last} URLs for parts of {size} bytes to a file of {candidate.size}"
                candidate.fail(ValueError(problem), is_final=True)
                continue
            yield Hash(candidate)
            for place, part in enumerate(parts):
                end = min((place + 1) * size, candidate.size)
                yield Part(candidate, part["part_number"], SecretText(part["presigned_url"]), place * size, end)
        else:
            yield Part(candidate, 0, SecretText(ticket.get("presigned_url") or ""), 0, candidate.size)


def hand_out(config: ClientConfig, waiting: Sequence[Candidate], answer: Unshown[object]) -> None:
    """Give each file its ticket; one that cannot be used is a failure of its file alone.

    Raises:
        ResponseError: There is not one for each.
    """
    reader = Reader(config, operations.request_presigned_upload)
    tickets = Unshown(reader.value(reader.value(answer.value, dict).get("files"), list, "files"))
    if len(tickets.value) != len(waiting):
        raise reader.refused(f"files has {len(tickets.value)} entries for {len(waiting)} files")
    for candidate, ticket in zip(waiting, tickets.value, strict=True):
        try:
            candidate.ticket = _ticket(reader, ticket)
        except ResponseError as error:
            candidate.fail(error, is_final=True)


def _ticket(reader: Reader, found: object) -> dicts.PresignedUpload:
    ticket: dict[str, Any] = reader.value(found, dict, "files[]")
    reader.value(ticket.get("file_key"), str, "files[].file_key")
    if multipart := ticket.get("multipart"):
        place = "files[].multipart"
        reader.value(reader.value(multipart, dict, place).get("part_size"), int, f"{place}.part_size")
        reader.value(multipart.get("upload_id"), str, f"{place}.upload_id")
        for part in reader.objects(multipart.get("parts"), f"{place}.parts"):
            reader.value(part.get("part_number"), int, f"{place}.parts[].part_number")
            reader.value(part.get("presigned_url"), str, f"{place}.parts[].presigned_url")
    else:
        reader.value(ticket.get("presigned_url"), str, "files[].presigned_url")
    return cast("dicts.PresignedUpload", ticket)


def read_confirmation(config: ClientConfig, waiting: Sequence[Candidate], answer: object) -> None:
    """Write into each file what became of it.

    Raises:
        ResponseError: The answer does not say so of each; then nothing is written.
    """
    reader = Reader(config, operations.confirm_presigned_upload)
    listed = reader.objects(reader.value(answer, dict).get("results"), "results")
    by_key = {reader.value(result.get("file_key"), str, "results[].file_key"): result for result in listed}
    outcomes: list[tuple[Candidate, int | None, str]] = []
    for candidate in waiting:
        result = by_key.get(candidate.confirmed()["file_key"])
        if result is None:
            raise reader.refused("results does not say what became of each file")
        pk = reader.pk(result.get("data_file_id"), "results[].data_file_id") if result.get("success") else None
        outcomes.append((candidate, pk, str(result.get("error") or "the backend does not say why")))
    for candidate, pk, problem in outcomes:
        candidate.pk = pk
        if pk is None:
            candidate.fail(ClientError(f"it was not confirmed: {problem}", status_code=400), is_final=False)
