# Derived from wrapper/synapse_backend/_async/_adapter.py by scripts/unasync.py; do not edit.
"""Lets a transport of httpx carry the requests instead of a connection pool, for example that of a mock backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

import httpcore
import httpx

from synapse_backend._translation import pool_errors

if TYPE_CHECKING:
    from synapse_backend._pools import Transport


class TransportAdapter(httpcore.ConnectionPool):
    """A connection pool without connections."""

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Hand a request to the transport and return its answer with an unread body."""
        url = request.url
        try:
            address = httpx.URL(scheme=url.scheme.decode(), host=url.host.decode(), port=url.port, raw_path=url.target)
        except httpx.InvalidURL as error:
            raise ValueError(f"base_url and arguments make no address that the transport takes: {error}") from None
        carried = httpx.Request(
            request.method.decode(),
            address,
            headers=request.headers,
            stream=_Stream(cast("Iterable[bytes]", request.stream)),
            extensions=request.extensions,
        )
        with pool_errors():
            response = self._transport.handle_request(carried)
        return httpcore.Response(
            response.status_code,
            headers=response.headers.raw,
            content=_Stream(response.stream),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()


class _Stream(httpx.SyncByteStream):
    """A body on its way between the two libraries."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with pool_errors():
            for piece in self._stream:
                yield piece

    def close(self) -> None:
        """Close the body."""
        if isinstance(self._stream, httpx.SyncByteStream):
            self._stream.close()
