"""`_errors`: the errors that callers see."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import synapse_backend
from synapse_backend import _errors
from synapse_backend._errors import ClientError, RateLimitError, ResponseError, error_for_status

TREE = {
    "ClientConnectionError": "ClientError",
    "ClientTimeoutError": "ClientError",
    "OutcomeUnknownError": "ClientError",
    "ResponseError": "ClientError",
    "HTTPError": "ClientError",
    "ValidationError": "HTTPError",
    "AuthenticationError": "HTTPError",
    "AuthorizationError": "HTTPError",
    "NotFoundError": "HTTPError",
    "ConflictError": "HTTPError",
    "RateLimitError": "HTTPError",
    "ServerError": "HTTPError",
}


@pytest.mark.parametrize(("name", "parent"), TREE.items())
def test_the_tree_of_errors_is_the_documented_one(name: str, parent: str) -> None:
    assert getattr(synapse_backend, name).__bases__ == (getattr(synapse_backend, parent),)


def test_no_error_shadows_a_builtin() -> None:
    import builtins

    assert not set(_errors.__all__) & set(dir(builtins))


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (101, "HTTPError"),
        (302, "HTTPError"),
        (400, "ValidationError"),
        (401, "AuthenticationError"),
        (403, "AuthorizationError"),
        (404, "NotFoundError"),
        (405, "HTTPError"),
        (409, "ConflictError"),
        (413, "HTTPError"),
        (422, "ValidationError"),
        (429, "RateLimitError"),
        (500, "ServerError"),
        (503, "ServerError"),
        (524, "ServerError"),
        (599, "ServerError"),
    ],
)
def test_every_error_status_has_its_class(status: int, name: str) -> None:
    assert error_for_status(status).__name__ == name


DETAILS: dict[str, Any] = {
    "status_code": 429,
    "response": {"detail": "slow down"},
    "method": "GET",
    "path": "/jobs/{pk}/",
    "host": "api.synapse.sh",
    "attempts": 2,
    "elapsed": 1.5,
    "sent": True,
    "request_id": "r-1",
    "headers": {"retry-after": "3"},
}


def limited() -> RateLimitError:
    error = RateLimitError("GET /jobs/{pk}/ answered 429", **DETAILS)
    error.retry_after = 3.0
    return error


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
def test_an_error_travels_whole(travel: Callable[[RateLimitError], RateLimitError]) -> None:
    error = travel(limited())
    assert type(error) is RateLimitError
    assert str(error) == "GET /jobs/{pk}/ answered 429"
    assert vars(error) == {**DETAILS, "retry_after": 3.0}


def test_a_response_error_keeps_what_is_wrong_when_it_travels() -> None:
    error = pickle.loads(pickle.dumps(ResponseError("cut", kind="truncated", status_code=200)))  # noqa: S301
    assert (error.kind, error.status_code) == ("truncated", 200)


def test_an_error_shows_its_status_and_message() -> None:
    assert repr(limited()) == "<RateLimitError 429: GET /jobs/{pk}/ answered 429>"


def test_the_aliases_follow_the_documented_attributes() -> None:
    error = limited()
    assert (error.status, error.reason, error.detail) == (429, error.response, error.response)


@pytest.mark.parametrize(("status", "phrase"), [(404, "Not Found"), (524, "")])
def test_without_a_body_the_reason_is_the_phrase_of_the_status(status: int, phrase: str) -> None:
    error = ClientError("gone", status_code=status)
    assert (error.response, error.reason, error.detail) == (None, phrase, phrase)


@pytest.mark.parametrize("name", ["status", "reason", "detail"])
def test_the_aliases_are_read_only(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(limited(), name, "x")


def test_an_error_needs_nothing_but_a_message() -> None:
    error = ClientError("stopped")
    assert (error.status_code, error.response, error.headers, error.request_id) == (500, None, {}, None)


def test_two_errors_do_not_share_their_headers() -> None:
    one, other = ClientError(), ClientError()
    one.headers["x"] = "y"
    assert other.headers == {}
