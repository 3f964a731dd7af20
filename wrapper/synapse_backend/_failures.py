"""Turns what went wrong into the error that the caller sees, and into what the retry policy needs to know. Pure."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import httpcore

from synapse_backend import _errors, _responses
from synapse_backend._config import API_TOKEN_VARIABLES
from synapse_backend._responses import Answer
from synapse_backend._retry import Failure, Stage
from synapse_backend._wire import TlsAnsweredError

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import ClientConfig
    from synapse_backend._secrets import Secret

E = TypeVar("E", bound=_errors.ClientError)

NETWORK_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    # Reaches us as it is when it comes after the handshake, for example when the server wants a certificate of ours.
    ssl.SSLError,
)
"""What a connection pool raises."""

_UNSENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_REASONS: dict[type[Exception], str] = {
    httpcore.ConnectTimeout: "no connection in time",
    httpcore.PoolTimeout: "no free connection in time",
    httpcore.ReadTimeout: "no answer in time",
    httpcore.WriteTimeout: "the server stopped reading",
}
_AGAIN = "Calling again is safe."
_DISTRUST = (
    "The server's certificate is not trusted; pass verify= with the path of your CA bundle, or set SSL_CERT_FILE."
)
_NO_TLS = "The server did not answer TLS; should base_url begin with http://?"
_MAYBE_TLS = "The server may expect TLS; should base_url begin with https://?"


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a call stands when something goes wrong."""

    operation: Operation[Any]
    config: ClientConfig
    secrets: Sequence[Secret]
    """What an answer may repeat and an error must not hold."""
    request_id: str
    attempt: int
    elapsed: float
    out_of_time: bool
    """Whether the deadline of the call passed."""
    now: float
    """Seconds since 1970, to read dates that the server sends."""

    def error(self, error_class: type[E], problem: str, advice: str, answer: Answer | None = None, **details: Any) -> E:
        """Return an error that says what was called, what went wrong and what to do next."""
        operation, host = self.operation, self.config.host
        request_id = self.request_id if answer is None else answer.headers.get("x-request-id", self.request_id)
        attempts = "1 attempt" if self.attempt == 1 else f"{self.attempt} attempts"
        return error_class(
            f"[{_responses.printable(request_id)}] {operation.method} {operation.path} {self.masked(problem)} "
            f"({host}, {attempts}, {self.elapsed:.2f} s). {advice}".rstrip(),
            method=operation.method,
            path=operation.path,
            host=host,
            attempts=self.attempt,
            elapsed=self.elapsed,
            request_id=request_id,
            headers={} if answer is None else dict(answer.headers),
            **details,
        )

    def masked(self, text: str) -> str:
        """Return text without tokens; it may quote what the server sent."""
        data = text.encode("utf-8", "backslashreplace")
        for secret in self.secrets:
            data = secret.scrub(data)
        return data.decode()


Problem = tuple[_errors.ClientError, Failure]
"""The error for the caller, and what the retry policy needs to know."""


def http_error(facts: Facts, answer: Answer) -> Problem:
    """Return the error for an answer whose status is no success."""
    answer = scrubbed(answer, facts)
    response = _responses.decode_error(answer)
    retry_after = _responses.parse_retry_after(answer.headers, facts.now)
    said = _responses.message_of(response)
    error = facts.error(
        _errors.error_for_status(answer.status),
        f"answered {answer.status} {_errors.phrase(answer.status)}".rstrip() + (f": {said}" if said else ""),
        _advice(facts, answer.status, retry_after),
        answer,
        status_code=answer.status,
        response=response,
    )
    if isinstance(error, _errors.RateLimitError | _errors.ServerError):
        error.retry_after = retry_after
    return error, Failure("answered", answer.status, retry_after)


def _advice(facts: Facts, status: int, retry_after: float | None) -> str:
    if not facts.operation.module and status in (400, 401, 403, 404, 410):
        return "The URL may have expired; ask the backend for a new one."
    match status:
        case 400 | 422:
            return "Correct what is named, then call again."
        case 401 if facts.config.credentials.is_anonymous:
            return f"No token was sent; pass api_token or set {API_TOKEN_VARIABLES[0]}."
        case 401:
            return "Check the token and that it belongs to this backend."
        case 403:
            return "The token is valid but may not do this; check its permissions and the tenant."
        case 404:
            return "Check the id, the tenant and base_url."
        case 409:
            return "Read the object again before you change it."
        case 413:
            return "Send less at once."
        case 429:
            return "Wait before calling again." if retry_after is None else f"Wait {retry_after:g} s, then call again."
    if status < 400:
        return "Redirects are never followed; check scheme, host and path of base_url."
    if status < 500:
        return "Calling again unchanged will not help."
    return _look_first(facts) if facts.operation.retry == "never" else _AGAIN


def _look_first(facts: Facts) -> str:
    return f"It may have been carried out; {_lookup(facts)} before calling again."


def _lookup(facts: Facts) -> str:
    return facts.operation.lookup or "look for its effect"


def no_answer(facts: Facts, failure: Exception) -> Problem:
    """Return the error for a request that got no answer."""
    _clean(facts, failure)
    reason = _reason(facts, failure)
    if isinstance(failure, _UNSENT):
        return _unsent(facts, failure, reason)
    if isinstance(failure, TlsAnsweredError):
        # Whoever expects TLS reads nothing else, so that this is no unknown outcome.
        error: _errors.ClientError = facts.error(
            _errors.ClientConnectionError, "was answered with TLS", _MAYBE_TLS, status_code=503
        )
        return error, Failure("sent", is_final=True)
    if facts.operation.retry == "never":
        error = facts.error(
            _errors.OutcomeUnknownError, f"was sent but got no answer: {reason}", _look_first(facts), status_code=408
        )
        return error, Failure("sent")
    if isinstance(failure, httpcore.TimeoutException):
        error = facts.error(_errors.ClientTimeoutError, f"failed: {reason}", _AGAIN, status_code=408)
        return error, Failure("sent")
    # Many who expect TLS hang up on anything else without a word; their ports often tell.
    parts = facts.config.parts
    advice = _MAYBE_TLS if parts.scheme == "http" and parts.port in (443, 8443) else _AGAIN
    if isinstance(failure, httpcore.RemoteProtocolError) and not _is_disconnect(failure):
        problem = f"got something else than HTTP: {reason}"
        error = facts.error(_errors.ResponseError, problem, advice, status_code=502, kind="protocol")
        return error, Failure("garbled")
    error = facts.error(_errors.ClientConnectionError, f"lost the connection: {reason}", advice, status_code=503)
    return error, Failure("sent")


def _unsent(facts: Facts, failure: Exception, reason: str) -> Problem:
    is_timeout = isinstance(failure, httpcore.ConnectTimeout) or facts.out_of_time
    tls = next((cause for cause in _causes(failure) if isinstance(cause, ssl.SSLError)), None)
    advice = _AGAIN
    if isinstance(tls, ssl.SSLCertVerificationError):
        reason, advice = f"the certificate is not trusted ({tls.verify_message})", _DISTRUST
    elif tls is not None and "WRONG_VERSION_NUMBER" in (tls.reason or ""):
        reason, advice = "no TLS", _NO_TLS
    error_class = _errors.ClientTimeoutError if is_timeout else _errors.ClientConnectionError
    error = facts.error(
        error_class,
        f"could not connect to {facts.config.host}: {reason}",
        advice,
        status_code=408 if is_timeout else 503,
        sent=False,
    )
    return error, Failure("unsent", is_final=advice is not _AGAIN)


def broken_off(facts: Facts, failure: Exception, answer: Answer, received: int | None = None) -> Problem:
    """Return the error for a success whose body broke off.

    Args:
        facts: Where the call stands.
        failure: Why it broke off.
        answer: What came.
        received: How many bytes came, where they are not in the answer any more.
    """
    _clean(facts, failure)
    received = len(answer.body) if received is None else received
    answer = scrubbed(answer, facts)
    if isinstance(failure, httpcore.TimeoutException) and facts.operation.retry != "never":
        reason = f"failed: the body stopped after {received} bytes, {_reason(facts, failure)}"
        return facts.error(_errors.ClientTimeoutError, reason, _AGAIN, answer, status_code=408), Failure("broken")
    problem = f"the body broke off after {received} bytes: {_reason(facts, failure)}"
    return untrusted(facts, "truncated", problem, answer)


_STAGE_BY_KIND: dict[str, Stage] = {"truncated": "broken", "encoding": "garbled"}


def untrusted(facts: Facts, kind: str, problem: str, answer: Answer) -> Problem:
    """Return the error for a success that cannot be used."""
    never = facts.operation.retry == "never"
    answer = scrubbed(answer, facts)
    if kind in ("json", "content_type"):
        problem += f"; it begins {_responses.excerpt(answer.body)}"
    error = facts.error(
        _errors.ResponseError,
        f"answered {answer.status}, but {problem}",
        f"The server took the call; {_lookup(facts)} before calling again." if never else _AGAIN,
        answer,
        status_code=answer.status,
        response=_responses.decode_text(answer.body),
        kind=kind,
    )
    return error, Failure(_STAGE_BY_KIND.get(kind, "answered"), answer.status)


def scrubbed(answer: Answer, facts: Facts) -> Answer:
    """Return an answer without the tokens that it repeats, as pages of proxies and debuggers do."""
    body = answer.body
    for secret in facts.secrets:
        body = secret.scrub(body)
    headers = {name: facts.masked(value) for name, value in answer.headers.items()}
    if not facts.operation.module:
        # Leads from a URL that is a secret to another one.
        headers.pop("location", None)
    return Answer(answer.status, headers, body)


def _reason(facts: Facts, failure: Exception) -> str:
    if facts.out_of_time:
        return "the deadline of the call passed"
    if isinstance(failure, httpcore.ConnectError) and (number := _system_error(failure)):
        # Said alike by both clients; the causes of the asynchronous one hide it.
        return os.strerror(number)
    return _REASONS.get(type(failure)) or _responses.printable(str(failure)) or type(failure).__name__


def _system_error(failure: Exception) -> int | None:
    errors = (cause for cause in _causes(failure) if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError))
    return next((cause.errno for cause in errors if cause.errno is not None and cause.errno > 0), None)


def _is_disconnect(failure: httpcore.RemoteProtocolError) -> bool:
    """Tell a connection that ended without a byte from one that sent something else than HTTP."""
    return str(failure).startswith("Server disconnected")


def _causes(failure: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = failure
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _clean(facts: Facts, failure: BaseException) -> None:
    """Drop what holds tokens in the causes of an error: their frames, with the headers as local variables, and quotes."""
    for cause in _causes(failure):
        cause.with_traceback(None)
        if facts.masked(str(cause)) != str(cause):
            cause.args = (facts.masked(str(cause)),)
