"""Faults that answer something well-formed: a status, a page of a proxy, a redirection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from synapse_backend.testing.checks import flag, number, one_of
from synapse_backend.testing.clock import http_date
from synapse_backend.testing.delivery import Step, Wait, planned
from synapse_backend.testing.faults.base import Exchange, ExchangeFault, json_answer, json_body
from synapse_backend.testing.messages import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

RetryAfterForm = Literal[
    "word",
    "empty",
    "negative",
    "infinite",
    "not_a_number",
    "digits",
    "past",
    "no_zone",
    "hour",
    "date",
]

_PROXY_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>\n"
)


def _status_answer(status: int, body: object, *headers: tuple[str, str]) -> Response:
    if isinstance(body, str):
        return Response(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], body.encode())
    if body is None:
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = "Fault"
        body = {"detail": f"{phrase}."}
    return json_answer(status, body, *headers)


@dataclass(frozen=True)
class Status(ExchangeFault):
    """Args: `status`, `retry_after` (sent as it is), `body` (JSON, or text; the words for the status by default)."""

    name: ClassVar = "status"
    summary: ClassVar = "Answers with this status; nothing is carried out."
    scenarios: ClassVar = (19, 20, 21, 22, 25, 26, 27, 29, 31, 57, 69, 79, 80, 81, 82)
    status: int
    retry_after: float | str | None = None
    body: object = None

    def __post_init__(self) -> None:
        number("status", self.status, low=200, high=599, whole=True)
        value = self.retry_after
        if isinstance(value, str):
            if not value.isascii() or not value.isprintable():
                raise ValueError("retry_after must be printable ASCII")
        elif value is not None:
            number("retry_after", value, low=None)
        if self.body is not None and not isinstance(self.body, str):
            json_body(self.body)

    def play(self, exchange: Exchange) -> Response:
        """An answer with the status."""
        wait = [] if self.retry_after is None else [("Retry-After", str(self.retry_after))]
        return _status_answer(self.status, self.body, *wait)


@dataclass(frozen=True)
class RetryAfter(ExchangeFault):
    """Args: `form` of the header, `status`, `seconds` (for "date")."""

    name: ClassVar = "retry_after"
    summary: ClassVar = "Answers with an odd Retry-After header; nothing is carried out."
    scenarios: ClassVar = (22, 23, 24)
    form: RetryAfterForm
    status: int = 429
    seconds: float = 10

    def __post_init__(self) -> None:
        one_of("form", self.form, get_args(RetryAfterForm))
        number("status", self.status, low=200, high=599, whole=True)
        number("seconds", self.seconds, low=0, high=1e9)

    def play(self, exchange: Exchange) -> Response:
        """An answer with the header."""
        ahead = http_date(exchange.now + timedelta(seconds=self.seconds))
        values: dict[RetryAfterForm, str] = {
            "word": "soon",
            "empty": "",
            "negative": "-5",
            "infinite": "1e309",
            "not_a_number": "nan",
            "digits": "9" * 400,
            "past": http_date(exchange.now - timedelta(days=1)),
            "no_zone": ahead.removesuffix(" GMT"),
            "hour": "3600",
            "date": ahead,
        }
        return _status_answer(self.status, None, ("Retry-After", values[self.form]))


@dataclass(frozen=True)
class Html(ExchangeFault):
    """Args: `status`."""

    name: ClassVar = "html"
    summary: ClassVar = "Answers with a sign-in page in HTML, as a proxy does; nothing is carried out."
    scenarios: ClassVar = (30, 41)
    status: int = 200

    def __post_init__(self) -> None:
        number("status", self.status, low=200, high=599, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The page."""
        return Response(self.status, [("Content-Type", "text/html; charset=utf-8")], _PROXY_PAGE)


@dataclass(frozen=True)
class Empty(ExchangeFault):
    """Args: `status` (None: carried out, and answered with its own status)."""

    name: ClassVar = "empty"
    summary: ClassVar = "Answers without a body where JSON is due; carried out unless a status is given."
    scenarios: ClassVar = (30, 42)
    commits: ClassVar = True
    status: int | None = None

    def __post_init__(self) -> None:
        if self.status is not None:
            number("status", self.status, low=200, high=599, whole=True)

    def play(self, exchange: Exchange) -> Response:
        """The answer without its body."""
        if self.status is None:
            return replace(exchange.answer(), body=b"")
        return Response(self.status, [("Content-Type", "application/json")], b"")


@dataclass(frozen=True)
class NoContent(ExchangeFault):
    """Args: `with_body` (send the body all the same, against the rules of HTTP)."""

    name: ClassVar = "no_content"
    summary: ClassVar = "Carries out and answers 204, on request with a body that must not be there."
    scenarios: ClassVar = (42,)
    commits: ClassVar = True
    with_body: bool = False

    def __post_init__(self) -> None:
        flag("with_body", self.with_body)

    def play(self, exchange: Exchange) -> Response:
        """The answer as 204."""
        response = exchange.answer()
        response.status = 204
        if not self.with_body:
            response.body = b""
        return response


@dataclass(frozen=True)
class Redirect(ExchangeFault):
    """Args: `url` (absolute, relative, "self" for the same address, None for no Location), `status`."""

    name: ClassVar = "redirect"
    summary: ClassVar = "Redirects to another address, to itself, or to nowhere; nothing is carried out."
    scenarios: ClassVar = (46, 47, 48, 49, 50)
    url: str | None
    status: int = 302

    def __post_init__(self) -> None:
        number("status", self.status, low=300, high=399, whole=True)
        if self.url is not None and (not isinstance(self.url, str) or not self.url.isprintable()):
            raise ValueError("url must be printable text, 'self', or None")

    def play(self, exchange: Exchange) -> Response:
        """The redirection."""
        url = exchange.request.target if self.url == "self" else self.url
        where = [] if url is None else [("Location", url.encode("utf-8").decode("latin-1"))]
        return Response(self.status, [("Content-Type", "text/plain"), *where], b"")


@dataclass(frozen=True)
class ClockSkew(ExchangeFault):
    """Args: `seconds` (negative for a server that is slow)."""

    name: ClassVar = "clock_skew"
    summary: ClassVar = "The Date header is off by that much; carried out. Fires together with another fault."
    scenarios: ClassVar = (24,)
    commits: ClassVar = True
    wraps: ClassVar = True
    seconds: float

    def __post_init__(self) -> None:
        number("seconds", self.seconds, low=-1e9, high=1e9)

    def play(self, exchange: Exchange) -> Response:
        """The answer with another date, and a date that it names moved likewise."""
        shifted = replace(exchange, now=exchange.now + timedelta(seconds=self.seconds))
        response = shifted.answer()
        response.headers.append(("Date", http_date(shifted.now)))
        return response


@dataclass(frozen=True)
class Latency(ExchangeFault):
    """Args: `seconds`, `jitter` (up to that much more or less, by the seed)."""

    name: ClassVar = "latency"
    summary: ClassVar = "Waits before the answer; carried out. Fires together with another fault."
    scenarios: ClassVar = (8, 14, 16, 32)
    commits: ClassVar = True
    wraps: ClassVar = True
    seconds: float
    jitter: float = 0.0

    def __post_init__(self) -> None:
        number("seconds", self.seconds, low=0, high=1e6)
        number("jitter", self.jitter, low=0, high=1e6)

    def play(self, exchange: Exchange) -> Response:
        """The answer after a while."""
        response = exchange.answer()
        seconds = max(self.seconds + exchange.random.uniform(-self.jitter, self.jitter), 0.0)
        inner = planned(response)

        def deliver(answer: bytes) -> Iterator[Step]:
            yield Wait(seconds)
            yield from inner(answer)

        response.delivery = deliver
        return response
