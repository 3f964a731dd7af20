"""Sends calls and reads their answers; everything that waits is here."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synapse_backend import _events, _failures
from synapse_backend._async._pool import AsyncPool, AsyncResponse, open_pool
from synapse_backend._bodies import ThreadedStream
from synapse_backend._calls import AttemptError, Call
from synapse_backend._responses import ERROR_BODY_BYTES, Answer, BodyError, Decompressor
from synapse_backend._retry import RetryBudget
from synapse_backend._slots import run_async

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._pools import AsyncTransport


class AsyncCaller:
    """The one way of a client to its server."""

    def __init__(self, config: ClientConfig, transport: AsyncTransport | None = None) -> None:
        self._config = config
        self.is_custom = transport is not None
        """Whether the connections were handed in; such connections are never replaced."""
        self._budget = RetryBudget()
        self._pool = open_pool(config, transport)
        self._inherited: AsyncPool | None = None
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._closed = False

    @property
    def pool(self) -> AsyncPool:
        """The connections; new ones after a fork, because two processes must not talk over the same sockets."""
        if self._closed:
            raise RuntimeError("the client is closed; make a new one")
        if self._owner != os.getpid() and not self.is_custom:
            with self._lock:
                if self._owner != os.getpid():
                    # Kept, because its sockets are the parent's to close.
                    self._inherited = self._pool
                    self._pool = open_pool(self._config, None)
                    self._owner = os.getpid()
        return self._pool

    async def call(
        self,
        operation: Operation[Any],
        arguments: Sequence[object],
        *,
        params: Mapping[str, Any] | None = None,
        data: object = None,
        options: CallOptions | None = None,
    ) -> Any:
        """Make one call, in as many attempts as it takes and the policy allows, and return its decoded answer."""
        pool = self.pool
        call = Call(self._config, self._budget, operation, options)
        with _events.span(operation):
            try:
                if operation.files:
                    # Files are opened, and those that have no length are read.
                    await run_async(call.prepare, arguments, params, data)
                else:
                    call.prepare(arguments, params, data)
                while True:
                    try:
                        return call.result(await self._attempt(pool, call))
                    except AttemptError as failed:
                        delay = call.delay_after(failed)
                        if delay is None:
                            raise failed.error from failed.__cause__
                    await self._config.clock.asleep(delay)
            finally:
                call.close()

    async def _attempt(self, pool: AsyncPool, call: Call) -> Answer:
        request = call.next_request(ThreadedStream)
        try:
            response = await pool.handle_async_request(request)
        except _failures.NETWORK_ERRORS as failure:
            raise AttemptError(*_failures.no_answer(call.facts(), failure)) from failure
        try:
            return await self._read(call, response)
        finally:
            await response.aclose()

    async def _read(self, call: Call, response: AsyncResponse) -> Answer:
        """Read and decompress the body, within bounds; of an error only as much as a message needs."""
        status = response.status
        headers = {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in response.headers}
        is_error = not 200 <= status < 300
        body: Decompressor | None = None
        try:
            limit = ERROR_BODY_BYTES if is_error else self._config.max_response_bytes
            body = Decompressor(headers.get("content-encoding", ""), limit)
            async for piece in response.stream:
                body.feed(piece)
                call.check_deadline()
            return Answer(status, headers, body.finish())
        except (*_failures.NETWORK_ERRORS, BodyError) as failure:
            answer = Answer(status, headers, body.received() if body else b"")
            if is_error:
                return answer
            if isinstance(failure, BodyError):
                raise AttemptError(*_failures.untrusted(call.facts(), failure.kind, str(failure), answer)) from None
            raise AttemptError(*_failures.broken_off(call.facts(), failure, answer)) from failure

    async def close(self) -> None:
        """Close the connections. A second call does nothing."""
        if not self._closed:
            self._closed = True
            await self._pool.aclose()
