# Derived from wrapper/synapse_backend/_async/_transport.py by scripts/unasync.py; do not edit.
"""Sends calls and reads their answers; everything that waits is here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synapse_backend import _events, _failures, _pools
from synapse_backend._bodies import BlockingStream
from synapse_backend._calls import AttemptError, Call
from synapse_backend._responses import ERROR_BODY_BYTES, Answer, BodyError, Decompressor
from synapse_backend._retry import RetryBudget
from synapse_backend._slots import Slots, run_sync
from synapse_backend._sync._pool import Carrier, Pool, Response, adapt, open_pool

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._pools import Transport


class Caller:
    """The one way of a client to its server."""

    def __init__(self, config: ClientConfig, transport: Transport | None = None) -> None:
        self._config = config
        self._budget = RetryBudget()
        self._made_at = _pools.caller_of_client()
        self._handed_in = None if transport is None else adapt(config, transport)
        if transport is None:
            # Settings that cannot be used are refused now, not at the first call.
            _pools.ssl_context(config)
        self._homes: dict[tuple[int, object], Pool] = {}
        self._closed = False

    @property
    def is_custom(self) -> bool:
        """Whether the connections were handed in."""
        return self._handed_in is not None

    @property
    def pool(self) -> Carrier:
        """The connections of this process and this event loop; no other can use them."""
        if self._closed:
            raise RuntimeError("the client is closed; make a new one")
        if self._handed_in is not None:
            return self._handed_in
        home = os.getpid(), Slots.current_loop()
        return self._homes.get(home) or self._move_in(home)

    def _move_in(self, home: tuple[int, object]) -> Pool:
        Slots.clear_out(self._homes)
        # The one of a thread that was faster wins.
        return self._homes.setdefault(home, open_pool(self._config, self._made_at))

    def call(
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
                    run_sync(call.prepare, arguments, params, data)
                else:
                    call.prepare(arguments, params, data)
                while True:
                    try:
                        return call.result(self._attempt(pool, call))
                    except AttemptError as failed:
                        delay = call.delay_after(failed)
                        if delay is None:
                            raise failed.error from failed.__cause__
                    self._config.clock.sleep(delay)
            finally:
                call.close()

    def _attempt(self, pool: Carrier, call: Call) -> Answer:
        request = call.next_request(BlockingStream)
        try:
            response = pool.handle_request(request)
        except _failures.NETWORK_ERRORS as failure:
            raise AttemptError(*_failures.no_answer(call.facts(), failure)) from failure
        try:
            return self._read(call, response)
        finally:
            response.close()

    def _read(self, call: Call, response: Response) -> Answer:
        """Read and decompress the body, within bounds; of an error only as much as a message needs."""
        status = response.status
        headers = {name.decode("ascii", "replace").lower(): value.decode("latin-1") for name, value in response.headers}
        is_error = not 200 <= status < 300
        body: Decompressor | None = None
        try:
            limit = ERROR_BODY_BYTES if is_error else self._config.max_response_bytes
            body = Decompressor(headers.get("content-encoding", ""), limit)
            for piece in response.stream:
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

    def close(self) -> None:
        """Close the connections. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._handed_in is not None:
            self._handed_in.close()
        here = os.getpid(), Slots.current_loop()
        for home, pool in list(self._homes.items()):
            if home == here:
                pool.close()
            else:
                pool.abandon()
        self._homes.clear()
