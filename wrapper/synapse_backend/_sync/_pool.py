# Derived from wrapper/synapse_backend/_async/_pool.py by scripts/unasync.py; do not edit.
"""The connections of a client."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import httpcore

from synapse_backend import _pools
from synapse_backend._deadlines import time_left
from synapse_backend._heads import Head
from synapse_backend._slots import Slots
from synapse_backend._sync._connection import Connection

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig
    from synapse_backend._wire import WireRequest


class Response(Protocol):
    """The answer to a request; whoever gets it closes it in the end, once."""

    @property
    def status(self) -> int:
        """Status code."""
        ...

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """Names and values as they came."""
        ...

    @property
    def stream(self) -> Any:
        """Yields the body."""
        ...

    def close(self) -> None:
        """Give back what carried the answer."""
        ...


class Carrier(Protocol):
    """What carries requests."""

    def handle_request(self, request: WireRequest) -> Response:
        """Send a request and return its answer with an unread body."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Pool(Carrier, Protocol):
    """Connections that belong to one process and one event loop."""

    def retire(self) -> bool:
        """Keep nothing open between calls from now on; return False where that cannot be while there are calls."""
        ...

    def abandon(self) -> None:
        """Give the connections up, from a process or an event loop that they do not belong to."""
        ...


def open_pool(config: ClientConfig, made_at: str) -> Pool:
    """Return connections to the server of a client, or to its proxy; `made_at` says where the client was made."""
    if config.proxy is not None:
        from synapse_backend._sync._proxy import ProxyPool

        return ProxyPool(config, config.proxy)
    return ConnectionPool(config, made_at)


def adapt(config: ClientConfig, transport: _pools.Transport) -> Carrier:
    """Return a transport that was handed in as what carries requests."""
    # Imported here: it brings httpx along, which nothing else needs to make a call.
    from synapse_backend._sync._adapter import TransportAdapter

    return TransportAdapter(config, transport)


class ConnectionPool:
    """Connections to the one server of a client, kept open between calls."""

    def __init__(self, config: ClientConfig, made_at: str) -> None:
        self._scheme, self._host, port = config.origin
        self._port = port or (443 if self._scheme == b"https" else 80)
        self._ssl_context = _pools.ssl_context(config)
        self._backend = httpcore.SyncBackend()
        self._slots = Slots(_pools.MAX_CONNECTIONS)
        # The one used last is taken first: it is the least likely to have been closed by the server.
        self._idle: deque[Connection] = deque()
        self._is_closed = False
        self._made_at = made_at

    def __del__(self) -> None:
        if not self._is_closed:
            self._slots.forget(self._idle, self._made_at)

    def handle_request(self, request: WireRequest) -> Response:
        """Send a request and return its answer with an unread body; closing the answer gives the connection back."""
        limits = request.timeout
        self._slots.take(time_left(limits["pool"], httpcore.PoolTimeout))
        connection = None
        try:
            connection = self._take_idle() or self._connect(limits["connect"])
            head = connection.send(request)
        except BaseException:
            self._discard(connection)
            raise
        return _Response(self, connection, head, limits["read"])

    def _take_idle(self) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_usable(_pools.KEEPALIVE_EXPIRY):
                return connection
            connection.close()

    def _connect(self, limit: float | None) -> Connection:
        open_stream = self._open_encrypted if self._scheme == b"https" else self._open_plain
        return Connection(open_stream(limit))

    def _open_plain(self, limit: float | None) -> httpcore.NetworkStream:
        host = self._host.decode("ascii")
        return self._backend.connect_tcp(host, self._port, time_left(limit, httpcore.ConnectTimeout))

    def _open_encrypted(self, limit: float | None) -> httpcore.NetworkStream:
        return self._encrypt(self._open_plain(limit), limit)

    def _encrypt(self, stream: httpcore.NetworkStream, limit: float | None) -> httpcore.NetworkStream:
        try:
            host, left = self._host.decode("ascii"), time_left(limit, httpcore.ConnectTimeout)
            return stream.start_tls(self._ssl_context, host, left)
        except BaseException:
            stream.close()
            raise

    def _discard(self, connection: Connection | None) -> None:
        try:
            if connection is not None:
                connection.close()
        finally:
            self._slots.give_back()

    def give_back(self, connection: Connection) -> None:
        """Take a connection back after its call, and keep it if it can carry another one."""
        if self._is_closed or len(self._idle) >= _pools.MAX_IDLE_CONNECTIONS or not connection.start_over():
            self._discard(connection)
            return
        self._idle.append(connection)
        self._slots.give_back()

    def close(self) -> None:
        """Close the idle connections; those in use are closed when their call ends."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    def retire(self) -> bool:
        """Keep nothing open between calls from now on, and return True; it can be used as before."""
        self.close()
        return True

    def abandon(self) -> None:
        """Give the connections up, from a process or an event loop that they do not belong to."""
        self._is_closed = True
        self._slots.abandon(self._idle)


class _Response:
    """An answer over a connection of the pool."""

    def __init__(self, pool: ConnectionPool, connection: Connection, head: Head, limit: float | None) -> None:
        self.status: int = head.status
        self.headers: Sequence[tuple[bytes, bytes]] = head.headers
        self.stream = connection.body(limit)
        self._pool = pool
        self._connection = connection

    def close(self) -> None:
        """Give the connection back."""
        # Some event loops warn of an iterator that is left to the garbage collector.
        self.stream.close()
        self._pool.give_back(self._connection)
