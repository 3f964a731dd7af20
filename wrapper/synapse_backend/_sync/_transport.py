# Derived from wrapper/synapse_backend/_async/_transport.py by scripts/unasync.py; do not edit.
"""Sends calls and reads their answers; everything that waits is here."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from synapse_backend import _events, _failures, _handed_out, _pools
from synapse_backend._bodies import BlockingStream, StreamedBody
from synapse_backend._calls import AttemptError, Call
from synapse_backend._errors import ClientError
from synapse_backend._responses import ERROR_BODY_BYTES, Answer, BodyError, Decompressor, plain_headers
from synapse_backend._retry import RetryBudget
from synapse_backend._slots import Slots, open_sync
from synapse_backend._sync._pool import Carrier, Pool, Response, adapt, open_pool

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._pools import Transport

T = TypeVar("T")
E = TypeVar("E", bound=ClientError)
_MOST_OTHERS = 16
"""To so many further servers connections are kept open."""
_CLOSED = "the client is closed; make a new one"


class AnswerStream:
    """The answer of a success whose body is read piece by piece; close it, or use it as a context manager.

    Attributes:
        status: Status of the answer.
        headers: Names in lower case.
        failure: Why the body broke off, once it did.
    """

    def __init__(self, call: Call, response: Response) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = plain_headers(response.headers)
        self.failure: ClientError | None = None
        self._call = call
        self._response = response
        self._pieces = iter(response.stream)
        self._received = 0
        self._is_open = True
        self._is_reported = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            self._call.check_deadline()
            piece: bytes = next(self._pieces)
        except StopIteration:
            self._report_success()
            raise
        except _failures.NETWORK_ERRORS as failure:
            self._is_reported = True
            self.failure = self._call.broken_off(Answer(self.status, self.headers, b""), failure, self._received)
            raise self.failure from failure
        self._received += len(piece)
        return piece

    def skip(self) -> None:
        """Read what is left of a small body that nobody wants, so that its connection can carry another call."""
        with contextlib.suppress(ClientError):
            for _ in self:
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

    def close(self) -> None:
        """Give back what carries the answer; a second call does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            # Some event loops warn of an iterator that is left to the garbage collector.
            self._pieces.close()
        finally:
            self._response.close()
        # Whoever stops reading has what they wanted.
        self._report_success()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class Caller:
    """The one way of a client to its server."""

    def __init__(
        self, config: ClientConfig, transport: Transport | None = None, budget: RetryBudget | None = None
    ) -> None:
        self._config = config
        self._transport = transport
        # One who has a budget already is the way of another one to a further server.
        self._is_other = budget is not None
        self.budget = budget or RetryBudget()
        self._others: dict[tuple[bytes, bytes, int | None], Caller] = {}
        self._made_at = _pools.caller_of_client()
        self._handed_in = None if transport is None else adapt(config, transport)
        if transport is None:
            # Settings that cannot be used are refused now, not at the first call.
            _pools.ssl_context(config)
        self._homes: dict[tuple[int, object], Pool] = {}
        self._mutex = threading.Lock()
        self._closed = False

    @property
    def is_custom(self) -> bool:
        """Whether the connections were handed in."""
        return self._handed_in is not None

    @property
    def pool(self) -> Carrier:
        """The connections of this process and this event loop; no other can use them."""
        if self._closed:
            raise RuntimeError(_CLOSED)
        if self._handed_in is not None:
            return self._handed_in
        home = os.getpid(), Slots.current_loop()
        return self._homes.get(home) or self._move_in(home)

    def _move_in(self, home: tuple[int, object]) -> Pool:
        Slots.clear_out(self._homes)
        # The one of a thread that was faster wins.
        return self._homes.setdefault(home, open_pool(self._config, self._made_at))

    def at(self, url: str, *, with_tokens: bool) -> tuple[Caller, str]:
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
            caller = self._others.pop(config.origin, None) or Caller(config, self._transport, self.budget)
            # The last one is the one that was used last.
            self._others[config.origin] = caller
            oldest = list(self._others.items())[:-_MOST_OTHERS]
        for origin, other in oldest:
            if other.retire():
                with self._mutex:
                    self._others.pop(origin, None)
        return caller, target

    def retire(self) -> bool:
        """Close the connections that are not in use, and return whether none is kept open between calls from now on.

        Who has it already can use it as before.
        """
        Slots.clear_out(self._homes)
        here = os.getpid(), Slots.current_loop()
        retired = [home == here and pool.retire() for home, pool in list(self._homes.items())]
        # One that was not used yet may open connections that nobody would close.
        return bool(retired) and all(retired)

    def call(
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
                self._prepare(call, arguments, params, data, headers, target)
                return self._repeat(call, lambda: self._decoded(pool, call))
            finally:
                call.close()

    def send(
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
                self._prepare(call, (), None, data, headers, target)
                answer = self._repeat(call, lambda: self._accepted(pool, call))
                call.succeed(answer.status)
                return answer
            finally:
                call.close()

    def open(
        self,
        operation: Operation[Any],
        arguments: Sequence[object],
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        target: str | None = None,
        options: CallOptions | None = None,
        also: Collection[int] = (),
    ) -> AnswerStream:
        """Make one call, and return its answer as soon as the head of a success came; whoever gets it closes it.

        Further attempts are made until then and not after, because what was handed on cannot be taken back. Statuses
        in `also` are no errors either.
        """
        pool = self.pool
        call = Call(self._config, self.budget, operation, options)
        with _events.span(operation):
            self._prepare(call, arguments, params, None, headers, target)
            return self._repeat(call, lambda: self._opened(pool, call, also))

    def _prepare(
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
            open_sync(lambda _: call.close(), call.prepare, arguments, params, data, headers or {}, target)
        else:
            call.prepare(arguments, params, data, headers or {}, target)

    def _repeat(self, call: Call, attempt: Callable[[], T]) -> T:
        while True:
            try:
                return attempt()
            except AttemptError as failed:
                delay = call.delay_after(failed)
                if delay is None:
                    raise failed.error from failed.__cause__
            self._config.clock.sleep(delay)

    def _decoded(self, pool: Carrier, call: Call) -> Any:
        return call.result(self._attempt(pool, call))

    def _accepted(self, pool: Carrier, call: Call) -> Answer:
        answer = self._attempt(pool, call)
        call.accept(answer)
        return answer

    def _opened(self, pool: Carrier, call: Call, also: Collection[int]) -> AnswerStream:
        response = self._send(pool, call)
        is_wanted = 200 <= response.status < 300 or response.status in also
        try:
            if not is_wanted:
                call.accept(self._read(call, response))
            return AnswerStream(call, response)
        finally:
            if not is_wanted:
                response.close()

    def _attempt(self, pool: Carrier, call: Call) -> Answer:
        response = self._send(pool, call)
        try:
            return self._read(call, response)
        finally:
            response.close()

    def _send(self, pool: Carrier, call: Call) -> Response:
        request = call.next_request(BlockingStream)
        try:
            return pool.handle_request(request)
        except _failures.NETWORK_ERRORS as failure:
            raise AttemptError(*_failures.no_answer(call.facts(), failure)) from failure

    def _read(self, call: Call, response: Response) -> Answer:
        """Read and decompress the body, within bounds; of an error only as much as a message needs."""
        status, headers = response.status, plain_headers(response.headers)
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
        with self._mutex:
            if self._closed:
                return
            self._closed = True
        for caller in list(self._others.values()):
            caller.close()
        if self._handed_in is not None and not self._is_other:
            self._handed_in.close()
        here = os.getpid(), Slots.current_loop()
        for home, pool in list(self._homes.items()):
            if home == here:
                pool.close()
            else:
                pool.abandon()
        self._homes.clear()
