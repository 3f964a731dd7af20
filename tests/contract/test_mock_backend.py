"""Every documented call succeeds on the mock backend, and its answer is what the contract says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import Page
from synapse_backend.testing import MockBackend
from tests.contract.calling import call
from tests.contract.calls import CALLS, COVERED, Example
from tests.support.clients import DRIVERS, TOKENS, Driver
from tests.support.spec import SPEC, Node, SpecOperation

EXAMPLES = [
    pytest.param(operation, example, id=f"{operation.id}-{number}")
    for operation in COVERED
    for number, example in enumerate(CALLS[operation.id], 1)
    if not example.is_made_up
]


def with_upload(number: int) -> Callable[[Driver, Example, Path], Example]:
    """Return what starts an upload, as the example of that number does, and makes a call go on with it."""

    def prepare(driver: Driver, example: Example, package: Path) -> Example:
        upload = call(driver, SPEC.operations["create_chunked_upload"], package, CALLS["create_chunked_upload"][number])
        return replace(example, path=(upload["id"],))

    return prepare


def with_file(driver: Driver, example: Example, package: Path) -> Example:
    """Upload the file that the example calls name by its checksum."""
    call(driver, SPEC.operations["create_data_file"], package)
    return example


PREPARED = {
    "append_chunked_upload": with_upload(0),
    "complete_chunked_upload": with_upload(1),
    "create_data_units": with_file,
    "verify_data_files_checksums": with_file,
}
"""Calls that need something which is not there from the beginning."""


@pytest.fixture(scope="module")
def backend() -> Iterator[MockBackend]:
    with MockBackend() as backend:
        yield backend


@pytest.fixture(params=list(DRIVERS))
def mock_driver(request: pytest.FixtureRequest, backend: MockBackend) -> Iterator[Driver]:
    """Either client, talking to the mock backend."""
    driver = DRIVERS[request.param](backend.url, **TOKENS)
    yield driver
    driver.close()


def item_schema(answer: Node) -> Node:
    """Return the schema of the items of a list, which comes as an array or as the results of a page."""
    schema = SPEC.resolve(answer)
    for form in schema.get("oneOf", [schema]):
        form = SPEC.resolve(form)
        if "items" in form:
            return form["items"]
        if "results" in form.get("properties", {}):
            return form["properties"]["results"]["items"]
    raise AssertionError(f"no list: {schema}")


def problems(operation: SpecOperation, returned: Any) -> list[str]:
    schema = operation.answer_schema(operation.successes[-1])
    match returned:
        case Page():
            array = {"type": "array", "items": item_schema(schema)}
            return SPEC.problems(array, returned.items, "items") + SPEC.problems(
                {"minimum": 0}, returned.total, "total"
            )
        case list() if operation.is_stream:
            # The method yields lines of text; the mock checks the events that it sends.
            return SPEC.problems({"type": "array", "items": {"type": "string"}}, returned, "lines")
        case list():
            return SPEC.problems({"type": "array", "items": item_schema(schema)}, returned, "items")
    return SPEC.problems(schema, returned, "answer")


@pytest.mark.parametrize(("operation", "example"), EXAMPLES)
def test_the_documented_call_succeeds(
    operation: SpecOperation, example: Example, mock_driver: Driver, backend: MockBackend, package: Path
) -> None:
    backend.reset()
    if prepare := PREPARED.get(operation.id):
        example = prepare(mock_driver, example, package)
    returned = call(mock_driver, operation, package, example)
    assert returned, "an empty answer proves nothing"
    assert problems(operation, returned) == []
    *before, request = backend.requests
    assert len(before) == (operation.id in PREPARED)
    assert (request.operation_id, request.path_template) == (operation.id, operation.path)
    assert request.status in operation.successes
    backend.check()


@pytest.mark.parametrize("name", list(DRIVERS))
def test_the_mock_backend_wants_a_token(name: str, backend: MockBackend) -> None:
    backend.reset()
    driver = DRIVERS[name](backend.url)
    with pytest.raises(Exception, match="401") as caught:
        driver.call("list_jobs", [])
    assert type(caught.value).__name__ == "AuthenticationError"
    driver.close()
