"""Every documented call puts on the wire what the contract says, and returns what the answer holds."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import Page
from tests.contract import wire
from tests.contract.calling import EVENTS, LINES, answer_with, call, invoke, success
from tests.contract.calls import CALLS, COVERED, Example
from tests.support.clients import TOKENS, Driver
from tests.support.recorder import Recorder, Reply
from tests.support.spec import SPEC, SpecOperation

EXAMPLES = [
    pytest.param(operation, example, id=f"{operation.id}-{number}")
    for operation in COVERED
    for number, example in enumerate(CALLS[operation.id], 1)
]
SUCCESSES = [
    pytest.param(operation, status, answer, id=f"{operation.id}-{status}-{type(answer).__name__}")
    for operation in COVERED
    for status in operation.successes
    for answer in operation.answers(status)
]


@pytest.mark.parametrize(("operation", "example"), EXAMPLES)
def test_the_request_is_what_the_contract_says_and_the_arguments_stay_as_they_were(
    operation: SpecOperation, example: Example, driver: Driver, recorder: Recorder, package: Path
) -> None:
    recorder.answer(success(operation))
    nested = copy.deepcopy(example)
    with example.call(operation.id, package) as invocation:
        passed = [*invocation.arguments, *invocation.named.values()]
        before = [copy.copy(argument) if isinstance(argument, dict | list) else argument for argument in passed]
        invoke(driver, operation, invocation)
        assert passed == before
    assert example == nested
    requests = recorder.take()
    assert len(requests) == 1
    assert wire.problems(operation, requests[0], example, TOKENS) == []
    if requests[0].media_type == "multipart/form-data":
        assert wire.file_problems(requests[0], example, package) == []


@pytest.mark.parametrize(("operation", "status", "answer"), SUCCESSES)
def test_every_documented_success_is_returned(
    operation: SpecOperation, status: int, answer: Any, driver: Driver, recorder: Recorder, package: Path
) -> None:
    assert SPEC.problems(operation.answer_schema(status), answer, "answer") == []
    recorder.answer(answer_with(operation, status, answer))
    returned = call(driver, operation, package)
    recorder.take()
    match returned:
        case Page():
            assert returned == (answer["results"], answer["count"])
        case list() if operation.is_stream:
            assert returned == LINES
            assert [SPEC.problems(operation.answer_schema(status), event, "event") for event in EVENTS] == [[], [], []]
        case list() if isinstance(answer, dict):
            assert returned == answer["results"]
        case _:
            assert returned == answer


def test_what_the_contract_does_not_know_passes_through(driver: Driver, recorder: Recorder) -> None:
    job = {"id": "3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8", "status": "STOPPED", "progress": None, "shard": {"of": 3}}
    recorder.answer(Reply.of_json(200, job))
    assert driver.call("get_job", [job["id"]]) == job
    recorder.take()
