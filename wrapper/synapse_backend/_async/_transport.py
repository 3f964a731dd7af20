"""Sends calls and reads their answers; everything that waits is here."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from synapse_backend import _events, _failures, _handed_out, _pools
from synapse_backend._async._pool import AsyncCarrier, AsyncPool, AsyncResponse, adapt, open_pool
from synapse_backend._bodies import StreamedBody, ThreadedStream
from synapse_backend._calls import AttemptError, Call
from synapse_backend._errors import ClientError
from synapse_backend._responses import ERROR_BODY_BYTES, Answer, BodyError, Decompressor, plain_headers
from synapse_backend._retry import RetryBudget
from synapse_backend._slots import AsyncSlots, open_async

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._pools import AsyncTransport

T = TypeVar("T")
E = TypeVar("E", bound=ClientError)
_MOST_OTHERS = 16
"""To so many further servers connections are kept open."""
_CLOSED = "the client is closed; make a new one"


class AsyncAnswerStream:
    """The answer of a success whose body is read piece by piece; close it, or use it as a context manager.

    Attributes:
        status: Status of the answer.
        headers: Names in lower case.
        failure: Why the body broke off, once it did.
    """

    def __init__(self, call: Call, response: AsyncResponse) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = plain_headers(response.headers)
        self.failure: ClientError | None = None
        self._call = call
        self._response = response
        self._pieces = aiter(response.stream)
        self._received = 0
        self._is_open = True
        self._is_reported = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            self._call.check_deadline()
            piece: bytes = await anext(self._pieces)
        except StopAsyncIteration:
            self._report_success()
            raise
        except _failures.NETWORK_ERRORS as failure:
            self._is_reported = True
            self.failure = self._call.broken_off(Answer(self.status, self.headers, b""), failure, self._received)
            raise self.failure from failure
        self._received += len(piece)
        return piece

    async def skip(self) -> None:
        """Read what is left of a small body that nobody wants, so that its connection can carry another call."""
        with contextlib.suppress(ClientError):
            async for _ in self:
                if self._received > ERROR_BODY_BYTES:
                    return

    def refused(self, kind: str, problem: str) -> ClientError:
        """Return the error for an answer that is not what was asked for; `kind` is that of `ResponseError`."""
        self._is_reported = True
        return self._call.refused(Answer(self.status, self.headers, b""), kind, problem)

    def error(self, error_class: type[E], problem: str, *, body: str = "", **details: Any) -> E:
        """Return an error of another class for an answer that is not what was asked for.

        Args:
            error_class: What to return.
            problem: What is wrong.
            body: What the answer says about it.
            **details: Attributes of the error; its status is that of the answer unless it is among them.
        """
        self._is_reported = True
        return self._call.error(
            error_class, Answer(self.status, self.headers, body.encode("utf-8", "replace")), problem, details
        )

    def _report_success(self) -> None:
        if not self._is_reported:
            self._is_reported = True
            self._call.succeed(self.status)

    async def close(self) -> None:
        """Give back what carries the answer; a second call does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            # Some event loops warn of an iterator that is left to the garbage collector.
            await self._pieces.aclose()
        finally:
            await self._response.aclose()
        # Whoever stops reading has what they wanted.
        self._report_success()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class AsyncCaller:
    """The one way of a client to its server."""

    def __init__(
        self, config: ClientConfig, transport: AsyncTransport | None = None, budget: RetryBudget | None = None
    ) -> None:
        self._config = config
        self._transport = transport
        # One who has a budget already is the way of another one to a further server.
        self._is_other = budget is not None
        self.budget = budget or RetryBudget()
        self._others: dict[tuple[bytes, bytes, int | None], AsyncCaller] = {}
        self._made_at = _pools.caller_of_client()
        self._handed_in = None if transport is None else adapt(config, transport)
        if transport is None:
            # Settings that cannot be used are refused now, not at the first call.
            _pools.ssl_context(config)
        self._homes: dict[tuple[int, object], AsyncPool] = {}
        self._mutex = threading.Lock()
        self._closed = False

    @property
    def is_custom(self) -> bool:
        """Whether the connections were handed in."""
        return self._handed_in is not None

    @property
    def pool(self) -> AsyncCarrier:
        """The connections of this process and this event loop; no other can use them."""
        if self._closed:
            raise RuntimeError(_CLOSED)
        if self._handed_in is not None:
            return self._handed_in
        home = os.getpid(), AsyncSlots.current_loop()
        return self._homes.get(home) or self._move_in(home)

    def _move_in(self, home: tuple[int, object]) -> AsyncPool:
        AsyncSlots.clear_out(self._homes)
        # The one of a thread that was faster wins.
        return self._homes.setdefault(home, open_pool(self._config, self._made_at))

    async def at(self, url: str, *, with_tokens: bool) -> tuple[AsyncCaller, str]:
        """Return the way to a URL that the backend handed out, and its path and query.

        Args:
            url: Absolute, or relative to the address of the backend.
            with_tokens: Whether the server of this client gets its tokens; another server never does.

        Raises:
            UrlError: The URL must not be followed.
            RuntimeError: The client is closed.
        """
        with self._mutex:
            if self._closed:
                raise RuntimeError(_CLOSED)
            parts = _handed_out.resolve(self._config, url)
            target = _handed_out.target_of(parts)
            if with_tokens and _handed_out.is_same_origin(self._config, parts):
                return self, target
            config = _handed_out.config_at(self._config, parts)
            caller = self._others.pop(config.origin, None) or AsyncCaller(config, self._transport, self.budget)
            # The last one is the one that was used last.
            self._others[config.origin] = caller
            oldest = list(self._others.items())[:-_MOST_OTHERS]
        for origin, other in oldest:
            if await other.retire():
                with self._mutex:
                    self._others.pop(origin, None)
        return caller, target

    async def retire(self) -> bool:
        """Close the connections that are not in use, and return whether none is kept open between calls from now on.

        Who has it already can use it as before.
        """
        AsyncSlots.clear_out(self._homes)
        here = os.getpid(), AsyncSlots.current_loop()
        retired = [home == here and await pool.retire() for home, pool in list(self._homes.items())]
        # One that was not used yet may open connections that nobody would close.
        return bool(retired) and all(retired)

    async def call(
        self,
        operation: Operation[Any],
        arguments: Sequence[object],
        *,
        params: Mapping[str, Any] | None = None,
        data: object = None,
        headers: Mapping[str, str] | None = None,
        target: str | None = None,
        options: CallOptions | None = None,
    ) -> Any:
        """Make one call, in as many attempts as it takes and the policy allows, and return its decoded answer."""
        pool = self.pool
        call = Call(self._config, self.budget, operation, options)
        with _events.span(operation):
            try:
                await self._prepare(call, arguments, params, data, headers, target)
                return await self._repeat(call, lambda: self._decoded(pool, call))
            finally:
                call.close()

    async def send(
        self,
        operation: Operation[Any],
        *,
        target: str,
        data: object,
        headers: Mapping[str, str] | None = None,
        options: CallOptions | None = None,
    ) -> Answer:
        """Send something to a URL that the backend handed out, and return the answer as it is."""
        pool = self.pool
        call = Call(self._config, self.budget, operation, options)
        with _events.span(operation):
            try:
                await self._prepare(call, (), None, data, headers, target)
                answer = await self._repeat(call, lambda: self._accepted(pool, call))
                call.succeed(answer.status)
                return answer
            finally:
                call.close()

    async def open(
        self,
        operation: Operation[Any],
        arguments: Sequence[object],
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        target: str | None = None,
        options: CallOptions | None = None,
        also: Collection[int] = (),
    ) -> AsyncAnswerStream:
        """Make one call, and return its answer as soon as the head of a success came; whoever gets it closes it.

        Further attempts are made until then and not after, because what was handed on cannot be taken back. Statuses
        in `also` are no errors either.
        """
        pool = self.pool
        call = Call(self._config, self.budget, operation, options)
        with _events.span(operation):
            await self._prepare(call, arguments, params, None, headers, target)
            return await self._repeat(call, lambda: self._opened(pool, call, also))

    async def _prepare(
        self,
        call: Call,
        arguments: Sequence[object],
        params: Mapping[str, Any] | None,
        data: object,
        headers: Mapping[str, str] | None,
        target: str | None,
    ) -> None:
        if call.operation.files and not isinstance(data, StreamedBody):
            # Files are opened, and those that have no length are read.
            await open_async(lambda _: call.close(), call.prepare, arguments, params, data, headers or {}, target)
        else:
            call.prepare(arguments, params, data, headers or {}, target)

    async def _repeat(self, call: Call, attempt: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await attempt()
            except AttemptError as failed:
                delay = call.delay_after(failed)
                if delay is None:
                    raise failed.error from failed.__cause__
            await self._config.clock.asleep(delay)

    async def _decoded(self, pool: AsyncCarrier, call: Call) -> Any:
        return call.result(await self._attempt(pool, call))

    async def _accepted(self, pool: AsyncCarrier, call: Call) -> Answer:
        answer = await self._attempt(pool, call)
        call.accept(answer)
        return answer

    async def _opened(self, pool: AsyncCarrier, call: Call, also: Collection[int]) -> AsyncAnswerStream:
        response = await self._send(pool, call)
        is_wanted = 200 <= response.status < 300 or response.status in also
        try:
            if not is_wanted:
                call.accept(await self._read(call, response))
            return AsyncAnswerStream(call, response)
        finally:
            if not is_wanted:
                await response.aclose()

    async def _attempt(self, pool: AsyncCarrier, call: Call) -> Answer:
        response = await self._send(pool, call)
        try:
            return await self._read(call, response)
        finally:
            await response.aclose()

    async def _send(self, pool: AsyncCarrier, call: Call) -> AsyncResponse:
        request = call.next_request(ThreadedStream)
        try:
            return await pool.handle_async_request(request)
        except _failures.NETWORK_ERRORS as failure:
            raise AttemptError(*_failures.no_answer(call.facts(), failure)) from failure

    async def _read(self, call: Call, response: AsyncResponse) -> Answer:
        """Read and decompress the body, within bounds; of an error only as much as a message needs."""
        status, headers = response.status, plain_headers(response.headers)
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
        with self._mutex:
            if self._closed:
                return
            self._closed = True
        for caller in list(self._others.values()):
            await caller.close()
        if self._handed_in is not None and not self._is_other:
            await self._handed_in.aclose()
        here = os.getpid(), AsyncSlots.current_loop()
        for home, pool in list(self._homes.items()):
            if home == here:
                await pool.aclose()
            else:
                pool.abandon()
        self._homes.clear()
