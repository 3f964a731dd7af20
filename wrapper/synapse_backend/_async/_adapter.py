"""Lets a transport of httpx carry the requests instead of a connection pool, for example that of a mock backend."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, cast

import httpcore
import httpx

from synapse_backend._translation import pool_errors

if TYPE_CHECKING:
    from synapse_backend._async._pool import AsyncResponse
    from synapse_backend._config import ClientConfig
    from synapse_backend._pools import AsyncTransport
    from synapse_backend._wire import WireRequest


class AsyncTransportAdapter:
    """A pool without connections."""

    def __init__(self, config: ClientConfig, transport: AsyncTransport) -> None:
        self._origin = httpx.URL(config.base_url)
        self._transport = transport

    async def handle_async_request(self, request: WireRequest) -> AsyncResponse:
        """Hand a request to the transport and return its answer with an unread body."""
        # Bytes as such, because a transport may ask the request for its content.
        content = request.content if isinstance(request.content, bytes) else None
        stream = _Stream(cast("AsyncIterable[bytes]", request.content)) if content is None else None
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
            response = await self._transport.handle_async_request(carried)
        return httpcore.Response(response.status_code, headers=response.headers.raw, content=_Stream(response.stream))

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


class _Stream(httpx.AsyncByteStream):
    """A body on its way between the two libraries."""

    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with pool_errors():
            async for piece in self._stream:
                yield piece

    async def aclose(self) -> None:
        """Close the body."""
        if isinstance(self._stream, httpx.AsyncByteStream):
            await self._stream.aclose()
