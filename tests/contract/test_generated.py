"""The generated code is what the wrapper relies on: one private function for each operation, and the table of them."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import synapse_api
from synapse_api.operations import OPERATIONS, ListOperation
from tests.contract.calls import CALLS, COVERED
from tests.support.spec import SPEC, SpecOperation

PACKAGE = Path(synapse_api.__file__).parent
COVERED_OPERATIONS = [pytest.param(operation, id=operation.id) for operation in COVERED]


class Body:
    """Passes for any model of the generated client."""

    def to_dict(self) -> dict[str, Any]:
        return {}

    to_multipart = to_dict


def module_of(operation: SpecOperation) -> ModuleType:
    return importlib.import_module(OPERATIONS[operation.id].module)


def test_every_operation_was_generated_and_no_other() -> None:
    written = {path.relative_to(PACKAGE / "api").as_posix() for path in (PACKAGE / "api").glob("*/*.py")}
    wanted = {f"{operation.tag}/{operation.id}.py" for operation in SPEC.operations.values()}
    assert {name for name in written if not name.endswith("__init__.py")} == wanted


def test_the_bundled_contract_is_the_contract() -> None:
    # The round trip turns what only YAML has, such as keys that are numbers, into what JSON has.
    assert json.loads((PACKAGE / "openapi.json").read_bytes()) == json.loads(json.dumps(SPEC.document))


@pytest.mark.parametrize("operation", COVERED_OPERATIONS)
def test_the_private_function_takes_the_path_by_position_and_the_body_by_name(operation: SpecOperation) -> None:
    build = module_of(operation)._get_kwargs
    arguments = CALLS[operation.id][0].path
    parts = build(*arguments) if operation.body is None else build(*arguments, body=Body())
    assert parts["method"] == operation.verb
    assert list((operation.match(parts["url"]) or {}).values()) == [str(value) for value in arguments]
    parameters = inspect.signature(build).parameters.values()
    positional = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert positional == list(operation.parameters("path"))
    assert [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty] == (
        [] if operation.body is None else ["body"]
    )


@pytest.mark.parametrize("operation", COVERED_OPERATIONS)
def test_the_table_says_what_the_contract_says(operation: SpecOperation) -> None:
    written = OPERATIONS[operation.id]
    media_type, schema = operation.body or (None, {})
    properties = SPEC.resolve(schema).get("properties", {})
    assert written.id == operation.id
    assert written.retry == operation.node["x-retry"]
    assert list(written.success) == sorted(operation.successes)
    assert list(written.errors) == [status for status in operation.statuses if not status.startswith("2")]
    assert written.body == media_type
    assert list(written.files) == [name for name, node in properties.items() if node.get("format") == "binary"]
    answer = SPEC.resolve(operation.answer_schema(operation.successes[0]))
    forms = [SPEC.resolve(form).get("properties", {}) for form in answer.get("oneOf", [answer])]
    assert isinstance(written, ListOperation) == any({"count", "results"} <= set(form) for form in forms)
