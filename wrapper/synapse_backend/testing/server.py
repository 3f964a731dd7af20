"""HTTP/1.1 over a loopback socket, in one background thread.

A loop over `selectors` instead of asyncio: importing asyncio takes longer than everything else that the mock does until
its first answer, and the faults of a mock are about sockets, which stay in reach here.
"""

from __future__ import annotations

import contextlib
import heapq
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import httptools

from synapse_backend.testing.messages import Headers, Request, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from synapse_backend.testing.messages import Response

    Handler: TypeAlias = Callable[[Request, RequestError | None], Response]

# Only this machine may connect: the mock holds no secrets, but it believes everybody.
LOOPBACK = "127.0.0.1"
MAX_HEADER_BYTES = 64 * 1024
_RECEIVE_BYTES = 64 * 1024
# How long a client that was refused may go on sending, so that it reads the answer before the connection breaks.
_LINGER_SECONDS = 2.0
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Server:
    """Serves a handler until it is stopped.

    Args:
        handler: Answers a request; called in the thread of the server, one request at a time.
        port: The port to listen on; 0 takes a free one.
        max_body_bytes: Larger request bodies are refused without reading them.
    """

    def __init__(self, handler: Handler, *, port: int = 0, max_body_bytes: int) -> None:
        self.handler = handler
        self.max_body_bytes = max_body_bytes
        self._wanted_port = self._port = port
        self._selector: selectors.DefaultSelector | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[Connection] = set()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._sequence = count()
        self._stopping = False

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._thread is not None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    def start(self) -> None:
        """Listen and serve.

        Raises:
            OSError: The port is taken.
        """
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, self._wanted_port))
            listener.listen(1024)
        except OSError:
            listener.close()
            raise
        listener.setblocking(False)
        self._port = listener.getsockname()[1]
        self._waker, wakened = socket.socketpair()
        wakened.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, lambda _events: self._accept(listener))
        self._selector.register(wakened, selectors.EVENT_READ, lambda _events: None)
        self._stopping = False
        self._thread = threading.Thread(
            target=self._run, args=(listener, wakened), name=f"synapse-mock-{self._port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close everything; returns when it is done."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        self._waker.send(b"\0")
        thread.join()
        self._waker.close()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back in the thread of the server."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._sequence), callback))

    def _run(self, listener: socket.socket, wakened: socket.socket) -> None:
        selector = self._selector
        assert selector is not None  # noqa: S101  # set before the thread starts
        while not self._stopping:
            timeout = max(self._timers[0][0] - time.monotonic(), 0) if self._timers else None
            for key, events in selector.select(timeout):
                key.data(events)
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()
        for connection in tuple(self._connections):
            connection.close()
        self._timers.clear()
        selector.close()
        listener.close()
        wakened.close()

    def _accept(self, listener: socket.socket) -> None:
        # A client may be gone before it is accepted, and descriptors may run out; both concern no other client.
        with contextlib.suppress(OSError):
            accepted, _ = listener.accept()
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.add(Connection(self, accepted))

    def watch(self, connection: Connection, events: int) -> None:
        """Register the events that a connection waits for."""
        assert self._selector is not None  # noqa: S101  # there are connections only while it runs
        if connection.watched == 0:
            self._selector.register(connection.socket, events, connection.on_event)
        elif events != connection.watched:
            self._selector.modify(connection.socket, events, connection.on_event)
        connection.watched = events

    def forget(self, connection: Connection) -> None:
        """A connection closes."""
        assert self._selector is not None  # noqa: S101  # there are connections only while it runs
        self._selector.unregister(connection.socket)
        self._connections.discard(connection)


@dataclass(slots=True)
class _Pending:
    """A request that was read and waits for its answer."""

    request: Request
    refusal: RequestError | None
    keep_alive: bool


class Connection:
    """One client: reads requests, answers them in order."""

    def __init__(self, server: Server, connected: socket.socket) -> None:
        self.socket = connected
        self.watched = 0
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._out = bytearray()
        self._pending: deque[_Pending] = deque()
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
            data = self.socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
        elif not self._discarding:
            self._feed(data)
            self._answer_pending()
            self._flush()

    def _flush(self) -> None:
        """Send what is due. A client that does not read is not read from either."""
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
        elif self._last and not self._discarding:
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
            self._server.forget(self)
            self.socket.close()

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
        if "host" not in headers and self._parser.get_http_version() == "1.1":
            self._refusal = RequestError(400, {"detail": "Invalid Host header."})
        if self._head_bytes > MAX_HEADER_BYTES and _size(self._fields) > MAX_HEADER_BYTES:
            self._head_too_large()
        elif int(headers.get("content-length") or 0) > self._server.max_body_bytes:
            self._too_large()
        elif headers.get("expect", "").lower() == "100-continue" and not self._last:
            self._answer_pending()
            self._out += b"HTTP/1.1 100 Continue\r\n\r\n"

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._last:
            return
        self._body_bytes += len(body)
        if self._body_bytes > self._server.max_body_bytes:
            self._too_large()
        else:
            self._body.append(body)

    def _head_too_large(self) -> None:
        self._refuse(431, f"The request head is larger than {MAX_HEADER_BYTES} bytes.")

    def _too_large(self) -> None:
        self._body.clear()
        self._refuse(413, f"The request body is larger than {self._server.max_body_bytes} bytes.")

    def on_message_complete(self) -> None:
        """A request is complete. It waits until the parser is done with what came, because others may follow."""
        if not self._last:
            keep_alive = self._parser.should_keep_alive()
            request = Request(self._method(), self._target(), self._headers, b"".join(self._body))
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
        while self._pending:
            pending = self._pending.popleft()
            response = self._server.handler(pending.request, pending.refusal)
            self._out += _serialize(response, pending.keep_alive)


def _size(fields: list[tuple[str, str]]) -> int:
    return sum(len(name) + len(value) for name, value in fields)


def _serialize(response: Response, keep_alive: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines.append(f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n")
    return "\r\n".join(lines).encode("latin-1") + response.body
