"""The errors that callers see.

::

    ClientError                     status_code: int, response: parsed body | text | None
    ├── ClientConnectionError       503   no answer came, and calling again is safe
    ├── ClientTimeoutError          408   no answer came in time, and calling again is safe
    ├── OutcomeUnknownError         408   the call was sent, no answer came, and it may have been carried out
    ├── ResponseError               the status that came; the answer cannot be trusted
    ├── SourceChangedError          409   the file changed while it was uploaded; nothing was completed
    ├── ChecksumMismatchError       200   what the server has is not the file
    ├── UploadError                 that of the first file; some files of a call were not uploaded
    └── HTTPError                   the status of the server
        ├── ValidationError         400, 422
        ├── AuthenticationError     401
        ├── AuthorizationError      403
        ├── NotFoundError           404
        ├── ConflictError           409
        ├── RateLimitError          429
        └── ServerError             500 and above

`status_code` is an int even where no answer came, because callers compare it (``error.status_code >= 500``). The
values chosen there make a loop that repeats on 500 and above repeat only what is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

__all__ = [
    "AuthenticationError",
    "AuthorizationError",
    "ChecksumMismatchError",
    "ClientConnectionError",
    "ClientError",
    "ClientTimeoutError",
    "ConflictError",
    "HTTPError",
    "NotFoundError",
    "OutcomeUnknownError",
    "RateLimitError",
    "ResponseError",
    "ServerError",
    "SourceChangedError",
    "UploadError",
    "ValidationError",
    "error_for_status",
]


class ClientError(Exception):
    """A call failed. Root of every error that a call raises.

    Attributes:
        status_code: Status of the answer; 503, 408 or 502 where none came, see the subclasses.
        response: Body of the answer: decoded JSON, else text, else None.
        method: HTTP verb, for example ``GET``.
        path: Path template, for example ``/jobs/{pk}/``. Never the path itself, which may hold a secret.
        host: Host and port that were called.
        attempts: Requests that were made.
        elapsed: Seconds from the start of the call to the failure.
        sent: Whether any byte of a request may have reached the server.
        request_id: What the server calls this request, when it says so.
        headers: Headers of the answer, names in lower case; empty when none came.
        resume: `params` that go on where a list that is read page by page broke off; None for every other call.
        created: What the earlier requests of a call created that sends several; empty for every other call.
    """

    status_code: int
    response: Any
    resume: dict[str, Any] | None = None
    created: Sequence[Any] = ()

    def __init__(
        self,
        message: str = "",
        *,
        status_code: int = 500,
        response: Any = None,
        method: str = "",
        path: str = "",
        host: str = "",
        attempts: int = 1,
        elapsed: float = 0.0,
        sent: bool = True,
        request_id: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.response = response
        self.method = method
        self.path = path
        self.host = host
        self.attempts = attempts
        self.elapsed = elapsed
        self.sent = sent
        self.request_id = request_id
        self.headers = headers or {}

    @property
    def status(self) -> int:
        """Another name of `status_code`."""
        return self.status_code

    @property
    def reason(self) -> Any:
        """Another name of `response`; the phrase of the status when there is no body."""
        return self.detail

    @property
    def detail(self) -> Any:
        """Another name of `response`; the phrase of the status when there is no body."""
        return self.response if self.response is not None else phrase(self.status_code)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception pickles its positional arguments only; everything else travels as state.
        return _rebuild, (type(self), str(self)), self.__dict__.copy()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}: {self}>"


class ClientConnectionError(ClientError):
    """No answer came, and calling again is safe: nothing was sent, or the operation may be sent twice."""


class ClientTimeoutError(ClientError):
    """No answer came in time, and calling again is safe: nothing was sent, or the operation may be sent twice."""


class OutcomeUnknownError(ClientError):
    """The call was sent, no answer came, and the operation must not be sent twice.

    It may have been carried out. Look for its effect before calling again.
    """


class ResponseError(ClientError):
    """An answer came that cannot be trusted.

    Attributes:
        kind: What is wrong with it: ``truncated``, ``too_large``, ``encoding``, ``content_type``, ``empty``, ``json``,
            ``schema``, ``pagination``, ``offset``, ``url`` or ``protocol``.
    """

    kind: str

    def __init__(self, message: str = "", *, kind: str = "protocol", **details: Any) -> None:
        super().__init__(message, **details)
        self.kind = kind


class SourceChangedError(ClientError):
    """A file changed while it was uploaded, so that nothing was completed."""


class ChecksumMismatchError(ClientError):
    """What was uploaded is not the file, although the file is what it was; or what was downloaded is not the file.

    Attributes:
        local: Checksum of the file here.
        remote: Checksum of the server; None where it only says that it differs.
    """

    local: str | None
    remote: str | None

    def __init__(
        self, message: str = "", *, local: str | None = None, remote: str | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.local = local
        self.remote = remote


class UploadError(ClientError):
    """Files of a call that uploads several could not be uploaded; all of them were tried.

    Attributes:
        results: What became of those that were uploaded, by name.
        errors: What the others raised, by name.
        summary: How far a bulk upload came that was stopped; None for every other call.
    """

    results: dict[str, Any]
    errors: dict[str, Exception]
    summary: Any = None

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message, **details)
        self.results = {}
        self.errors = {}


class HTTPError(ClientError):
    """The server answered with an error status."""


class ValidationError(HTTPError):
    """400 or 422: the request is malformed or a field is wrong; `response` maps fields to messages."""


class AuthenticationError(HTTPError):
    """401: no credential came, or it is not valid."""


class AuthorizationError(HTTPError):
    """403: the credential is valid but does not allow this."""


class NotFoundError(HTTPError):
    """404: there is no such object, or no such page."""


class ConflictError(HTTPError):
    """409: the state of the object does not allow this."""


class RateLimitError(HTTPError):
    """429: throttled.

    Attributes:
        retry_after: Seconds that the server asks to wait; None when it does not say.
    """

    retry_after: float | None = None


class ServerError(HTTPError):
    """500 and above: the server or a proxy before it failed.

    Attributes:
        retry_after: Seconds that the server asks to wait; None when it does not say.
    """

    retry_after: float | None = None


_CLASS_BY_STATUS: dict[int, type[HTTPError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: AuthorizationError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitError,
}


def error_for_status(status_code: int) -> type[HTTPError]:
    """Return the class for an error status."""
    return _CLASS_BY_STATUS.get(status_code) or (ServerError if status_code >= 500 else HTTPError)


def phrase(status_code: int) -> str:
    """Return the standard phrase of a status, or an empty string for one that has none."""
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return ""


def _rebuild(cls: type[ClientError], message: str) -> ClientError:
    return cls(message)
