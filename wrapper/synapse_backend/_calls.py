"""One call: the requests that it sends, and whether a failed one is followed by another.

This is the only module that touches the generated operations. It uses their `_get_kwargs`, which holds verb, path,
default parameters and media type, and nothing else of them.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import httpcore

from synapse_backend import _bodies, _deadlines, _events, _failures, _responses, _urls
from synapse_backend._config import is_long
from synapse_backend._errors import ClientError
from synapse_backend._retry import Failure, RetryBudget, delay_before_next
from synapse_backend._secrets import Secret
from synapse_backend._version import __version__
from synapse_backend._wire import WireRequest

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig

_USER_AGENT = f"synapse-backend-client/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}".encode()
_HEADERS = ((b"User-Agent", _USER_AGENT), (b"Accept", b"application/json"), (b"Accept-Encoding", b"gzip"))
# What is handed on piece by piece must come as it is: bytes are counted, and events wait in no compressor. A server that
# knows events by no name refuses a request that takes nothing else.
_STREAM_HEADERS = (
    (b"User-Agent", _USER_AGENT),
    (b"Accept", b"text/event-stream, */*;q=0.1"),
    (b"Accept-Encoding", b"identity"),
)
_TRANSFER_HEADERS = ((b"User-Agent", _USER_AGENT), (b"Accept", b"*/*"), (b"Accept-Encoding", b"identity"))
_JSON = "application/json"
# Clients of the platform declare JSON on every write, also on one without a body.
_EMPTY_JSON = ((b"Content-Type", _JSON.encode()), (b"Content-Length", b"0"))

E = TypeVar("E", bound=ClientError)

_builders: dict[str, Callable[..., dict[str, Any]]] = {}


class _NoBody:
    """Stands in for the model that `_get_kwargs` wants to convert; the body is encoded here instead."""

    def to_dict(self) -> dict[str, Any]:
        return {}

    to_multipart = to_dict

    def __iter__(self) -> Iterator[_NoBody]:
        return iter(())


def _request_parts(
    operation: Operation[Any], arguments: Sequence[object], headers: Mapping[str, str]
) -> dict[str, Any]:
    """Return path, default parameters and headers of a call, from the generated operation."""
    build = _builders.get(operation.id)
    if build is None:
        # Imported at the first call, because an operation brings its models along.
        build = _builders[operation.id] = importlib.import_module(operation.module)._get_kwargs
    named: dict[str, object] = {name.lower().replace("-", "_"): headers[name] for name in operation.headers}
    if operation.bodies:
        named["body"] = _NoBody()
    return build(*arguments, **named)


def is_transfer(operation: Operation[Any]) -> bool:
    """Tell whether an operation goes to a URL that the backend hands out, instead of a route of its own."""
    return not operation.module


class Call:
    """One call of an operation, from its arguments to its result or error.

    Args:
        config: Settings of the client.
        budget: What the client may still spend on further attempts.
        operation: What is called.
        options: Settings of this call.
    """

    def __init__(
        self, config: ClientConfig, budget: RetryBudget, operation: Operation[Any], options: CallOptions | None
    ) -> None:
        self.operation = operation
        self._config = config
        self._budget = budget
        self._clock = config.clock
        self._phases, self._retries, limit = config.options_for(operation, options)
        self._started = self._clock.monotonic()
        self._deadline = None if limit is None else self._started + limit
        self._request_id = f"{random.getrandbits(64):016x}"
        self._attempt = 0
        self._spent = 0
        self._credentials = config.credentials
        self._renewed = False
        self._method = operation.method.encode()
        self._target = b""
        self._path_secrets: list[Secret] = []
        self._headers: list[tuple[bytes, bytes]] = []
        self._content: bytes | _bodies.StreamedBody = b""

    # --- request --------------------------------------------------------------------------------------------------

    def prepare(
        self,
        arguments: Sequence[object],
        params: Mapping[str, Any] | None,
        data: object,
        headers: Mapping[str, str],
        target: str | None,
    ) -> None:
        """Build what all attempts send. Whoever calls this calls `close` in the end.

        Args:
            arguments: The path arguments, in order.
            params: The query.
            data: The body; a `StreamedBody` is sent as it is.
            headers: The header parameters of the operation, and further headers.
            target: Path and query that the server said to use instead of those of the operation.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: An argument cannot be sent.
            OSError: A file cannot be opened.
        """
        operation = self.operation
        self._headers = [(b"Host", self._config.authority), *self._common_headers()]
        self._headers += ((name.encode(), value.encode()) for name, value in headers.items())
        if is_transfer(operation):
            # The address of such a request is a secret as a whole: whoever has it may read or write what it names.
            self._path_secrets = [Secret(part) for part in _urls.secrets_in(target or "")]
            self._target = (target or "").encode()
        else:
            segments = self._segments(arguments)
            parts = _request_parts(operation, segments, headers)
            self._target = self._target_of(parts, params) if target is None else target.encode()
        if isinstance(data, _bodies.StreamedBody):
            self._content = data
        elif is_transfer(operation) and isinstance(data, bytes):
            self._content = data
            self._headers.append((b"Content-Length", str(len(data)).encode()))
        elif operation.bodies:
            self._encode(_bodies.plain(operation.id, data))
        elif operation.retry != "safe" and not is_transfer(operation):
            self._headers += _EMPTY_JSON

    def _segments(self, arguments: Sequence[object]) -> list[str]:
        operation, names = self.operation, _urls.placeholders(self.operation.path)
        segments = [_urls.path_segment(operation.id, name, value) for name, value in zip(names, arguments, strict=True)]
        self._path_secrets = [
            Secret(segment) for name, segment in zip(names, segments, strict=True) if name in operation.secrets
        ]
        return segments

    def _common_headers(self) -> Iterator[tuple[bytes, bytes]]:
        if self.operation.stream:
            yield from _STREAM_HEADERS
        else:
            yield from _TRANSFER_HEADERS if is_transfer(self.operation) else _HEADERS
        yield b"X-Request-ID", self._request_id.encode()

    def _encode(self, body: Any) -> None:
        operation = self.operation
        is_form = bool(operation.files)
        if is_form and _JSON in operation.bodies:
            # Both are taken: a form carries a file, JSON only names what is there already.
            is_form = any(name in body for name in operation.files)
        if is_form:
            self._content = _bodies.Multipart(operation.id, body, operation.files)
            return
        self._content = _bodies.encode_json(operation.id, body)
        self._headers += ((b"Content-Type", _JSON.encode()), (b"Content-Length", str(len(self._content)).encode()))

    def _target_of(self, parts: Mapping[str, Any], params: Mapping[str, Any] | None) -> bytes:
        if params is not None and not isinstance(params, Mapping):
            raise TypeError(f"{self.operation.id}: params must be a dict, not {type(params).__name__}")
        path: str = self._config.parts.path + parts["url"]
        if merged := {**parts.get("params", {}), **(params or {})}:
            _urls.check_minimums(self.operation.id, self.operation.minimums, merged)
            if query := _urls.encode_query(_urls.query_pairs(self.operation.id, merged)):
                path += f"?{query}"
        return path.encode()

    def close(self) -> None:
        """Close the files that `prepare` opened."""
        if isinstance(self._content, _bodies.StreamedBody):
            self._content.close()

    def next_request(self, wrap: Callable[[Any], Any]) -> WireRequest:
        """Return the request of the next attempt, with its tokens and a body that starts at its beginning.

        Args:
            wrap: Makes the body of a form readable for the kind of client.
        """
        self._attempt += 1
        if self._config.hooks.on_request is not None:
            self._config.hooks.on_request(_events.RequestEvent(*self._identity(), self._attempt))
        self._credentials = self._config.credentials.current()
        headers, content = self._headers, self._content
        if isinstance(content, _bodies.StreamedBody):
            body_headers, stream = content.encode()
            headers, content = [*headers, *body_headers], stream if isinstance(stream, bytes) else wrap(stream)
        return WireRequest(
            self._method,
            self._target,
            [*headers, *self._credentials.headers()],
            content,
            _deadlines.timeouts(self._phases, self._deadline, self._clock),
        )

    # --- outcome --------------------------------------------------------------------------------------------------

    def check_deadline(self) -> None:
        """Refuse to go on when the call took too long.

        Raises:
            httpcore.ReadTimeout: The deadline passed.
        """
        if self._deadline is not None and self._clock.monotonic() >= self._deadline:
            raise httpcore.ReadTimeout("the deadline passed")

    def facts(self) -> _failures.Facts:
        """Return where the call stands, for an error."""
        now = self._clock.monotonic()
        return _failures.Facts(
            operation=self.operation,
            config=self._config,
            secrets=[*self._credentials.tokens(), *self._path_secrets],
            request_id=self._request_id,
            attempt=self._attempt,
            elapsed=now - self._started,
            out_of_time=self._deadline is not None and now >= self._deadline,
            now=self._clock.time(),
        )

    def result(self, answer: _responses.Answer) -> Any:
        """Return the decoded body of a success.

        Raises:
            AttemptError: The status is an error, or the body cannot be used.
        """
        self.accept(answer)
        try:
            result = _responses.decode_success(answer)
        except _responses.BodyError as error:
            raise AttemptError(*_failures.untrusted(self.facts(), error.kind, str(error), answer)) from None
        self.succeed(answer.status)
        return result

    def accept(self, answer: _responses.Answer) -> None:
        """Refuse an answer that is no success.

        Raises:
            AttemptError: The status is an error.
        """
        if not 200 <= answer.status < 300:
            raise AttemptError(*_failures.http_error(self.facts(), answer))

    def succeed(self, status: int) -> None:
        """Take note that the call succeeded."""
        self._budget.give_back(self._spent or 1)
        self._report(status, None)

    def broken_off(self, answer: _responses.Answer, failure: Exception, received: int) -> ClientError:
        """Return the error for a body that was handed on piece by piece and broke off after so many bytes."""
        error, _ = _failures.broken_off(self.facts(), failure, answer, received)
        return self._failed_late(answer, error)

    def refused(self, answer: _responses.Answer, kind: str, problem: str) -> ClientError:
        """Return the error for a success that was handed on but is not what was asked for."""
        error, _ = _failures.untrusted(self.facts(), kind, problem, answer)
        return self._failed_late(answer, error)

    def error(self, error_class: type[E], answer: _responses.Answer, problem: str, details: Mapping[str, Any]) -> E:
        """Return an error of a given class about an answer that was handed on."""
        facts = self.facts()
        answer = _failures.scrubbed(answer, facts)
        stated: dict[str, Any] = {"status_code": answer.status, "response": _responses.decode_error(answer), **details}
        error = facts.error(error_class, f"answered {answer.status}, but {problem}", "", answer, **stated)
        return self._failed_late(answer, error)

    def _failed_late(self, answer: _responses.Answer, error: E) -> E:
        # The attempts were made to get an answer, and one came.
        self._budget.give_back(self._spent)
        self._report(answer.status, error)
        return error

    def delay_after(self, failed: AttemptError) -> float | None:
        """Return the seconds to wait before the next attempt, or None when the error goes to the caller."""
        if failed.failure.status == 401 and not self._renewed and self._config.credentials.renew(self._credentials):
            self._renewed = True
            return 0.0
        delay = delay_before_next(
            self.operation.retry,
            failed.failure,
            attempt=self._attempt,
            retries=self._retries,
            random=random.random,
            is_long=is_long(self.operation),
        )
        if delay is not None and self._deadline is not None and self._clock.monotonic() + delay >= self._deadline:
            delay = None
        cost = None if delay is None else self._budget.take(throttled=failed.failure.status == 429)
        if delay is None or cost is None:
            self._report(failed.failure.status, failed.error)
            return None
        self._spent += cost
        if self._config.hooks.on_retry is not None:
            self._config.hooks.on_retry(_events.RetryEvent(*self._identity(), self._attempt, delay, failed.error))
        return delay

    def _identity(self) -> tuple[str, str, str, str]:
        return self.operation.id, self.operation.method, self.operation.path, self._request_id

    def _report(self, status: int | None, error: ClientError | None) -> None:
        on_response = self._config.hooks.on_response
        is_logged = _events.logger.isEnabledFor(_events.INFO)
        if on_response is None and not is_logged:
            return
        elapsed = self._clock.monotonic() - self._started
        if is_logged:
            _events.log_call(self.operation.id, self._request_id, status, self._attempt, elapsed, error)
        if on_response is not None:
            on_response(_events.ResponseEvent(*self._identity(), self._attempt, status, elapsed, error))


class AttemptError(Exception):
    """An attempt failed; whether the call does is decided by the retry policy."""

    def __init__(self, error: ClientError, failure: Failure) -> None:
        super().__init__()
        self.error = error
        self.failure = failure
