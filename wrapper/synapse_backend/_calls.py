"""One call: the request that it sends and the errors that it can end in. Pure but for opening the caller's files.

This is the only module that touches the generated operations. It uses their `_get_kwargs`, which holds verb, path,
default parameters and media type, and nothing else of them.
"""

from __future__ import annotations

import importlib
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from synapse_backend import _bodies, _errors, _responses, _urls
from synapse_backend._config import API_TOKEN_VARIABLES
from synapse_backend._retry import may_repeat
from synapse_backend._secrets import Secret
from synapse_backend._version import __version__

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import ClientConfig

USER_AGENT = f"synapse-backend-client/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}"

_HEADERS = (
    (b"User-Agent", USER_AGENT.encode()),
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"gzip"),
)
# Clients of the platform declare JSON on every write, also on one without a body.
_EMPTY_BODY = ((b"Content-Type", b"application/json"), (b"Content-Length", b"0"))

_SECRET_PARAMETERS = frozenset({"token"})
"""Parameters that are secrets although they stand in the path."""

E = TypeVar("E", bound=_errors.ClientError)

_builders: dict[str, Callable[..., dict[str, Any]]] = {}


class _NoBody:
    """Stands in for the model that `_get_kwargs` wants to convert; the body is encoded here instead."""

    def to_dict(self) -> dict[str, Any]:
        return {}

    to_multipart = to_dict


def _request_parts(operation: Operation[Any], arguments: Sequence[object]) -> dict[str, Any]:
    """Return verb, path and default parameters of a call, from the generated operation."""
    build = _builders.get(operation.id)
    if build is None:
        # Imported at the first call, because an operation brings its models along.
        build = _builders[operation.id] = importlib.import_module(operation.module)._get_kwargs
    return build(*arguments) if operation.body is None else build(*arguments, body=_NoBody())


class Call:
    """One call of an operation, from its arguments to its result."""

    def __init__(self, config: ClientConfig, operation: Operation[Any]) -> None:
        self._config = config
        self._operation = operation
        self._started = time.monotonic()
        self._form: _bodies.Multipart | None = None
        self._path_secrets: list[Secret] = []

    # --- request --------------------------------------------------------------------------------------------------

    def request(self, arguments: Sequence[object], params: Mapping[str, Any] | None, data: object) -> httpx.Request:
        """Build the request, credentials included. Whoever calls this calls `close` in the end.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: An argument cannot be sent.
            OSError: A file cannot be opened.
        """
        operation = self._operation
        names = _urls.placeholders(operation.path)
        segments = [_urls.path_segment(operation.id, name, value) for name, value in zip(names, arguments, strict=True)]
        self._path_secrets = [
            Secret(segment) for name, segment in zip(names, segments, strict=True) if name in _SECRET_PARAMETERS
        ]
        parts = _request_parts(operation, segments)
        url = self._url(parts, params)
        content = self._content(parts.get("headers", {}), data)
        try:
            return httpx.Request(operation.method, url, extensions={"timeout": self._config.timeout}, **content)
        except httpx.InvalidURL as error:
            raise ValueError(f"{operation.id}: base_url and arguments make no URL that can be sent: {error}") from None

    def _url(self, parts: Mapping[str, Any], params: Mapping[str, Any] | None) -> str:
        if params is not None and not isinstance(params, Mapping):
            raise TypeError(f"{self._operation.id}: params must be a dict, not {type(params).__name__}")
        merged = {**parts.get("params", {}), **(params or {})}
        query = _urls.encode_query(_urls.query_pairs(self._operation.id, merged))
        path: str = parts["url"]
        return self._config.base_url + path + (f"?{query}" if query else "")

    def _content(self, declared: Mapping[str, str], data: object) -> dict[str, Any]:
        operation = self._operation
        headers: list[tuple[bytes, bytes]] = [*_HEADERS, *self._config.credentials.headers()]
        if operation.body is None:
            return {"headers": headers if operation.method == "GET" else [*headers, *_EMPTY_BODY]}
        body = _bodies.plain(operation.id, data)
        if operation.files:
            self._form = _bodies.Multipart(operation.id, body, operation.files)
            return {"headers": headers, "data": self._form.fields, "files": self._form.files}
        headers += [(name.encode(), value.encode()) for name, value in declared.items()]
        return {"headers": headers, "content": _bodies.encode_json(operation.id, body)}

    def close(self) -> None:
        """Close the files that `request` opened."""
        if self._form is not None:
            self._form.close()

    # --- result ---------------------------------------------------------------------------------------------------

    def result(self, answer: _responses.Answer) -> Any:
        """Return the decoded body of a success.

        Raises:
            HTTPError: The status is an error, or a redirect; those are never followed.
            ResponseError: The body cannot be used.
        """
        if not 200 <= answer.status < 300:
            raise self._http_error(answer)
        try:
            return _responses.decode_success(answer)
        except _responses.BodyError as error:
            raise self.untrusted(error.kind, str(error), answer) from None

    def _http_error(self, answer: _responses.Answer) -> _errors.HTTPError:
        answer = self._scrubbed(answer)
        response = _responses.decode_error(answer)
        error_class = _errors.error_for_status(answer.status)
        retry_after = _responses.parse_retry_after(answer.headers, time.time)
        said = _responses.message_of(response)
        error = self._error(
            error_class,
            f"answered {answer.status} {_errors.phrase(answer.status)}".rstrip() + (f": {said}" if said else ""),
            self._advice(answer, retry_after),
            status_code=answer.status,
            response=response,
            answer=answer,
        )
        if isinstance(error, _errors.RateLimitError):
            error.retry_after = retry_after
        return error

    def _advice(self, answer: _responses.Answer, retry_after: float | None) -> str:
        match answer.status:
            case status if status < 400:
                return "Redirects are never followed; check scheme, host and path of base_url."
            case 400 | 422:
                return "Correct what is named, then call again."
            case 401 if self._config.credentials.is_anonymous:
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
                return (
                    "Wait before calling again." if retry_after is None else f"Wait {retry_after:g} s, then call again."
                )
            case status if status < 500:
                return ""
        if self._operation.retry == "never":
            return "It may have been carried out; look for its effect before calling again."
        return "Calling again is safe."

    # --- failures -------------------------------------------------------------------------------------------------

    def no_answer(self, failure: httpx.TransportError) -> _errors.ClientError:
        """Return the error for a request that got no answer."""
        _drop_tracebacks(failure)
        reason = _reason(failure)
        sent = not isinstance(failure, _NOT_SENT)
        if not may_repeat(self._operation.retry, sent=sent):
            return self._error(
                _errors.OutcomeUnknownError,
                f"was sent but got no answer ({reason})",
                "It may have been carried out; look for its effect before calling again.",
                status_code=408,
            )
        if isinstance(failure, httpx.TimeoutException) and not isinstance(failure, httpx.PoolTimeout):
            return self._error(_errors.ClientTimeoutError, reason, "Calling again is safe.", status_code=408, sent=sent)
        if isinstance(failure, httpx.RemoteProtocolError) and not _is_disconnect(failure):
            return self._error(
                _errors.ResponseError, f"got no HTTP: {reason}", "Is base_url right?", status_code=502, kind="protocol"
            )
        return self._error(
            _errors.ClientConnectionError,
            f"could not connect to {self._config.host}: {reason}" if not sent else f"lost the connection: {reason}",
            _connection_advice(failure),
            status_code=503,
            sent=sent,
        )

    def cut_short(self, failure: httpx.TransportError, answer: _responses.Answer) -> _errors.ClientError:
        """Return the error for a body that broke off; `answer` holds what came."""
        _drop_tracebacks(failure)
        if isinstance(failure, httpx.TimeoutException) and self._operation.retry != "never":
            return self.no_answer(failure)
        return self.untrusted(
            "truncated", f"the body broke off after {len(answer.body)} bytes ({_reason(failure)})", answer
        )

    def untrusted(self, kind: str, problem: str, answer: _responses.Answer) -> _errors.ResponseError:
        """Return the error for an answer that cannot be used."""
        answer = self._scrubbed(answer)
        if kind in ("json", "content_type"):
            problem += f"; it begins {_responses.excerpt(answer.body)}"
        if self._operation.retry == "never":
            advice = "The server took the call; look for its effect before calling again."
        else:
            advice = "Calling again is safe."
        return self._error(
            _errors.ResponseError,
            f"answered {answer.status}, but {problem}",
            advice,
            status_code=answer.status,
            response=_responses.printable(answer.body.decode("utf-8", "replace"), _responses.EXCERPT_CHARACTERS),
            answer=answer,
            kind=kind,
        )

    def _scrubbed(self, answer: _responses.Answer) -> _responses.Answer:
        """Return an answer without the tokens that it repeats, as pages of proxies and debuggers do."""
        secrets = [*self._config.credentials.tokens(), *self._path_secrets]
        body, headers = answer.body, dict(answer.headers)
        for secret in secrets:
            body = secret.scrub(body)
            headers = {name: secret.scrub(value.encode()).decode() for name, value in headers.items()}
        return _responses.Answer(answer.status, headers, body)

    def _error(
        self,
        error_class: type[E],
        problem: str,
        advice: str,
        *,
        answer: _responses.Answer | None = None,
        **details: Any,
    ) -> E:
        operation, host = self._operation, self._config.host
        elapsed = time.monotonic() - self._started
        request_id = None if answer is None else answer.request_id
        prefix = f"[{_responses.printable(request_id)}] " if request_id else ""
        message = f"{prefix}{operation.method} {operation.path} {problem} ({host}, {elapsed:.2f} s). {advice}".rstrip()
        return error_class(
            message,
            method=operation.method,
            path=operation.path,
            host=host,
            elapsed=elapsed,
            request_id=request_id,
            headers={} if answer is None else dict(answer.headers),
            **details,
        )


_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


def _reason(failure: httpx.TransportError) -> str:
    names: dict[type[httpx.TransportError], str] = {
        httpx.ConnectTimeout: "no connection in time",
        httpx.PoolTimeout: "no free connection in time",
        httpx.ReadTimeout: "no answer in time",
        httpx.WriteTimeout: "the server stopped reading",
    }
    said = _responses.printable(str(failure))
    return names.get(type(failure)) or said or type(failure).__name__


def _is_disconnect(failure: httpx.RemoteProtocolError) -> bool:
    """Tell a connection that ended without a byte from one that sent something else than HTTP."""
    return str(failure).startswith("Server disconnected")


def _connection_advice(failure: BaseException) -> str:
    for cause in _causes(failure):
        match cause:
            case ssl.SSLCertVerificationError():
                return "Pass verify= with the path of your CA bundle, or set SSL_CERT_FILE."
            case ssl.SSLError(reason="WRONG_VERSION_NUMBER"):
                return "The server does not speak TLS; should base_url start with http://?"
    return "Calling again is safe."


def _causes(failure: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = failure
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _drop_tracebacks(failure: BaseException) -> None:
    """Drop the frames below the transport: their local variables hold the headers, and with them the tokens."""
    for cause in _causes(failure):
        cause.with_traceback(None)
