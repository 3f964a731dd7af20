"""Sends calls and reads their answers; everything that waits is here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import httpx

from synapse_backend import _pools
from synapse_backend._bodies import ThreadedStream
from synapse_backend._calls import Call
from synapse_backend._responses import ERROR_BODY_BYTES, Answer, BodyError, Decompressor

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import ClientConfig
    from synapse_backend._pools import AsyncPool


class AsyncTransport:
    """The one way of a client to its server."""

    def __init__(self, config: ClientConfig, pool: AsyncPool | None = None) -> None:
        self._config = config
        self.is_custom = pool is not None
        """Whether the pool was handed in; such a pool is never replaced."""
        self._pool = _pools.async_pool(config) if pool is None else pool
        self._owner = os.getpid()
        self._closed = False

    @property
    def pool(self) -> AsyncPool:
        """The connections; new ones after a fork, because two processes must not talk over the same sockets."""
        if self._closed:
            raise RuntimeError("the client is closed; make a new one")
        if not self.is_custom and self._owner != os.getpid():
            self._pool = _pools.async_pool(self._config)
            self._owner = os.getpid()
        return self._pool

    async def call(
        self,
        operation: Operation[Any],
        arguments: Sequence[object],
        params: Mapping[str, Any] | None = None,
        data: object = None,
    ) -> Any:
        """Make one call and return its decoded answer."""
        call = Call(self._config, operation)
        try:
            request = call.request(arguments, params, data)
            answer = await self._send(call, request)
        finally:
            call.close()
        return call.result(answer)

    async def _send(self, call: Call, request: httpx.Request) -> Answer:
        if not isinstance(request.stream, httpx.ByteStream):
            request.stream = ThreadedStream(cast("Iterable[bytes]", request.stream))
        try:
            response = await self.pool.handle_async_request(request)
        except httpx.TransportError as failure:
            raise call.no_answer(failure) from failure
        try:
            return await self._read(call, response)
        finally:
            await response.aclose()

    async def _read(self, call: Call, response: httpx.Response) -> Answer:
        """Read and decompress the body, within bounds; of an error only as much as a message needs."""
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        is_error = not 200 <= status < 300
        limit = ERROR_BODY_BYTES if is_error else self._config.max_response_bytes
        body: Decompressor | None = None
        try:
            body = Decompressor(headers.get("content-encoding", ""), limit)
            async for piece in cast("httpx.AsyncByteStream", response.stream):
                body.feed(piece)
            return Answer(status, headers, body.finish())
        except (httpx.TransportError, BodyError) as failure:
            answer = Answer(status, headers, body.received() if body else b"")
            if is_error:
                return answer
            if isinstance(failure, BodyError):
                raise call.untrusted(failure.kind, str(failure), answer) from None
            raise call.cut_short(failure, answer) from failure

    async def close(self) -> None:
        """Close the connections. A second call does nothing."""
        if not self._closed:
            self._closed = True
            await self._pool.aclose()

    def abandon(self) -> None:
        """Refuse further calls without closing connections, where no event loop is left to close them on."""
        self._closed = True
