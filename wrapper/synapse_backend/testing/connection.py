"""One client of the mock over the socket: reads requests, sends answers, and plays what faults do to both."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httptools

from synapse_backend.testing.delivery import End, Idle, Wait, serialize, steps
from synapse_backend.testing.messages import Headers, Request, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synapse_backend.testing.delivery import Step
    from synapse_backend.testing.server import Server

MAX_HEADER_BYTES = 64 * 1024
_RECEIVE_BYTES = 64 * 1024
# Within a body, which may be long.
_BODY_RECEIVE_BYTES = 1024 * 1024
# How much of an answer that comes in steps is kept ready.
_AHEAD_BYTES = 256 * 1024
# How long a client that was refused may go on sending, so that it reads the answer before the connection breaks.
_LINGER_SECONDS = 2.0
# A reset overtakes what the client has not read yet; this long it may.
_RESET_SECONDS = 0.02
# Tears the connection down when it is closed.
_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class _Pending:
    """A request that was read and waits for its answer."""

    request: Request
    refusal: RequestError | None
    keep_alive: bool


class Connection:
    """One client: reads requests, answers them in order.

    Args:
        server: Whose client it is.
        connected: The socket.
        greeting: Sent instead of any answer, as soon as the client says something.
    """

    def __init__(self, server: Server, connected: socket.socket, greeting: Iterator[Step] | None = None) -> None:
        self.socket = connected
        self.watched = 0
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._out = bytearray()
        self._pending: deque[_Pending] = deque()
        self._greeting = greeting
        self._steps: Iterator[Step] | None = None
        self._waiting = False
        self._stalled = False
        self._used = False
        # After the last answer: nothing more is read, or it is read and thrown away.
        self._last = False
        self._discarding = False
        self._begin()
        server.watch(self, selectors.EVENT_READ)

    def _begin(self) -> None:
        self._url = b""
        self._fields: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._head_bytes = 0
        self._in_head = True
        self._limit = 0
        self._refusal: RequestError | None = None

    # --- socket -----------------------------------------------------------------------------------------------------

    def on_event(self, events: int) -> None:
        """The socket is ready."""
        if events & selectors.EVENT_WRITE:
            self._flush()
        else:
            self._read()

    def _read(self) -> None:
        try:
            data = self.socket.recv(_RECEIVE_BYTES if self._in_head else _BODY_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
        elif self._greeting is not None:
            self.play(self._greeting)
            self._greeting = None
        elif not self._discarding:
            self._feed(data)
            if self._stalled:
                self._server.ignore(self)
                return
            self._answer_pending()
            self._flush()

    def _flush(self) -> None:
        """Send what is due. A client that does not read is not read from either."""
        while self.socket.fileno() >= 0:
            if self._out:
                try:
                    sent = self.socket.send(self._out)
                except BlockingIOError:
                    sent = 0
                except OSError:
                    self.close()
                    return
                del self._out[:sent]
            if self._out:
                self._server.watch(self, selectors.EVENT_WRITE)
                return
            if self._steps is None or self._waiting:
                break
            self._advance()
        if self.socket.fileno() < 0:
            return
        if self._last and self._steps is None and not self._discarding:
            self._linger()
        else:
            self._server.watch(self, selectors.EVENT_READ)

    def _linger(self) -> None:
        """Say that nothing more comes, and wait for the client: closing at once could destroy the answer on its way."""
        self._discarding = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
        self._server.watch(self, selectors.EVENT_READ)
        self._server.call_later(_LINGER_SECONDS, self.close)

    def close(self) -> None:
        """Close now; closing twice is fine."""
        if self.socket.fileno() >= 0:
            self._steps = None
            self._server.forget(self)
            self.socket.close()

    def _reset(self) -> None:
        """Tear the connection down."""
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.close()

    # --- steps ------------------------------------------------------------------------------------------------------

    def play(self, plan: Iterator[Step]) -> None:
        """Send something step by step; what the client says meanwhile waits."""
        self._steps = plan
        self._advance()
        self._flush()

    def _advance(self) -> None:
        """Take the next steps, as far as they can be taken now."""
        while self._steps is not None and not self._waiting and len(self._out) < _AHEAD_BYTES:
            step = next(self._steps, None)
            if isinstance(step, bytes):
                self._out += step
            elif isinstance(step, Wait):
                self._waiting = True
                self._server.call_later(self._server.pause(step.seconds), self._resume)
            elif isinstance(step, Idle):
                self._waiting = True
                self._server.call_later(step.seconds, self._resume)
            elif step is None:
                self._steps = None
                self._answer_pending()
            else:
                self._end(step)

    def _resume(self) -> None:
        self._waiting = False
        if self.socket.fileno() >= 0:
            self._advance()
            self._flush()

    def _end(self, end: End) -> None:
        """End the connection; what was sent before still arrives."""
        self._pending.clear()
        if end is End.CLOSE:
            self._steps = None
            self._last = True
        elif end is End.HOLD:
            self._steps = None
            self._discarding = True
        elif self._out:
            # After what is under way.
            self._waiting = True
            self._server.call_later(_RESET_SECONDS, self._reset)
        else:
            self._reset()

    # --- parser -----------------------------------------------------------------------------------------------------

    def _feed(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The request itself is complete and gets its answer; another protocol does not follow.
            self._last = True
            self._pending[-1].keep_alive = False
        except httptools.HttpParserError as error:
            self._refuse(400, f"Malformed HTTP request: {error.args[0] if error.args else type(error).__name__}")
        else:
            if self._in_head and self._head_bytes > MAX_HEADER_BYTES:
                self._head_too_large()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer a request that could not be read, and read no further."""
        if not self._last:
            self._last = True
            request = Request(self._method(), self._target(), Headers(self._fields))
            self._pending.append(_Pending(request, RequestError(status, {"detail": detail}), keep_alive=False))

    def on_url(self, url: bytes) -> None:
        """A piece of the request target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field; fields after the body say nothing that matters here."""
        if self._in_head:
            self._fields.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is complete: refuse what will be refused anyway before the body is sent."""
        self._in_head = False
        headers = self._headers = Headers(self._fields)
        self._limit = self._server.body_limit(self._target())
        watcher = self._server.watcher
        if watcher is not None and watcher.stops_reading(Request(self._method(), self._target(), headers)):
            self._stalled = True
            with contextlib.suppress(OSError):
                # The system itself would go on receiving, by the megabyte.
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if "host" not in headers and self._parser.get_http_version() == "1.1":
            self._refusal = RequestError(400, {"detail": "Invalid Host header."})
        if self._head_bytes > MAX_HEADER_BYTES and _size(self._fields) > MAX_HEADER_BYTES:
            self._head_too_large()
        elif int(headers.get("content-length") or 0) > self._limit:
            self._too_large()
        elif headers.get("expect", "").lower() == "100-continue" and not self._last:
            self._answer_pending()
            self._out += b"HTTP/1.1 100 Continue\r\n\r\n"

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._last or self._stalled:
            return
        self._body_bytes += len(body)
        if self._body_bytes > self._limit:
            self._too_large()
        else:
            self._body.append(body)

    def _head_too_large(self) -> None:
        self._refuse(431, f"The request head is larger than {MAX_HEADER_BYTES} bytes.")

    def _too_large(self) -> None:
        self._body.clear()
        self._refuse(413, f"The request body is larger than {self._limit} bytes.")

    def on_message_complete(self) -> None:
        """A request is complete. It waits until the parser is done with what came, because others may follow."""
        if not self._last and not self._stalled:
            keep_alive = self._parser.should_keep_alive()
            request = Request(self._method(), self._target(), self._headers, b"".join(self._body), self._used)
            self._used = True
            self._pending.append(_Pending(request, self._refusal, keep_alive))
            self._last = not keep_alive
        self._begin()

    def _method(self) -> str:
        method: bytes = self._parser.get_method()
        return method.decode("ascii")

    def _target(self) -> str:
        url = self._url
        if url.startswith((b"http://", b"https://")):
            # The absolute form, as clients send it to proxies.
            url = b"/" + url.split(b"/", 3)[3] if url.count(b"/") > 2 else b"/"
        # The parser has refused what is not ASCII.
        return url.decode("ascii")

    # --- answers ----------------------------------------------------------------------------------------------------

    def _answer_pending(self) -> None:
        while self._pending and self._steps is None:
            pending = self._pending.popleft()
            response = self._server.handler(pending.request, pending.refusal)
            answer = serialize(response, pending.keep_alive)
            self._steps = steps(response, answer)
            if self._steps is None:
                self._out += answer
            else:
                self._advance()


def _size(fields: list[tuple[str, str]]) -> int:
    return sum(len(name) + len(value) for name, value in fields)
