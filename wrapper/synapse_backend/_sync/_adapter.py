# Derived from wrapper/synapse_backend/_async/_adapter.py by scripts/unasync.py; do not edit.
"""Lets a transport of httpx carry the requests instead of a connection pool, for example that of a mock backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

import httpcore
import httpx

from synapse_backend._translation import pool_errors

if TYPE_CHECKING:
    from synapse_backend._config import ClientConfig
    from synapse_backend._pools import Transport
    from synapse_backend._sync._pool import Response
    from synapse_backend._wire import WireRequest


class TransportAdapter:
    """A pool without connections."""

    def __init__(self, config: ClientConfig, transport: Transport) -> None:
        self._origin = httpx.URL(config.base_url)
        self._transport = transport

    def handle_request(self, request: WireRequest) -> Response:
        """Hand a request to the transport and return its answer with an unread body."""
        # Bytes as such, because a transport may ask the request for its content.
        content = request.content if isinstance(request.content, bytes) else None
        stream = _Stream(cast("Iterable[bytes]", request.content)) if content is None else None
        try:
            address = self._origin.copy_with(raw_path=request.target)
        except httpx.InvalidURL as error:
            raise ValueError(f"base_url and arguments make no address that the transport takes: {error}") from None
        carried = httpx.Request(
            request.method.decode(),
            address,
            headers=request.headers,
            content=content,
            stream=stream,
            extensions={"timeout": request.timeout},
        )
        with pool_errors():
            response = self._transport.handle_request(carried)
        return httpcore.Response(response.status_code, headers=response.headers.raw, content=_Stream(response.stream))

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
