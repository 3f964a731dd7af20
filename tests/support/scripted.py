"""A server on a real socket that answers byte for byte what a test tells it, also what no HTTP library would send."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

from tests.support.recorder import Recorded
from tests.support.tls import server_context

_LOOPBACK = "127.0.0.1"

Then = Literal["keep", "close", "reset", "hold", "drain", "tls"]

KEPT_BYTES = 1024 * 1024
"""How much of a request body is kept; of a larger one only the size is known."""
HANGS = 60
"""Seconds after which what is waited for does not come any more."""


@dataclass(frozen=True)
class Answer:
    """What happens after a request arrived.

    Attributes:
        data: The bytes of the answer; an iterable is sent piece by piece until the client hangs up.
        then: Read the next request, end the connection, reset it, leave it open and say nothing, read whatever comes and
            say nothing, or speak TLS from now on.
        reads: Read the whole request first, or only its head and then no byte more, or nothing, not even that.
    """

    data: bytes | Iterable[bytes] = b""
    then: Then = "keep"
    reads: Literal["all", "head", "nothing"] = "all"

    @property
    def bytes(self) -> bytes:
        """The whole answer, to put it together with others."""
        return b"".join(self.data) if not isinstance(self.data, bytes) else self.data


def reply(
    status: int = 200,
    body: bytes = b"",
    content_type: str | None = "application/json",
    headers: Mapping[str, str] = {},
    *,
    length: int | None = None,
    then: Then = "keep",
) -> Answer:
    """Return a well-formed answer; `length` makes it lie about its size."""
    lines = [f"HTTP/1.1 {status} Phrase", f"Content-Length: {len(body) if length is None else length}"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return Answer("\r\n".join([*lines, "", ""]).encode("latin-1") + body, then)


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] = {}) -> Answer:
    """Return an answer with a JSON body."""
    return reply(status, json.dumps(value).encode(), "application/json", headers)


def chunked(*pieces: bytes, head: str = "HTTP/1.1 200 OK\r\nContent-Type: application/json") -> bytes:
    """Return an answer in chunked coding, without the chunk that ends it."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return f"{head}\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + chunks


NOTHING = Answer(then="close")
"""The request is read, and the connection ends without a byte."""
RESET = Answer(then="reset")
"""The request is read, and the connection is reset."""
SILENCE = Answer(then="hold")
"""The request is read, and no answer ever comes."""


class ScriptedServer:
    """Plays prepared answers, one for each request, over as many connections as clients open.

    Attributes:
        url: Its address.
        requests: What arrived.
        carriers: Number of the connection, from 1, over which each request came.
        sizes: Size of the body of each request.
        connections: How many connections were opened.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = _listen()
        self._tls = tls
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self.requests: list[Recorded] = []
        self.carriers: list[int] = []
        self.sizes: list[int] = []
        self.connections = 0
        self._answers: deque[Answer] = deque()
        self._open: set[socket.socket] = set()
        self._progress = threading.Condition()
        self._stopped = threading.Event()
        self._last: Any = None
        self._threads = [threading.Thread(target=self._accept)]

    def plays(self, *answers: Answer) -> None:
        """Add answers to the script."""
        self._answers.extend(answers)

    @property
    def unplayed(self) -> int:
        """Number of answers that no request has asked for."""
        return len(self._answers)

    def wait_until_idle(self, but: int = 0) -> None:
        """Return when every connection has ended but that many."""
        with self._progress:
            # A client may be gone before its connection was accepted.
            assert self._progress.wait_for(lambda: self.connections > 0 and len(self._open) == but, HANGS)

    def wait_until_asked(self, number: int) -> None:
        """Return when so many requests have been read; a client that does not wait long may be done before that."""
        with self._progress:
            assert self._progress.wait_for(lambda: len(self.requests) >= number, HANGS)

    def wait_until_played(self, timeout: float = 1.0) -> None:
        """Return when every answer has been asked for; a client may be done before the server has read what it sent."""
        with self._progress:
            self._progress.wait_for(lambda: not self._answers, timeout)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # A connection of its own comes after all others and ends the thread that accepts them. So what clients sent before
        # they left is read, however late that is.
        with socket.socket() as last:
            last.bind((_LOOPBACK, 0))
            self._last = last.getsockname()
            last.connect(self._listener.getsockname())
            self._threads[0].join()
        self._stopped.set()
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, address = self._listener.accept()
            if address == self._last:
                connection.close()
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=[connection, self.connections])
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection, contextlib.suppress(OSError):
                if self._tls is None:
                    self._play(connection, number)
                else:
                    self._play_encrypted(self._tls, connection, number)
        finally:
            with self._progress:
                self._open.discard(connection)
                self._progress.notify_all()

    def _play_encrypted(self, context: ssl.SSLContext, connection: socket.socket, number: int) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            # Takes the place of the plain socket, which is of no more use, so that the end of the server reaches it.
            self._open.add(encrypted)
            self._open.discard(connection)
            try:
                self._play(encrypted, number)
            finally:
                self._open.add(connection)
                self._open.discard(encrypted)

    def _play(self, connection: socket.socket, number: int) -> None:
        with connection.makefile("rb") as stream:
            while (answer := self._next(stream, number)) is not None:
                for piece in [answer.data] if isinstance(answer.data, bytes) else answer.data:
                    connection.sendall(piece)
                if answer.then == "tls":
                    self._play_encrypted(server_context(), connection, number)
                if answer.then == "hold" and answer.reads == "head":
                    self._stopped.wait()
                elif answer.then in ("hold", "drain"):
                    stream.read()
                if answer.then == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if answer.then != "keep":
                    return

    def _next(self, stream: BinaryIO, number: int) -> Answer | None:
        """Read a request and return the answer to it; None when the client hung up or the script is at its end."""
        if self._answers and self._answers[0].reads == "nothing":
            return self._take()
        line = stream.readline().decode("ascii")
        if not line:
            return None
        headers = []
        while (field := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = field.partition(":")
            headers.append((name, value.strip()))
        answer = self._take()
        size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        body = b"" if answer and answer.reads == "head" else self._read_body(stream, size)
        method, target, _ = line.split()
        self.carriers.append(number)
        with self._progress:
            self.requests.append(Recorded(method, target, headers, body))
            self._progress.notify_all()
        return answer

    def _take(self) -> Answer | None:
        with self._progress:
            self._progress.notify_all()
            return self._answers.popleft() if self._answers else None

    def _read_body(self, stream: BinaryIO, size: int) -> bytes:
        kept = stream.read(min(size, KEPT_BYTES))
        received = len(kept)
        while received < size and (piece := stream.read(min(size - received, 64 * 1024))):
            received += len(piece)
        self.sizes.append(received)
        return kept


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.create_server((_LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listen() -> socket.socket:
    """Listen on any port but one that looks like that of a TLS server, because errors say so."""
    while True:
        listener = socket.create_server((_LOOPBACK, 0))
        if not str(listener.getsockname()[1]).endswith("443"):
            return listener
        listener.close()
