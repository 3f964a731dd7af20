"""Every status, documented or not, becomes the error that the documentation names."""

from __future__ import annotations

from pathlib import Path

import pytest

import synapse_backend
from synapse_backend import ClientError
from tests.contract.calling import answer_with, call
from tests.contract.calls import COVERED
from tests.support.clients import TOKENS, Driver
from tests.support.recorder import Recorder, Reply
from tests.support.spec import SPEC, SpecOperation

OPERATIONS = [pytest.param(operation, id=operation.id) for operation in COVERED]
SERVER_ERRORS = (500, 502, 503, 504, 507)
UNDOCUMENTED = (302, 304, 402, 410, 418, 422, 499, 599)
ERROR_BY_STATUS = {
    400: "ValidationError",
    401: "AuthenticationError",
    403: "AuthorizationError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "ValidationError",
    429: "RateLimitError",
}


def expected_error(status: int) -> type[ClientError]:
    name = ERROR_BY_STATUS.get(status, "ServerError" if status >= 500 else "HTTPError")
    error: type[ClientError] = getattr(synapse_backend, name)
    return error


def documented_failures(operation: SpecOperation) -> list[int]:
    failures: list[int] = []
    for status in operation.statuses:
        if status == "5XX":
            failures += SERVER_ERRORS
        elif not status.startswith("2"):
            failures.append(int(status))
    return failures


def failure(driver: Driver, operation: SpecOperation, package: Path) -> ClientError | None:
    try:
        call(driver, operation, package)
    except ClientError as error:
        return error
    return None


def differences(error: ClientError | None, operation: SpecOperation, status: int, body: object) -> list[str]:
    if error is None:
        return [f"{status}: no error"]
    seen = {
        "class": type(error),
        "status_code": error.status_code,
        "response": error.response,
        "method": error.method,
        "path": error.path,
        "attempts": error.attempts,
    }
    wanted = {
        "class": expected_error(status),
        "status_code": status,
        "response": body,
        "method": operation.method,
        "path": operation.path,
        "attempts": 1,
    }
    found = [
        f"{status}: {name} is {seen[name]!r}, not {wanted[name]!r}" for name in wanted if seen[name] != wanted[name]
    ]
    shown = f"{error} {error!r} {vars(error)}"
    found += [
        f"{status}: the error shows {name}" for name, value in TOKENS.items() if value in shown and name != "tenant"
    ]
    if str(status) not in str(error):
        found.append(f"{status}: the message does not name the status: {error}")
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_documented_status_becomes_its_error(
    operation: SpecOperation, driver: Driver, recorder: Recorder, package: Path
) -> None:
    found = []
    statuses = documented_failures(operation)
    for status in statuses:
        body = SPEC.example(operation.answer_schema(status))
        recorder.answer(Reply.of_json(status, body))
        found += differences(failure(driver, operation, package), operation, status, body)
    assert len(recorder.take()) == len(statuses) >= len(SERVER_ERRORS)
    assert found == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_status_that_nobody_documented_is_an_error_too(
    operation: SpecOperation, driver: Driver, recorder: Recorder, package: Path
) -> None:
    found = []
    for status in UNDOCUMENTED:
        # A redirect must not be followed: its target would get the tokens.
        recorder.answer(Reply(status, b"" if status == 304 else b"<h1>Sorry</h1>", {"Location": "/elsewhere/"}))
        body = None if status == 304 else "<h1>Sorry</h1>"
        found += differences(failure(driver, operation, package), operation, status, body)
    requests = recorder.take()
    assert [request.path for request in requests] == [requests[0].path] * len(UNDOCUMENTED)
    assert found == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_success_that_nobody_documented_is_a_success(
    operation: SpecOperation, driver: Driver, recorder: Recorder, package: Path
) -> None:
    answer = next(operation.answers(operation.successes[0]))
    recorder.answer(answer_with(operation, 299, answer))
    assert failure(driver, operation, package) is None
    assert len(recorder.take()) == 1


def test_the_time_to_wait_is_told(driver: Driver, recorder: Recorder) -> None:
    recorder.answer(Reply.of_json(429, {"detail": "Slow down."}, **{"Retry-After": "7"}))
    with pytest.raises(synapse_backend.RateLimitError) as caught:
        driver.call("get_job", [789])
    assert caught.value.retry_after == 7
    recorder.take()
