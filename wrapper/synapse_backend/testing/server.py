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
from itertools import count
from typing import TYPE_CHECKING, Protocol, TypeAlias

from synapse_backend.testing.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from synapse_backend.testing.faults.connecting import ConnectionFault
    from synapse_backend.testing.messages import Request, RequestError, Response

    Handler: TypeAlias = Callable[[Request, RequestError | None], Response]

# Only this machine may connect: the mock holds no secrets, but it believes everybody.
LOOPBACK = "127.0.0.1"
_BACKLOG = 1024
# Two fill a queue of length 0; the third makes sure.
_FILLERS = 3


class Watcher(Protocol):
    """Is asked about connections and heads of requests while faults are armed."""

    def on_accept(self) -> ConnectionFault | None:
        """The fault of a connection that was just made."""
        ...

    def stops_reading(self, head: Request) -> bool:
        """Whether the body of this request shall not be read."""
        ...


class Server:
    """Serves a handler until it is stopped.

    Args:
        handler: Answers a request; called in the thread of the server, one request at a time.
        port: The port to listen on; 0 takes a free one.
        body_limit: Says for the target of a request how large its body may be; a larger one is refused without reading it.
    """

    def __init__(self, handler: Handler, *, port: int = 0, body_limit: Callable[[str], int]) -> None:
        self.handler = handler
        self.body_limit = body_limit
        self._wanted_port = self._port = port
        self._selector: selectors.DefaultSelector | None = None
        self.watcher: Watcher | None = None
        # How long really to wait where an answer is to be late.
        self.pause: Callable[[float], float] = lambda seconds: seconds
        self._thread: threading.Thread | None = None
        self._connections: set[Connection] = set()
        self._fillers: list[socket.socket] = []
        self._asked: deque[Callable[[], None]] = deque()
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
        self._listener = _bound(self._wanted_port, _BACKLOG)
        self._port = self._listener.getsockname()[1]
        self._waker, wakened = socket.socketpair()
        wakened.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(wakened, selectors.EVENT_READ, lambda _events: self._do_as_asked(wakened))
        self._stopping = False
        self._thread = threading.Thread(
            target=self._run, args=(self._selector, wakened), name=f"synapse-mock-{self._port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close everything; returns when it is done."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        # A busy thread may see the flag and be gone before it is woken.
        with contextlib.suppress(BrokenPipeError):
            self._waker.send(b"\0")
        thread.join()
        self._waker.close()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back in the thread of the server."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._sequence), callback))

    def _ask(self, callback: Callable[[], None]) -> None:
        """Run something in the thread of the server; returns when it is done."""
        if threading.current_thread() is self._thread:
            callback()
            return
        done = threading.Event()
        self._asked.append(callback)
        self._asked.append(done.set)
        self._waker.send(b"\0")
        done.wait()

    def _do_as_asked(self, wakened: socket.socket) -> None:
        wakened.recv(_BACKLOG)
        while self._asked:
            self._asked.popleft()()

    def _run(self, selector: selectors.DefaultSelector, wakened: socket.socket) -> None:
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
        self._listener.close()
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        wakened.close()

    def _accept(self, _events: int) -> None:
        # A client may be gone before it is accepted, and descriptors may run out; both concern no other client.
        with contextlib.suppress(OSError):
            accepted, _ = self._listener.accept()
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fault = None if self.watcher is None else self.watcher.on_accept()
            if fault is None:
                self._connections.add(Connection(self, accepted))
            else:
                fault.befall(self, accepted)

    def adopt(self, connection: Connection) -> None:
        """Close this connection, too, when the server stops."""
        self._connections.add(connection)

    # --- the port ---------------------------------------------------------------------------------------------------

    def refuse(self, seconds: float) -> None:
        """Refuse connections for a while, from now on."""
        selector = self._selector
        assert selector is not None  # noqa: S101  # faults of the port are refused while it does not run

        def close() -> None:
            selector.unregister(self._listener)
            self._listener.close()
            # Bound, so that nobody else takes the port, but not listening.
            self._listener = _bound(self._port)
            self.call_later(seconds, reopen)

        def reopen() -> None:
            self._listener.listen(_BACKLOG)
            selector.register(self._listener, selectors.EVENT_READ, self._accept)

        self._ask(close)

    def fill_queue(self, seconds: float) -> None:
        """Leave connections without an answer for a while, from now on."""
        selector = self._selector
        assert selector is not None  # noqa: S101  # faults of the port are refused while it does not run

        def fill() -> None:
            selector.unregister(self._listener)
            self._listener.listen(0)
            for _ in range(_FILLERS):
                filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                filler.setblocking(False)
                filler.connect_ex((LOOPBACK, self._port))
                self._fillers.append(filler)
            self.call_later(seconds, empty)

        def empty() -> None:
            while self._fillers:
                self._fillers.pop().close()
            self._listener.listen(_BACKLOG)
            selector.register(self._listener, selectors.EVENT_READ, self._accept)

        self._ask(fill)

    # --- connections ------------------------------------------------------------------------------------------------

    def ignore(self, connection: Connection) -> None:
        """Take no notice of a connection any more, until the server stops."""
        assert self._selector is not None  # noqa: S101  # there are connections only while it runs
        self._selector.unregister(connection.socket)
        connection.watched = 0

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
        if connection.watched:
            self._selector.unregister(connection.socket)
        self._connections.discard(connection)


def _bound(port: int, backlog: int | None = None) -> socket.socket:
    """A socket that has the port, and listens when it is told how many connections may wait."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK, port))
        if backlog is not None:
            bound.listen(backlog)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound
