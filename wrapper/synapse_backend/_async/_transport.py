"""Sends calls and reads their answers; everything that waits is here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synapse_backend import _events, _failures, _pools
from synapse_backend._async._pool import AsyncCarrier, AsyncPool, AsyncResponse, adapt, open_pool
from synapse_backend._bodies import ThreadedStream
from synapse_backend._calls import AttemptError, Call
from synapse_backend._responses import ERROR_BODY_BYTES, Answer, BodyError, Decompressor
from synapse_backend._retry import RetryBudget
from synapse_backend._slots import AsyncSlots, run_async

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._pools import AsyncTransport


class AsyncCaller:
    """The one way of a client to its server."""

    def __init__(self, config: ClientConfig, transport: AsyncTransport | None = None) -> None:
        self._config = config
        self._budget = RetryBudget()
        self._made_at = _pools.caller_of_client()
        self._handed_in = None if transport is None else adapt(config, transport)
        if transport is None:
            # Settings that cannot be used are refused now, not at the first call.
            _pools.ssl_context(config)
        self._homes: dict[tuple[int, object], AsyncPool] = {}
        self._closed = False

    @property
    def is_custom(self) -> bool:
        """Whether the connections were handed in."""
        return self._handed_in is not None

    @property
    def pool(self) -> AsyncCarrier:
        """The connections of this process and this event loop; no other can use them."""
        if self._closed:
            raise RuntimeError("the client is closed; make a new one")
        if self._handed_in is not None:
            return self._handed_in
        home = os.getpid(), AsyncSlots.current_loop()
        return self._homes.get(home) or self._move_in(home)

    def _move_in(self, home: tuple[int, object]) -> AsyncPool:
        AsyncSlots.clear_out(self._homes)
        # The one of a thread that was faster wins.
        return self._homes.setdefault(home, open_pool(self._config, self._made_at))

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

    async def _attempt(self, pool: AsyncCarrier, call: Call) -> Answer:
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
        if self._closed:
            return
        self._closed = True
        if self._handed_in is not None:
            await self._handed_in.aclose()
        here = os.getpid(), AsyncSlots.current_loop()
        for home, pool in list(self._homes.items()):
            if home == here:
                await pool.aclose()
            else:
                pool.abandon()
        self._homes.clear()
