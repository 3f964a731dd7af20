# Derived from wrapper/synapse_backend/_async/_proxy.py by scripts/unasync.py; do not edit.
"""Connections through a proxy, which the connection library of httpx knows how to make."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import httpcore

from synapse_backend import _pools
from synapse_backend._deadlines import time_left
from synapse_backend._slots import Slots

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig
    from synapse_backend._sync._pool import Response
    from synapse_backend._wire import WireRequest

_SLICE = 256 * 1024
_TUNNEL_ERRORS = (
    httpcore.ReadError,
    httpcore.ReadTimeout,
    httpcore.RemoteProtocolError,
    httpcore.WriteError,
    httpcore.WriteTimeout,
)
"""What means that nothing was sent when it happens before a tunnel stands."""


class ProxyPool:
    """Connections that go through the proxy of a client."""

    def __init__(self, config: ClientConfig, proxy: str) -> None:
        self._config = config
        self._pool = httpcore.ConnectionPool(
            ssl_context=_pools.ssl_context(config),
            proxy=_pools.proxy_of(proxy),
            max_connections=_pools.MAX_CONNECTIONS,
            max_keepalive_connections=_pools.MAX_IDLE_CONNECTIONS,
            keepalive_expiry=_pools.KEEPALIVE_EXPIRY,
            network_backend=DeadlineBackend(),
        )

    def handle_request(self, request: WireRequest) -> Response:
        """Send a request and return its answer with an unread body."""
        scheme, host, port = self._config.origin
        url = httpcore.URL(scheme=scheme, host=host, port=port, target=request.target)
        progress = _Progress()
        carried = httpcore.Request(
            request.method,
            url,
            headers=request.headers,
            content=request.content,
            extensions={"timeout": request.timeout, "trace": progress.note},
        )
        try:
            response: Response = self._pool.handle_request(carried)
        except _TUNNEL_ERRORS as failure:
            if progress.is_sent:
                raise
            is_late = isinstance(failure, httpcore.TimeoutException)
            raise (httpcore.ConnectTimeout if is_late else httpcore.ConnectError)(str(failure)) from failure
        return response

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def retire(self) -> bool:
        """Close the connections and return True, unless one of them is in use."""
        is_idle = all(connection.is_idle() for connection in self._pool.connections)
        if is_idle:
            self._pool.close()
        return is_idle

    def abandon(self) -> None:
        """Give the connections up, from a process or an event loop that they do not belong to."""
        Slots.abandon([self._pool])


class _Progress:
    """Whether a request was begun; before that, a proxy is asked for a tunnel to the server, in requests of its own."""

    def __init__(self) -> None:
        self.is_sent = False

    def note(self, event: str, details: Mapping[str, Any]) -> None:
        """Take note of what the connection library does."""
        if event == "http11.send_request_headers.started" and details["request"].method != b"CONNECT":
            self.is_sent = True


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the call that they belong to."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, at most `max_bytes`."""
        Slots.begin(self._stream)
        try:
            return self._stream.read(max_bytes, time_left(timeout, httpcore.ReadTimeout))
        finally:
            Slots.end(self._stream)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`, in slices, because the limit is that of a slice."""
        Slots.begin(self._stream)
        try:
            if len(buffer) <= _SLICE:
                self._stream.write(buffer, time_left(timeout, httpcore.WriteTimeout))
                return
            view = memoryview(buffer)
            for start in range(0, len(view), _SLICE):
                piece = bytes(view[start : start + _SLICE])
                self._stream.write(piece, time_left(timeout, httpcore.WriteTimeout))
        finally:
            Slots.end(self._stream)

    def close(self) -> None:
        """Close the connection."""
        Slots.close(self._stream)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the connection with TLS on it."""
        limit = time_left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections for the pool."""

    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Open a connection."""
        limit = time_left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self._backend.connect_tcp(host, port, limit, local_address, socket_options))
