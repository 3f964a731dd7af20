"""A file that is sent in parts: what is due next, what answers mean, and the form that carries a part. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from synapse_backend import _handed_out, _urls
from synapse_backend._bodies import StreamedBody, escaped
from synapse_backend._errors import (
    ChecksumMismatchError,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    HTTPError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from synapse_backend._retry import Failure

if TYPE_CHECKING:
    from synapse_api import dicts
    from synapse_api.operations import Operation
    from synapse_backend._config import ClientConfig
    from synapse_backend._digests import Digest
    from synapse_backend._sources import Source

E = TypeVar("E", bound=ClientError)

DEFAULT_CHUNK_SIZE = 50 * 1024 * 1024
MOST_RESENDS = 2
"""How often a whole file is sent again because the server got other bytes than were sent."""

_PIECE_BYTES = 1024 * 1024
_MOST_STALLS = 3
_LOOK_FIRST = re.compile(r"\. (?:It may have been carried out|The server took the call)")


def check_chunk_size(operation: str, chunk_size: object) -> int:
    """Return a chunk size that can be used.

    Raises:
        TypeError: It is no int.
        ValueError: It is not positive.
    """
    if isinstance(chunk_size, bool) or not isinstance(chunk_size, int):
        raise TypeError(f"{operation}: chunk_size must be an int, not {type(chunk_size).__name__}")
    if chunk_size < 1:
        raise ValueError(f"{operation}: chunk_size must be at least 1, not {chunk_size}")
    return chunk_size


# --- the form -----------------------------------------------------------------------------------------------------------


class FilePart(StreamedBody):
    """The form of one part: the name of the file, and some of its bytes, read while they are sent.

    Args:
        source: The file.
        start: Offset of the first byte.
        end: Offset after the last one.
        digest: Takes in what is read.
    """

    def __init__(self, source: Source, start: int, end: int, digest: Digest) -> None:
        self._source = source
        self._start = start
        self._end = end
        self._digest = digest

    def encode(self) -> tuple[list[tuple[bytes, bytes]], Iterator[bytes]]:
        """Return the headers and the body of the form, with a boundary of its own."""
        boundary = os.urandom(16).hex()
        name = escaped(self._source.name)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="filename"\r\n\r\n{self._source.name}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        length = len(head) + self._end - self._start + len(tail)
        headers = [
            (b"Content-Type", f"multipart/form-data; boundary={boundary}".encode()),
            (b"Content-Length", str(length).encode()),
        ]
        return headers, self._pieces(head, tail)

    def _pieces(self, head: bytes, tail: bytes) -> Iterator[bytes]:
        if self._end - self._start <= _PIECE_BYTES:
            yield head + self._read(self._start, self._end) + tail
            return
        yield head
        # Never joined with head and tail, because that would copy what is large.
        for position in range(self._start, self._end, _PIECE_BYTES):
            yield self._read(position, min(position + _PIECE_BYTES, self._end))
        yield tail

    def _read(self, start: int, end: int) -> bytes:
        piece = self._source.read(start, end - start)
        self._digest.feed(start, piece)
        return piece

    def close(self) -> None:
        """Do nothing: the file is used for the parts that follow, too."""


def take_in(source: Source, digest: Digest, end: int) -> bool:
    """Hash the next few bytes of a file that are not sent; return whether there are more before `end`."""
    for _ in range(8):
        if digest.position >= end:
            return False
        start = digest.position
        digest.feed(start, source.read(start, min(_PIECE_BYTES, end - start)))
    return True


# --- progress -----------------------------------------------------------------------------------------------------------


class Progress:
    """Where the upload of a file stands. The server decides: what is due begins at the offset that it names.

    Args:
        size: Size of the file.
        chunk_size: Largest part.
    """

    def __init__(self, size: int, chunk_size: int) -> None:
        self.offset = 0
        """What the server has."""
        self.sent = 0
        """Up to where anything was sent."""
        self._size = size
        self._chunk_size = chunk_size
        self._furthest = 0
        self._stalls = 0

    def start_over(self) -> None:
        """Begin another upload of the same file."""
        self.offset = self.sent = self._furthest = self._stalls = 0

    def next_end(self) -> int:
        """Return where the part ends that is due, and take note that it will have been sent."""
        end = min(self.offset + self._chunk_size, self._size)
        self.sent = max(self.sent, end)
        return end

    def move_to(self, offset: int, *, should_advance: bool) -> str:
        """Go on from the offset that the server names, and return what is wrong with it, if anything.

        Args:
            offset: What the server has; lower than before where it has lost something.
            should_advance: Whether a part was taken just before, which should have moved it forward.
        """
        if offset > self.sent:
            return f"the server has {offset} bytes, but only {self.sent} were sent"
        if offset > self._furthest:
            self._stalls = 0
        elif offset < self.offset or (should_advance and offset == self.offset):
            self._stalls += 1
        self._furthest = max(self._furthest, offset)
        self.offset = offset
        return f"the server stays at {offset} bytes, whatever is sent" if self._stalls > _MOST_STALLS else ""


def failure_of(error: ClientError) -> Failure:
    """Return what the retry policy needs to know of a call that failed: of a part, or of the completion.

    What was not answered, or answered with something that cannot be read, may have been carried out. The state of the
    upload tells, so that going on after asking for it is safe where repeating the call is not.
    """
    if isinstance(error, ClientConnectionError | ClientTimeoutError) and not error.sent:
        return Failure("unsent")
    if not isinstance(error, HTTPError):
        may_be_done = isinstance(error, OutcomeUnknownError | ResponseError)
        return Failure("sent", is_final=not may_be_done)
    retry_after = error.retry_after if isinstance(error, RateLimitError | ServerError) else None
    # A 429 was repeated already, too.
    return Failure("answered", error.status_code, retry_after, is_final=isinstance(error, RateLimitError))


def is_gone(error: ClientError) -> bool:
    """Tell whether an error says that the server does not have an upload any more."""
    return isinstance(error, HTTPError) and error.status_code in (404, 410)


def offset_of(error: ClientError) -> int | None:
    """Return the offset that the refusal of a part names; None where it names none."""
    body = error.response
    if not isinstance(error, HTTPError) or error.status_code != 400 or not isinstance(body, Mapping):
        return None
    offset = body.get("offset", body.get("expected_offset"))
    if isinstance(offset, list) and len(offset) == 1:
        # Where refusals map fields to messages, each value is a list.
        offset = offset[0]
    if isinstance(offset, str) and offset.isascii() and offset.isdigit():
        offset = int(offset)
    return offset if type(offset) is int and offset >= 0 else None


def explained(error: ClientError, chunk_size: int, *, out_of_time: bool) -> ClientError:
    """Return the error that the caller of an upload gets.

    An outcome that is unknown is none of the upload: whoever calls again sends the file again and harms nothing.

    Args:
        error: What ended the upload.
        chunk_size: Largest part.
        out_of_time: Whether the deadline of the upload passed.
    """
    if error.status_code == 413 and isinstance(error, HTTPError):
        error.args = (f"{error} The parts had up to {chunk_size} bytes; pass a smaller chunk_size.",)
    is_late = out_of_time and isinstance(error, ResponseError) and error.kind == "truncated"
    if not (is_late or isinstance(error, OutcomeUnknownError)):
        return error
    text = _LOOK_FIRST.split(str(error))[0] + ". Calling again is safe."
    again = ClientTimeoutError(text) if out_of_time else ClientConnectionError(text)
    again.__dict__.update(error.__dict__, status_code=408 if out_of_time else 503)
    again.__dict__.pop("kind", None)
    return again


# --- answers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What an answer says of an upload."""

    pk: int | str
    target: str | None
    """Path and query that take the next part; None where the answer does not say."""
    offset: int | None
    is_complete: bool


def read_standing(config: ClientConfig, operation: Operation[Any], answer: object) -> Standing:
    """Read an answer.

    Raises:
        ResponseError: It has no id, its offset is none, or its URL leads to another host.
    """
    if not isinstance(answer, Mapping):
        raise distrust(config, operation, "schema", "the answer is no object")
    pk, offset, url = answer.get("id"), answer.get("offset"), answer.get("url")
    if isinstance(pk, bool) or not isinstance(pk, int | str) or pk == "":
        raise distrust(config, operation, "schema", "the answer has no id of the upload")
    if offset is not None and (isinstance(offset, bool) or not isinstance(offset, int) or offset < 0):
        raise distrust(config, operation, "schema", "the offset is no number of bytes")
    return Standing(
        pk,
        _target(config, operation, url) if url else None,
        offset,
        bool(answer.get("completed_at")),
    )


def _target(config: ClientConfig, operation: Operation[Any], url: object) -> str:
    if not isinstance(url, str) or not _urls.is_own_host(config.parts, config.host_aliases, url):
        raise distrust(
            config,
            operation,
            "url",
            "the next part was to go to another host, which is refused",
            "If it is the backend under another name, pass that name in host_aliases.",
        )
    parts, base = urlsplit(url), config.parts.path
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    # A proxy may take the prefix off, so that the backend does not know it.
    parts = SplitResult("", "", path if path.startswith(f"{base}/") else base + path, parts.query, "")
    if {".", ".."} & set(unquote(parts.path).split("/")):
        raise distrust(config, operation, "url", "the path for the next part has dot segments")
    return _handed_out.target_of(parts)


def verified(
    config: ClientConfig, operation: Operation[Any], answer: dicts.ChunkedUpload, source: Source, md5: str
) -> dicts.ChunkedUpload:
    """Return what the server completed, with the facts about the file that it left out.

    Raises:
        ChecksumMismatchError: It is not.
    """
    checksum, size = answer.get("checksum"), answer.get("size")
    wrong = []
    if checksum is not None and str(checksum).lower() != md5:
        wrong.append(f"checksum {checksum} instead of {md5}")
    if size is not None and size != source.size:
        wrong.append(f"{size} bytes instead of {source.size}")
    if wrong:
        raise mismatch(
            config,
            operation,
            f"upload {answer.get('id')} was completed with {' and '.join(wrong)}",
            "Do not use it; upload the file again.",
            local=md5,
            remote=None if checksum is None else str(checksum),
        )
    completed = answer.copy()
    completed["checksum"], completed["size"] = checksum or md5, source.size
    completed.setdefault("filename", source.name)
    return completed


def distrust(
    config: ClientConfig, operation: Operation[Any], kind: str, problem: str, advice: str = ""
) -> ResponseError:
    """Return the error for an answer that is not what the contract says."""
    return _error(ResponseError, config, operation, problem, advice, kind=kind, status_code=200)


def mismatch(
    config: ClientConfig, operation: Operation[Any], problem: str, advice: str, *, local: str, remote: str | None = None
) -> ChecksumMismatchError:
    """Return the error for an upload that is not the file."""
    return _error(
        ChecksumMismatchError, config, operation, problem, advice, local=local, remote=remote, status_code=200
    )


def _error(
    error_class: type[E], config: ClientConfig, operation: Operation[Any], problem: str, advice: str, **details: Any
) -> E:
    text = f"{operation.method} {operation.path}: {problem} ({config.host}). {advice}".rstrip()
    return error_class(text, method=operation.method, path=operation.path, host=config.host, **details)
