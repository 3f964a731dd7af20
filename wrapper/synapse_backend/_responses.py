"""Turns what came back into plain data, or into the error that says why it cannot be used. Pure."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from math import isfinite, isinf
from typing import Any, NoReturn

ERROR_BODY_BYTES = 64 * 1024
"""How much of an error body is read; more is never a message."""
EXCERPT_CHARACTERS = 2048
"""How much text of a body that is not JSON an error keeps."""
_MESSAGE_CHARACTERS = 300
# Gzip makes at most a thousand bytes of one, so that a slice cannot become more than is held anyway.
_HELD_BYTES = 8 * 1024 * 1024
_SLICE_BYTES = 8 * 1024
_PIECE_BYTES = 1024 * 1024
_SHOWN_PIECES = 4
_TITLE = re.compile(r"<html\b.*?<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_BREAKS = re.compile(r"\\[rn]")
"""Line breaks as `printable` shows them."""


class BodyError(Exception):
    """A body cannot be used; `kind` is that of `ResponseError`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body was read and decompressed."""

    status: int
    # Both may repeat what was sent, tokens included, and a traceback with local variables shows this object.
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)


def plain_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers as text, names in lower case."""
    return {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in headers}


class Decompressor:
    """Undoes the content coding of a body piece by piece, within its limit.

    What a compressed body holds beyond a few MiB is counted first and kept when all of it has come, so that one which
    turns out too large takes no more memory than that.

    Raises:
        BodyError: The coding is unknown or more than one, the data are not of this coding or end early, or the limit
            is passed.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._size = 0
        self._pieces: list[bytes] = []
        self._inflater: _Inflater | None = None
        self._resumed: _Inflater | None = None
        self._later: list[bytes] = []
        if coding.strip().lower() in ("gzip", "x-gzip"):
            self._inflater = _Inflater()
        elif coding.strip().lower() not in ("", "identity"):
            raise BodyError("encoding", f"content coding {printable(coding)} is not one that was asked for")

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body."""
        self._taken += len(data)
        if self._inflater is None:
            self._count(data)
            self._pieces.append(data)
            return
        for start in range(0, len(data), _SLICE_BYTES):
            self._inflate(self._inflater, data[start : start + _SLICE_BYTES])
        # A row of empty members yields nothing, so that what goes in must have a limit, too.
        if self._taken > 2 * self._limit + 1024:
            raise self._too_large()

    def _inflate(self, inflater: _Inflater, data: bytes) -> None:
        if self._resumed is None and self._size > _HELD_BYTES:
            self._resumed = inflater.copy()
        if self._resumed is not None:
            self._later.append(data)
        for piece in inflater.inflate(data):
            self._count(piece)
            if self._resumed is None:
                self._pieces.append(piece)

    def _count(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            self._pieces.append(data[: self._limit - self._size])
            raise self._too_large()

    def _too_large(self) -> BodyError:
        # Of such a body only the beginning is shown.
        self._pieces = [b"".join(self._pieces[:_SHOWN_PIECES])[:ERROR_BODY_BYTES]]
        self._later.clear()
        return BodyError("too_large", f"the body has more than {self._limit} bytes")

    def received(self) -> bytes:
        """Return what came so far, of a large compressed body only its beginning."""
        return b"".join(self._pieces)

    def finish(self) -> bytes:
        """Return the whole body."""
        if self._inflater is not None and self._taken and not self._inflater.has_ended:
            raise BodyError("truncated", "the gzip body ends early")
        if self._resumed is not None:
            for data in self._later:
                self._pieces.extend(self._resumed.inflate(data))
        return self.received()


class _Inflater:
    """Undoes gzip, of which one member may follow the other."""

    def __init__(self, state: Any = None) -> None:
        self._state = state or zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def copy(self) -> _Inflater:
        """Return another one that goes on from here."""
        return _Inflater(self._state.copy())

    @property
    def has_ended(self) -> bool:
        """Whether the last member is whole."""
        return bool(self._state.eof)

    def inflate(self, data: bytes) -> Iterator[bytes]:
        """Yield what the data hold, in pieces of bounded size."""
        piece = b""
        while data or len(piece) == _PIECE_BYTES:
            if self._state.eof:
                if not data:
                    return
                self._state = _Inflater()._state
            try:
                piece = self._state.decompress(data, _PIECE_BYTES)
            except zlib.error:
                raise BodyError("encoding", "the body is labelled gzip but is not") from None
            yield piece
            data = self._state.unconsumed_tail or self._state.unused_data


def decode_success(answer: Answer) -> Any:
    """Return the decoded JSON of a successful answer; None for 204 and 205, which have no body.

    Raises:
        BodyError: The answer is empty, of another content type, or not JSON.
    """
    if answer.status in (204, 205):
        return None
    if not answer.body.strip():
        raise BodyError("empty", "the body is empty where JSON is due")
    if not is_json(answer.headers):
        got = printable(answer.headers.get("content-type", "no content type"))
        raise BodyError("content_type", f"got {got} where JSON is due; is a proxy or a login page in between?")
    try:
        return decode_json(answer.body)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BodyError("json", f"the body is not valid JSON: {reason}") from None


def decode_error(answer: Answer) -> Any:
    """Return the body of an error as decoded JSON if it is, else as text, else None. Never fails."""
    if not answer.body.strip():
        return None
    try:
        return decode_json(answer.body)
    except (ValueError, RecursionError):
        return decode_text(answer.body)


def decode_text(body: bytes) -> str:
    """Return the beginning of a body as text that is safe to show."""
    return printable(body[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace"), EXCERPT_CHARACTERS)


def decode_json(body: bytes) -> Any:
    """Decode strict JSON in UTF-8.

    Raises:
        ValueError: It is not; names that stand twice, `NaN` and numbers beyond the range of a float are refused, because
            whoever wrote them and whoever reads them may not mean the same.
        RecursionError: It is nested too deeply.
    """
    return _DECODER.decode(body.decode("utf-8"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return result


def _float(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise ValueError(f"{printable(digits)} is beyond the range of a number")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_refuse_constant)


def is_json(headers: Mapping[str, str]) -> bool:
    """Tell whether the content type says JSON; an answer without a content type is taken at its word."""
    content_type = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    return content_type == "application/json" or content_type.endswith("+json")


def message_of(response: Any) -> str:
    """Return one line that says what an error body says: its `detail`, its messages by field, or its text."""
    try:
        return _message_of(response)
    except RecursionError:
        return ""


def _message_of(response: Any) -> str:
    match response:
        case {"detail": str(detail)}:
            return printable(detail)
        case {"error": {"message": str(message)}}:
            return printable(message)
        case dict() if response:
            return "; ".join(f"{printable(str(field))}: {_messages(value)}" for field, value in response.items())[:500]
        case list() if response:
            return _messages(response)[:500]
        case str():
            # Of a page, its title says what happened; the rest is for browsers.
            page = _TITLE.search(response)
            text = response if page is None else _BREAKS.sub(" ", page[1])
            return printable(" ".join(text.split()))
    return ""


def _messages(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_messages(item) for item in value)
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def printable(value: str, limit: int = _MESSAGE_CHARACTERS) -> str:
    """Return text from a server with everything escaped that could steer a terminal, and cut to `limit`."""
    shown = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in value[:limit])
    return shown + ("…" if len(value) > limit else "")


def excerpt(body: bytes) -> str:
    """Return the beginning of a body, quoted."""
    return repr(printable(body[:120].decode("utf-8", "replace")))


def parse_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that `Retry-After` asks to wait, or None when it says nothing usable.

    A date is compared with the server's own `Date`, because the two clocks may differ, else with `now`.
    """
    value = headers.get("retry-after", "").strip()
    if not value or len(value) > 64:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
            if moment.tzinfo is None:
                return None
            sent_at = _server_time(headers)
            seconds = moment.timestamp() - (now if sent_at is None else sent_at)
        except (TypeError, ValueError, OverflowError):
            return None
    return seconds if isfinite(seconds) and seconds > 0 else None


def _server_time(headers: Mapping[str, str]) -> float | None:
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
