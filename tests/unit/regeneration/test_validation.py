"""What is not OpenAPI, or not what it says itself, is found on its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from regeneration.findings import Finding
from regeneration.validation import validate
from tests.unit.regeneration.specs import SPEC, changed, contract


def findings(tmp_path: Path, text: str) -> list[Finding]:
    return validate(contract(tmp_path, text))


def test_a_valid_contract(tmp_path: Path) -> None:
    # That of the project is validated by each of its regenerations, such as the one of `test_new_operation.py`.
    assert findings(tmp_path, SPEC) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "says"),
    [
        ("info:\n  title: Things\n", "info:\n", "openapi", '"title" is a required property'),
        ("          description: It is gone.\n", "          text: It is gone.\n", "openapi", '"description" is a required'),
        ("    token: {type: apiKey,", "    token: {type: apiKy,", "openapi", '"apiKy" is not one of'),
        ("count: {type: integer}", "count: {type: int}", "schema", "'int' is not valid"),
        ("      required: [name]\n", "      required: name\n", "schema", "'name' is not of type 'array'"),
        ("example: {name: a}", "example: {name: 1}", "example", "1 is not of type 'string'"),
        ("example: {name: a}", "examples: {none: {summary: x}, one: {value: {name: 1}}}", "example", "1 is not of type 'string'"),
        ("examples: ['2025-09-01T00:00:00Z']", "examples: [x, 1]", "example", "1 is not of type 'string'"),
        ("name: {type: string, minLength: 1}", "name: {type: string, default: 1}", "example", "1 is not of type"),
        ("      operationId: delete_thing\n", "      operationId: create_thing\n", "openapi", "'create_thing'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, rule: str, says: str) -> None:
    text = changed((old, new))
    (finding,) = findings(tmp_path, text)
    assert finding.rule == rule
    assert says in finding.message
    written = text.splitlines()[finding.line - 1 : finding.line + 1]
    assert any(part.strip() in "\n".join(written) for part in new.splitlines()), (finding, written)


def test_a_path_parameter_that_nobody_declares(tmp_path: Path) -> None:
    text = changed(("  /things/{pk}/file/:", "  /things/{pk}/file/{name}/:"))
    (finding,) = findings(tmp_path, text)
    assert "'name'" in finding.message
    assert text.splitlines()[finding.line - 1] == "    put:"


def test_what_concerns_the_whole_document_is_on_the_first_line(tmp_path: Path) -> None:
    text = SPEC.replace("openapi: 3.1.0\n", "")
    assert all(finding.line == 1 for finding in findings(tmp_path, text))
    assert '"openapi" is a required property' in {finding.message for finding in findings(tmp_path, text)}


def test_a_validator_that_trips_over_what_it_reported(tmp_path: Path) -> None:
    text = changed(("        application/json:\n          schema:\n            $ref: '#/components/schemas/Failure'\n", "        - application/json\n"))  # fmt: skip
    found = findings(tmp_path, text)
    assert {finding.rule for finding in found} == {"openapi"}
    assert not any("validator failed" in finding.message for finding in found)


def test_a_validator_that_fails_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: object) -> object:
        raise KeyError("name")

    monkeypatch.setattr(OpenAPIV31SpecValidator, "iter_errors", crash)
    (finding,) = findings(tmp_path, SPEC)
    assert finding.message == "the validator failed with KeyError: 'name'"


def test_long_messages_are_cut(tmp_path: Path) -> None:
    value = "x" * 1000
    (finding,) = findings(tmp_path, changed(("example: {name: a}", f"example: {{name: [{value}]}}")))
    assert len(finding.message) < 250
    assert finding.message.endswith("is not of type 'string'")


def test_examples_of_properties_are_checked_by_their_own_schema(tmp_path: Path) -> None:
    text = changed(("        id: {type: integer}\n", "        id: {type: integer, example: one}\n        'a/b~{c}': {type: integer, default: x}\n"))  # fmt: skip
    assert [finding.message for finding in findings(tmp_path, text)] == [
        "'one' is not of type 'integer'",
        "'x' is not of type 'integer'",
    ]
