"""Bodies and answers that have no name get one that follows from the operation, and advice to give them a better one."""

from __future__ import annotations

from pathlib import Path

from regeneration import pipeline
from regeneration.contract import Contract
from regeneration.report.render import Report
from tests.unit.regeneration.specs import changed

STOP = """\
  /things/{{pk}}/stop/:
    post:
      operationId: stop_thing
      tags: [things]
      x-retry: never
      parameters:
        - {{name: pk, in: path, required: true, schema: {{type: integer}}}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {{type: object, properties: {{reason: {{type: string}}}}}}
      responses:
        '200':
          description: Stopped.
          content:
            application/json:
              schema: {answer}
"""
OBJECT = "{type: object, required: [stopped], properties: {stopped: {type: boolean}}}"


def read(tmp_path: Path, answer: str = OBJECT) -> Contract:
    (tmp_path / "openapi.yaml").write_text(
        changed(("paths:\n", f"paths:\n{STOP.format(answer=answer)}")), encoding="utf-8"
    )
    return pipeline.read_contract(pipeline.Project(tmp_path))


def answer_of(contract: Contract) -> object:
    operation = contract.data["paths"]["/things/{pk}/stop/"]["post"]
    return operation["responses"]["200"]["content"]["application/json"]["schema"]


def test_a_body_and_an_answer_are_named_after_their_operation(tmp_path: Path) -> None:
    contract = read(tmp_path)
    assert contract.component_schemas()["StopThingBody"]["properties"] == {"reason": {"type": "string"}}
    assert contract.component_schemas()["StopThingResponse"]["required"] == ["stopped"]
    assert answer_of(contract) == {"$ref": "#/components/schemas/StopThingResponse"}


def test_the_items_of_an_array_are_named(tmp_path: Path) -> None:
    contract = read(tmp_path, f"{{type: array, items: {OBJECT}}}")
    assert answer_of(contract) == {"type": "array", "items": {"$ref": "#/components/schemas/StopThingResponseItem"}}
    assert "StopThingResponseItem" in contract.component_schemas()


def test_each_choice_is_named_and_a_name_that_is_taken_is_not_used_again(tmp_path: Path) -> None:
    contract = read(tmp_path, f"{{oneOf: [{OBJECT}, {{type: string}}]}}")
    assert answer_of(contract) == {
        "oneOf": [
            {"$ref": "#/components/schemas/StopThingResponse"},
            {"$ref": "#/components/schemas/StopThingResponse2"},
        ]
    }
    assert contract.component_schemas()["StopThingResponse2"] == {"type": "string"}


def test_what_would_read_better_is_said_and_stops_nothing(tmp_path: Path) -> None:
    advice = read(tmp_path).advice
    assert any("the body of stop_thing has no named schema" in line for line in advice)
    assert any("stop_thing does not document 401" in line for line in advice)
    assert "Could be written better:" in Report(None, (), advice).text()
