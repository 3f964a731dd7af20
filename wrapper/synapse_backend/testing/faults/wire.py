"""Faults of the bytes on the wire: lost, cut, slow and nonsensical answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from synapse_backend.testing.checks import flag, number, one_of
from synapse_backend.testing.delivery import End, Step, Wait, planned
from synapse_backend.testing.faults.base import Exchange, ExchangeFault, Fault, ending, nothing, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synapse_backend.testing.messages import Response

GarbageKind = Literal[
    "status_line",
    "half_status_line",
    "conflicting_length",
    "negative_length",
    "huge_header",
    "many_headers",
    "not_http",
]
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_PIECE = 64 * 1024
_FRAMING = (b"Content-Length:", b"Transfer-Encoding:")


def _lost(response: Response, end: End) -> Response:
    response.delivery = ending(end)
    return response


@dataclass(frozen=True)
class Reset(ExchangeFault):
    """No arguments."""

    name: ClassVar = "reset"
    summary: ClassVar = "Resets the connection when the request has been read; nothing is carried out."
    scenarios: ClassVar = (10, 19, 27, 69)

    def play(self, exchange: Exchange) -> Response:
        """No answer."""
        return _lost(nothing(), End.RESET)


@dataclass(frozen=True)
class CloseBeforeAnswer(ExchangeFault):
    """No arguments."""

    name: ClassVar = "close_before_answer"
    summary: ClassVar = "Closes the connection when the request has been read; nothing is carried out."
    scenarios: ClassVar = (9,)

    def play(self, exchange: Exchange) -> Response:
        """No answer."""
        return _lost(nothing(), End.CLOSE)


@dataclass(frozen=True)
class CommitThenReset(ExchangeFault):
    """No arguments."""

    name: ClassVar = "commit_then_reset"
    summary: ClassVar = "Carries out, then resets the connection instead of answering."
    scenarios: ClassVar = (11, 12, 27, 28, 29, 70, 72)
    commits: ClassVar = True

    def play(self, exchange: Exchange) -> Response:
        """An answer that is lost."""
        return _lost(exchange.answer(), End.RESET)


@dataclass(frozen=True)
class CommitThenClose(ExchangeFault):
    """No arguments."""

    name: ClassVar = "commit_then_close"
    summary: ClassVar = "Carries out, then closes the connection instead of answering."
    scenarios: ClassVar = (11, 12, 70, 72)
    commits: ClassVar = True

    def play(self, exchange: Exchange) -> Response:
        """An answer that is lost."""
        return _lost(exchange.answer(), End.CLOSE)


@dataclass(frozen=True)
class NoAnswer(ExchangeFault):
    """Args: `commit` (carry out all the same)."""

    name: ClassVar = "no_answer"
    summary: ClassVar = "Reads the request and says nothing, until the client hangs up."
    scenarios: ClassVar = (8, 14)
    commit: bool = False

    def __post_init__(self) -> None:
        flag("commit", self.commit)

    def play(self, exchange: Exchange) -> Response:
        """No answer."""
        return _lost(exchange.answer() if self.commit else nothing(), End.HOLD)


@dataclass(frozen=True)
class StopReading(Fault):
    """No arguments."""

    name: ClassVar = "stop_reading"
    summary: ClassVar = "Reads the head of the request and not a byte of its body more; nothing is carried out."
    scenarios: ClassVar = (15,)
    moment: ClassVar = "body"
    in_process: ClassVar = False


@dataclass(frozen=True)
class ExpireIdle(ExchangeFault):
    """Args: `race` (not when the answer was sent, but when the next request has come)."""

    name: ClassVar = "expire_idle"
    summary: ClassVar = (
        "Closes a connection that is kept alive after the answer; with race, as the next request arrives."
    )
    scenarios: ClassVar = (13,)
    commits: ClassVar = True
    in_process: ClassVar = False
    race: bool = False

    def __post_init__(self) -> None:
        flag("race", self.race)

    def wants(self, exchange: Exchange) -> bool:
        """A race needs a connection that was used before."""
        return exchange.request.reused or not self.race

    def play(self, exchange: Exchange) -> Response:
        """The answer and the end, or only the end."""
        if self.race:
            return _lost(nothing(), End.CLOSE)
        response = exchange.answer()
        inner = planned(response)

        def deliver(answer: bytes) -> Iterator[Step]:
            yield from inner(answer)
            yield End.CLOSE

        response.delivery = deliver
        return response


def _cut(answer: bytes, after: int) -> bytes:
    """Head and the first bytes of the body; at least its last byte is missing."""
    head, body = split(answer)
    return head + body[: max(min(after, len(body) - 1), 0)]


@dataclass(frozen=True)
class Truncate(ExchangeFault):
    """Args: `after` (bytes of the body; at least one byte is cut off)."""

    name: ClassVar = "truncate"
    summary: ClassVar = "Carries out, and closes the connection in the middle of a body of known length."
    scenarios: ClassVar = (34,)
    commits: ClassVar = True
    after: int = 100

    def __post_init__(self) -> None:
        number("after", self.after, low=0, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The beginning of the answer."""
        response = exchange.answer()

        def deliver(answer: bytes) -> Iterator[Step]:
            yield _cut(answer, self.after)
            yield End.CLOSE

        response.delivery = deliver
        return response


def _chunked_head(answer: bytes) -> bytes:
    head, _ = split(answer)
    lines = [line for line in head.split(b"\r\n") if line and not line.startswith(_FRAMING)]
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b""])


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@dataclass(frozen=True)
class TruncateChunked(ExchangeFault):
    """Args: `after` (bytes of the body)."""

    name: ClassVar = "truncate_chunked"
    summary: ClassVar = "Carries out, sends the body in chunks and closes the connection before the last one."
    scenarios: ClassVar = (34,)
    commits: ClassVar = True
    after: int = 100

    def __post_init__(self) -> None:
        number("after", self.after, low=1, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The beginning of the answer, in chunks."""
        response = exchange.answer()

        def deliver(answer: bytes) -> Iterator[Step]:
            beginning = split(answer)[1][: self.after]
            # A chunk of nothing would be the end.
            yield _chunked_head(answer) + (_chunk(beginning) if beginning else b"")
            yield End.CLOSE

        response.delivery = deliver
        return response


@dataclass(frozen=True)
class ResetMidBody(ExchangeFault):
    """Args: `after` (bytes of the body; at least one byte is cut off)."""

    name: ClassVar = "reset_mid_body"
    summary: ClassVar = "Carries out, and resets the connection in the middle of the body."
    scenarios: ClassVar = (34,)
    commits: ClassVar = True
    after: int = 100

    def __post_init__(self) -> None:
        number("after", self.after, low=0, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The beginning of the answer."""
        response = exchange.answer()

        def deliver(answer: bytes) -> Iterator[Step]:
            yield _cut(answer, self.after)
            yield End.RESET

        response.delivery = deliver
        return response


@dataclass(frozen=True)
class Drip(ExchangeFault):
    """Args: `bytes_per_s`."""

    name: ClassVar = "drip"
    summary: ClassVar = "Carries out, and sends the answer byte by byte."
    scenarios: ClassVar = (16,)
    commits: ClassVar = True
    bytes_per_s: float = 5

    def __post_init__(self) -> None:
        number("bytes_per_s", self.bytes_per_s, low=0.001, high=1e6)

    def play(self, exchange: Exchange) -> Response:
        """The answer, slowly."""
        response = exchange.answer()
        inner = planned(response)
        pause = Wait(1 / self.bytes_per_s)

        def deliver(answer: bytes) -> Iterator[Step]:
            for step in inner(answer):
                if not isinstance(step, bytes):
                    yield step
                    continue
                for position in range(len(step)):
                    yield pause
                    yield step[position : position + 1]

        response.delivery = deliver
        return response


@dataclass(frozen=True)
class Informational(ExchangeFault):
    """Args: `count`."""

    name: ClassVar = "informational"
    summary: ClassVar = "Carries out, and announces the answer with status 103 again and again before it comes."
    scenarios: ClassVar = (17,)
    commits: ClassVar = True
    count: int = 100_000

    def __post_init__(self) -> None:
        number("count", self.count, low=1, high=10_000_000, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The announcements, then the answer."""
        response = exchange.answer()
        inner = planned(response)

        def deliver(answer: bytes) -> Iterator[Step]:
            announcement = b"HTTP/1.1 103 Early Hints\r\nLink: </>; rel=preload\r\n\r\n"
            whole, rest = divmod(self.count, 1000)
            for _ in range(whole):
                yield announcement * 1000
            yield announcement * rest
            yield from inner(answer)

        response.delivery = deliver
        return response


@dataclass(frozen=True)
class Endless(ExchangeFault):
    """No arguments."""

    name: ClassVar = "endless"
    summary: ClassVar = "Answers with a JSON array that never ends; nothing is carried out."
    scenarios: ClassVar = (40,)

    def play(self, exchange: Exchange) -> Response:
        """An answer without end."""
        response = nothing()
        response.delivery = _endless
        return response


def _endless(_answer: bytes) -> Iterator[Step]:
    yield _OK + b"Transfer-Encoding: chunked\r\n\r\n" + _chunk(b"[0")
    piece = _chunk(b",0" * (_PIECE // 2))
    while True:
        yield piece


def _garbage(kind: GarbageKind) -> Iterator[Step]:
    body = b'{"id": 1}'
    match kind:
        case "status_line":
            yield b"HTTP/1.1 abc\r\n\r\n"
        case "half_status_line":
            yield b"HTTP/1.1 20"
        case "conflicting_length":
            yield _OK + b"Content-Length: 9\r\nContent-Length: 7\r\n\r\n" + body
        case "negative_length":
            yield _OK + b"Content-Length: -9\r\n\r\n" + body
        case "huge_header":
            yield _OK + b"X-Huge: " + b"x" * (200 * 1024) + b"\r\nContent-Length: 9\r\n\r\n" + body
        case "many_headers":
            yield _OK
            for start in range(0, 100_000, 1000):
                yield b"".join(b"X-%d: 1\r\n" % number for number in range(start, start + 1000))
            yield b"Content-Length: 9\r\n\r\n" + body
        case _:
            yield b"220 mail.example.org ESMTP ready\r\n"
    yield End.CLOSE


@dataclass(frozen=True)
class Garbage(ExchangeFault):
    """Args: `kind`."""

    name: ClassVar = "garbage"
    summary: ClassVar = "Answers with something that is not HTTP, or hardly; nothing is carried out."
    scenarios: ClassVar = (18,)
    kind: GarbageKind = "not_http"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(GarbageKind))

    def play(self, exchange: Exchange) -> Response:
        """The garbage."""
        response = nothing()
        response.delivery = lambda _answer: _garbage(self.kind)
        return response
