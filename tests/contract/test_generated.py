"""The generated code is what the wrapper relies on: one private function for each operation, and the table of them."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import synapse_api
from synapse_api.operations import OPERATIONS, TRANSFERS, ListOperation
from tests.support.spec import SPEC, Node, SpecOperation

PACKAGE = Path(synapse_api.__file__).parent
EVERY_OPERATION = [pytest.param(operation, id=operation.id) for operation in SPEC.operations.values()]


class Body:
    """Passes for any model of the generated client."""

    def to_dict(self) -> dict[str, Any]:
        return {}

    to_multipart = to_dict

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def example(parameter: Node) -> Any:
    """Return a value of a parameter."""
    return parameter["example"] if "example" in parameter else SPEC.example(parameter["schema"])


def module_of(operation: SpecOperation) -> ModuleType:
    return importlib.import_module(OPERATIONS[operation.id].module)


def test_every_operation_was_generated_and_no_other() -> None:
    written = {path.relative_to(PACKAGE / "api").as_posix() for path in (PACKAGE / "api").glob("*/*.py")}
    wanted = {f"{operation.tag}/{operation.id}.py" for operation in SPEC.operations.values()}
    assert {name for name in written if not name.endswith("__init__.py")} == wanted


def test_the_bundled_contract_is_the_contract() -> None:
    # The round trip turns what only YAML has, such as keys that are numbers, into what JSON has.
    assert json.loads((PACKAGE / "openapi.json").read_bytes()) == json.loads(json.dumps(SPEC.document))


@pytest.mark.parametrize("operation", EVERY_OPERATION)
def test_the_private_function_takes_the_path_by_position_and_body_and_headers_by_name(
    operation: SpecOperation,
) -> None:
    build = module_of(operation)._get_kwargs
    arguments = [example(node) for node in operation.parameters("path").values()]
    headers = {name: example(node) for name, node in operation.parameters("header").items()}
    named: dict[str, Any] = {name.lower().replace("-", "_"): value for name, value in headers.items()}
    parts = build(*arguments, **named, **({"body": Body()} if operation.bodies else {}))
    assert parts["method"] == operation.verb
    assert list((operation.match(parts["url"]) or {}).values()) == [str(value) for value in arguments]
    assert headers.items() <= parts.get("headers", {}).items()
    parameters = inspect.signature(build).parameters.values()
    positional = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert positional == list(operation.parameters("path"))
    required = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    assert required == [*positional, *(["body"] if operation.bodies else []), *named]


@pytest.mark.parametrize("operation", EVERY_OPERATION)
def test_the_table_says_what_the_contract_says(operation: SpecOperation) -> None:
    written = OPERATIONS[operation.id]
    form = SPEC.resolve(operation.bodies.get("multipart/form-data", {})).get("properties", {})
    assert written.id == operation.id
    assert written.retry == operation.node["x-retry"]
    assert list(written.success) == sorted(operation.successes)
    assert list(written.errors) == [status for status in operation.statuses if not status.startswith("2")]
    assert list(written.bodies) == list(operation.bodies)
    assert list(written.files) == [name for name, node in form.items() if node.get("format") == "binary"]
    assert list(written.headers) == list(operation.parameters("header"))
    media_types = operation.node["responses"][str(operation.successes[0])]["content"]
    assert written.stream == ("text/event-stream" in media_types)
    if written.stream:
        return
    answer = SPEC.resolve(operation.answer_schema(operation.successes[0]))
    forms = [SPEC.resolve(form).get("properties", {}) for form in answer.get("oneOf", [answer])]
    assert isinstance(written, ListOperation) == any({"count", "results"} <= set(form) for form in forms)


def test_the_transfers_are_those_of_the_contract() -> None:
    written = {transfer.id: (transfer.method, transfer.success, transfer.retry) for transfer in TRANSFERS.values()}
    assert written == {
        name: (node["method"].upper(), tuple(node["success"]), node["x-retry"])
        for name, node in SPEC.document["x-transfers"].items()
    }
    assert not TRANSFERS.keys() & OPERATIONS.keys()
    assert {(transfer.path, transfer.tag, transfer.module) for transfer in TRANSFERS.values()} == {
        ("{url}", "transfer", "")
    }
