"""Lets a transport of httpx carry the requests instead of a connection pool, for example that of a mock backend."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, cast

import httpcore
import httpx

from synapse_backend._translation import pool_errors

if TYPE_CHECKING:
    from synapse_backend._pools import AsyncTransport


class AsyncTransportAdapter(httpcore.AsyncConnectionPool):
    """A connection pool without connections."""

    def __init__(self, transport: AsyncTransport) -> None:
        super().__init__()
        self._transport = transport

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
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
            stream=_Stream(cast("AsyncIterable[bytes]", request.stream)),
            extensions=request.extensions,
        )
        with pool_errors():
            response = await self._transport.handle_async_request(carried)
        return httpcore.Response(
            response.status_code,
            headers=response.headers.raw,
            content=_Stream(response.stream),
            extensions=response.extensions,
        )

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
