"""What the contract says about repeating a call (`x-retry`) is what the clients do, operation by operation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from synapse_backend import ClientError
from tests.contract.calling import call, success
from tests.contract.calls import COVERED
from tests.support.clients import DRIVERS, Driver
from tests.support.clock import FakeClock
from tests.support.recorder import Recorded, Recorder, Reply
from tests.support.spec import SpecOperation

OPERATIONS = [pytest.param(operation, id=operation.id) for operation in COVERED]
STATUSES = (400, 404, 409, 429, 500, 501, 502, 503, 504, 507)
REPEATED = {"safe": {429, 500, 502, 503, 504}, "idempotent": {429, 500, 502, 503, 504}, "never": {429}}


@pytest.fixture(params=list(DRIVERS))
def hurried_driver(request: pytest.FixtureRequest, recorder: Recorder) -> Iterator[Driver]:
    """Either client, with the retries that it has by default."""
    driver = DRIVERS[request.param](recorder.url, clock=FakeClock())
    yield driver
    driver.close()


def calls_until_success(
    operation: SpecOperation, status: int, driver: Driver, recorder: Recorder, package: Path
) -> list[Recorded]:
    """Call an operation whose first answer has this status and whose second is a success; return what arrived."""
    replies = iter([Reply.of_json(status, {"detail": "Not now."}), success(operation)])
    recorder.reply = lambda request: next(replies)
    with contextlib.suppress(ClientError):
        call(driver, operation, package)
    return recorder.take()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_failed_call_is_repeated_where_the_contract_allows_it(
    operation: SpecOperation, hurried_driver: Driver, recorder: Recorder, package: Path
) -> None:
    attempts = {
        status: len(calls_until_success(operation, status, hurried_driver, recorder, package)) for status in STATUSES
    }
    repeated = REPEATED[operation.node["x-retry"]]
    assert attempts == {status: 2 if status in repeated else 1 for status in STATUSES}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_repeated_call_is_the_same_call(
    operation: SpecOperation, hurried_driver: Driver, recorder: Recorder, package: Path
) -> None:
    first, second = calls_until_success(operation, 429, hurried_driver, recorder, package)
    assert (second.method, second.target) == (first.method, first.target)
    if first.media_type == "multipart/form-data":
        # A file is sent from its start again; the boundary between the parts may be another one.
        assert second.parts == first.parts
    else:
        assert second.body == first.body
