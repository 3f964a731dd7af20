"""The console of a job that is followed: what the events of its stream mean. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from synapse_backend import _responses
from synapse_backend._errors import AuthorizationError, HTTPError, NotFoundError, ServerError
from synapse_backend._sse import Event, EventParser, EventTooLargeError

EVENTS = "text/event-stream"
EVENT_CHARACTERS = 8 * 1024 * 1024
"""The largest event that is accepted; a line of a log is never that long."""
_KNOWN = frozenset({"connected", "log", "complete", "error"})
_UNKNOWN_JOB = re.compile(r"not\s+found|no\s+such|does\s+not\s+exist|unknown\s+job", re.IGNORECASE)
_FORBIDDEN = re.compile(r"permission|forbidden|not\s+allowed", re.IGNORECASE)
_COMPARED = 1000
_NESTED = 4


class StreamError(Exception):
    """The stream cannot be read or continued; `kind` is that of `ResponseError`."""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind


class ConsoleError(Exception):
    """The stream reports an error.

    Args:
        message: What the server says.
        data: The event as it came.
    """

    def __init__(self, message: str, data: str) -> None:
        super().__init__(message)
        self.data = data

    def error_class(self) -> tuple[type[HTTPError], int]:
        """Return the class and the status of the error for the caller.

        The status of the answer was sent long before, so the text has to tell what kind of error it is.
        """
        message = str(self)
        if _UNKNOWN_JOB.search(message):
            return NotFoundError, 404
        if _FORBIDDEN.search(message):
            return AuthorizationError, 403
        return ServerError, 500


class Console:
    """Reads the events of one stream.

    Attributes:
        is_complete: Whether the server said that the log is at its end.
        is_typed: Whether the server says of its events what they are; then it also says when the log ends. Those of
            earlier backends are lines and nothing else.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self.is_typed = False

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the lines of the log in an event.

        Raises:
            ConsoleError: The event is the report of an error.
        """
        frame = _decoded(event.data)
        kind = _kind(event, frame)
        if kind is None:
            # Later backends may send events of further types; what earlier ones send has no type at all.
            if not (self.is_typed and isinstance(frame, Mapping) and isinstance(frame.get("type"), str)):
                yield from _split(event.data)
            return
        self.is_typed = True
        match kind:
            case "log":
                yield from _split(_text_of_log(frame, _NESTED) if isinstance(frame, Mapping) else event.data)
            case "complete":
                self.is_complete = True
            case "error":
                raise ConsoleError(_responses.printable(_message(frame)) or "it does not say which", event.data)


def _decoded(data: str) -> Any:
    """Return the JSON in an event, or its text where it is not JSON."""
    try:
        return _responses.decode_json(data.encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return data


def _kind(event: Event, frame: Any) -> str | None:
    """Return the type of an event if it is one that is known."""
    kind = frame.get("type") if isinstance(frame, Mapping) else None
    if isinstance(kind, str):
        return kind if kind in _KNOWN else None
    return event.name if event.name in _KNOWN else None


def _message(frame: Any) -> str:
    if isinstance(frame, Mapping):
        message = frame.get("message", frame.get("data"))
        return message if isinstance(message, str) else _responses.message_of(message)
    return str(frame)


def _text_of_log(frame: Mapping[str, Any], depth: int) -> str:
    """Return the text of a log event: that of its `data`, or its `message`."""
    data = frame.get("data", frame.get("message", ""))
    if isinstance(data, Mapping):
        data = data.get("message", data)
    if not isinstance(data, str):
        return json.dumps(data, ensure_ascii=False)
    return _unwrapped(data, depth) if data.startswith("data:") and depth else data


def _unwrapped(text: str, depth: int) -> str:
    """Return the text of a log event that stands inside of another one; anything else is a line like any other."""
    events = list(EventParser(len(text) + 2).feed(text.encode("utf-8", "replace") + b"\n\n"))
    frames = [_decoded(event.data) for event in events]
    if not all(isinstance(frame, Mapping) and frame.get("type") == "log" for frame in frames):
        return text
    return "\n".join(_text_of_log(frame, depth - 1) for frame in frames)


def _split(text: str) -> Iterator[str]:
    """Yield the lines of a text; one that is empty has none."""
    text = text.removesuffix("\n")
    if text:
        yield from (line.removesuffix("\r") for line in text.split("\n"))


class AnotherLogError(Exception):
    """A log comes again, but other than before."""


class Followed:
    """The lines of a log that were handed on, to go on behind them when the log comes again from its beginning.

    Only their number and a digest are kept, and the first ones each for itself, so that a log which begins elsewhere is
    noticed at its first line.
    """

    def __init__(self) -> None:
        self.number = 0
        """How many lines were handed on."""
        self._first: list[int] = []
        self._digest = hashlib.sha256()
        self._again = 0
        self._digest_again = hashlib.sha256()

    def start_over(self) -> None:
        """Expect the log from its beginning."""
        self._again = 0
        self._digest_again = hashlib.sha256()

    def is_new(self, line: str) -> bool:
        """Tell whether a line comes after those that were handed on.

        Raises:
            AnotherLogError: It is not the line that stood in this place.
        """
        if self._again < self.number:
            self._again += 1
            _add(self._digest_again, line)
            is_other = self._again <= _COMPARED and self._first[self._again - 1] != hash(line)
            if is_other or (self._again == self.number and self._digest_again.digest() != self._digest.digest()):
                raise AnotherLogError
            return False
        self.number += 1
        self._again += 1
        if self.number <= _COMPARED:
            self._first.append(hash(line))
        _add(self._digest, line)
        return True

    @property
    def is_behind(self) -> bool:
        """Whether not all lines that were handed on have come again."""
        return self._again < self.number


def _add(digest: hashlib._Hash, line: str) -> None:
    digest.update(line.encode("utf-8", "surrogatepass") + b"\n")


class Reading:
    """The new lines in one answer, piece by piece.

    Args:
        headers: Of the answer.
        followed: What was handed on of the log before.

    Raises:
        StreamError: The answer is no stream of events.
    """

    def __init__(self, headers: Mapping[str, str], followed: Followed) -> None:
        content_type = headers.get("content-type", EVENTS).partition(";")[0].strip().lower()
        if content_type != EVENTS:
            shown = _responses.printable(content_type)
            raise StreamError(
                "content_type", f"got {shown} where events are due; is a proxy or a login page in between?"
            )
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity"):
            raise StreamError(
                "encoding", f"the events came with content coding {_responses.printable(coding)}, unasked"
            )
        self._console = Console()
        self._parser = EventParser(EVENT_CHARACTERS)
        self._followed = followed
        followed.start_over()

    @property
    def is_complete(self) -> bool:
        """Whether the server said that the log is at its end."""
        return self._console.is_complete

    def lines(self, piece: bytes) -> Iterator[str]:
        """Yield the lines that end in a piece, but those that were handed on before.

        Raises:
            ConsoleError: The server reports an error.
            StreamError: An event is too large, or the log is not the one that was followed before.
        """
        try:
            for event in self._parser.feed(piece):
                yield from filter(self._followed.is_new, self._console.lines(event))
                if self.is_complete:
                    return
        except EventTooLargeError:
            raise StreamError("too_large", f"an event has more than {EVENT_CHARACTERS} characters") from None
        except AnotherLogError:
            raise self._cannot_continue() from None

    def _cannot_continue(self) -> StreamError:
        return StreamError(
            "truncated", f"the log broke off after {self._followed.number} lines and does not begin again with these"
        )

    def end(self) -> bool:
        """Take note that the body ended; return whether that is the end of the log.

        Raises:
            StreamError: The log is not the one that was followed before.
        """
        is_end = self.is_complete or not self._console.is_typed
        if is_end and self._followed.is_behind:
            raise self._cannot_continue()
        return is_end
