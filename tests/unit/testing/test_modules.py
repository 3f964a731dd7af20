"""Corners of single modules that no request of today reaches."""

from __future__ import annotations

import copy
import pkgutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import synapse_backend.testing as package
from synapse_backend.testing import MockBackend
from synapse_backend.testing.clock import RealClock, http_date, wire
from synapse_backend.testing.contract import Contract, load_spec
from synapse_backend.testing.encoding import PageEncoder
from synapse_backend.testing.errors import problems
from synapse_backend.testing.state import Table
from tests.unit.testing.fronts import InProcessFront

# --- contract -------------------------------------------------------------------------------------------------------


def contract(schema: dict[str, Any], **parameter: Any) -> Contract:
    """A contract of one operation with one query parameter and a body of the same schema."""
    operation = {
        "operationId": "do",
        "parameters": [{"name": "q", "in": "query", "schema": schema, **parameter}],
        "requestBody": {"content": {"application/json": {"schema": {"properties": {"f": schema}}}}},
        "responses": {"200": {"description": "x"}, "4XX": {"content": {"application/json": {"schema": {}}}}},
    }
    return Contract({"paths": {"/x/": {"post": operation, "parameters": [{"name": "h", "in": "header"}]}}})


@pytest.mark.parametrize(
    ("schema", "texts", "value"),
    [
        ({"type": "number"}, ["1.5e3"], 1500.0),
        ({"type": "number"}, ["1e999"], "1e999"),
        ({"type": "integer"}, ["٣"], "٣"),
        ({"type": "object"}, ['{"a": 1}'], {"a": 1}),
        ({"type": "object"}, ["{"], "{"),
        ({"type": ["integer", "null"]}, ["-5"], -5),
        ({"anyOf": [{"type": "boolean"}, {"type": "string"}]}, ["True"], True),
        ({"type": "array", "items": {"type": "integer"}}, ["1,2", "3"], [1, 2, 3]),
        ({"type": "string", "format": "date-time"}, ["2025-02-30T00:00:00"], "2025-02-30T00:00:00"),
        ({"type": "string", "format": "date-time"}, ["2025-02-03 04:05"], "2025-02-03T04:05:00+00:00"),
        ({}, ["x"], "x"),
    ],
)
def test_texts_become_values(schema: dict[str, Any], texts: list[str], value: object) -> None:
    parameter = contract(schema).operations["do"].query_parameters["q"]
    assert parameter.type.decode_all(texts) == value


def test_letters_may_not_matter_in_lists_either() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    parameter = contract(schema, **{"x-case-insensitive": True}).operations["do"].query_parameters["q"]
    assert parameter.type.decode_all(["A,b"]) == ["a", "b"]


def test_what_a_contract_leaves_out() -> None:
    operation = contract({}).operations["do"]
    assert (operation.tag, operation.secured, operation.body_required) == ("default", False, False)
    validator = operation.response_validator(200)
    assert validator is not None
    assert validator.is_valid("anything")
    assert operation.response_validator(418) is not None
    assert operation.response_validator(500) is None


def test_a_missing_contract_says_who_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pkgutil, "get_data", lambda _package, _name: None)
    with pytest.raises(FileNotFoundError, match=r"openapi\.json is missing; scripts/regenerate writes it"):
        load_spec()


def test_a_route_costs_the_same_however_many_there_are() -> None:
    spec = load_spec()
    item = spec["paths"]["/storages/{pk}/"]
    for number in range(300):
        spec["paths"][f"/more{number}/{{pk}}/"] = {
            "get": {**item["get"], "operationId": f"more{number}"},
        }
    large = Contract(spec)
    assert len(large.operations) > 300
    found = large.route(["", "more299", "5", ""])
    assert found is not None
    assert list(found[0]) == ["GET"]
    assert found[1] == ["5"]


# --- messages of validation -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "string", "minLength": 3}, "ab", "Ensure this field has at least 3 characters."),
        ({"type": "string", "maxLength": 1}, "ab", "Ensure this field has no more than 1 characters."),
        ({"type": "string", "format": "uuid"}, "ab", "Must be a valid UUID."),
        ({"type": "string", "format": "ipv4"}, "ab", "Enter a valid value."),
        ({"type": "string", "pattern": "^x$"}, "ab", "This value does not match the required pattern."),
        ({"type": "array"}, 1, 'Expected a list of items but got type "int".'),
        ({"type": "null"}, 1, "Not a valid value."),
        ({"const": 5}, 6, '"6" is not a valid choice.'),
        ({"enum": ["a"]}, "b" * 1000, f'"{"b" * 100}" is not a valid choice.'),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, [], "Incorrect type. Expected pk value, received list."),
        (
            {"anyOf": [{"type": "integer", "minimum": 5}, {"type": "null"}]},
            1,
            "Ensure this value is greater than or equal to 5.",
        ),
        ({"oneOf": [{}, {}]}, 1, "Incorrect type. Expected pk value, received int."),
    ],
)
def test_messages_are_those_of_the_framework(schema: dict[str, Any], value: object, message: str) -> None:
    operation = contract(schema).operations["do"]
    assert problems(operation.bodies["application/json"].validator.iter_errors({"f": value})).body == {"f": [message]}


def test_a_field_that_is_wrong_as_a_whole_hides_its_parts() -> None:
    schema = {"minProperties": 3, "properties": {"a": {"type": "string"}, "b": {"type": "integer", "minimum": 5}}}
    errors = list(
        contract(schema).operations["do"].bodies["application/json"].validator.iter_errors({"f": {"a": 1, "b": 1}})
    )
    whole = [error for error in errors if error.instance_path == ["f"]]
    parts = [error for error in errors if error.instance_path != ["f"]]
    assert whole
    assert parts
    assert problems(whole + parts).body == {"f": ["Not a valid value (minProperties)."]}
    nested = {"f": {"a": ["Not a valid string."], "b": ["Ensure this value is greater than or equal to 5."]}}
    assert problems(parts + whole).body == nested
    assert problems(parts + parts).body == nested


def test_messages_of_a_validator_hide_values() -> None:
    errors = list(Contract(load_spec()).component("Plugin").iter_errors({"id": "canary", "name": ["canary"]}))
    assert {tuple(error.instance_path) for error in errors} >= {("id",), ("name",)}
    assert "canary" not in "".join(error.message for error in errors)


# --- state ----------------------------------------------------------------------------------------------------------


def test_indexes_give_what_a_scan_gives() -> None:
    table = Table("thing", [{"id": n, "a": n % 3, "b": n % 2, "t": -n} for n in range(1, 20)], lambda row: row["t"])
    for change in range(60):
        table.select({"a": 1})
        table.select({"a": 1, "b": 0})
        if change % 3 == 0:
            table.add({"a": change % 4, "b": change % 2, "t": change % 7})
        else:
            row = table[1 + change % 19]
            table.put({**row, "a": (row["a"] + change) % 3, "b": change % 2})
        for where in ({}, {"a": 1}, {"b": 0}, {"a": 1, "b": 0}, {"a": 99}):
            rows = [table[pk] for pk in table.ids()]
            expected = sorted(
                (row["t"], row["id"]) for row in rows if all(row[name] == value for name, value in where.items())
            )
            assert list(table.select(where)) == expected


def test_what_was_derived_of_rows_is_kept_until_one_changes() -> None:
    table = Table("thing", [{"id": 1}])
    computed: list[object] = []

    def compute() -> int:
        computed.append(None)
        return len(computed)

    def derive(key: str | int) -> int:
        return table.derived(key, compute)

    assert [derive("a"), derive("a"), derive("b"), derive("a")] == [1, 1, 2, 1]
    table.put({"id": 1})
    assert derive("a") == 3
    table.add({})
    assert derive("a") == 4
    for number in range(40):
        derive(number)
        derive(number)
    assert len(computed) == 44
    assert len(table._derived) <= 32


def test_only_whole_numbers_are_ids() -> None:
    table = Table("thing", [{"id": 1}])
    assert table.get(1) == {"id": 1}
    no_ids: list[object] = [True, 1.0, "1", None, []]
    assert [table.get(key) for key in no_ids] == [None] * 5
    assert table.find(name="x") is None
    assert Table("empty").next_id == 1


# --- answers --------------------------------------------------------------------------------------------------------


def test_kept_text_is_the_text_of_the_object_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synapse_backend.testing.encoding._MAX_KEPT", 3)
    encoder = PageEncoder()
    row = {"id": 1, "name": "한국어"}
    for number in range(10):
        page = {"count": 2, "results": [row, {"id": number}]}
        assert encoder.encode(page) == f'{{"count":2,"results":[{{"id":1,"name":"한국어"}},{{"id":{number}}}]}}'
        assert len(encoder._kept) <= 3
    assert encoder.encode({"results": []}) == '{"results":[]}'
    assert encoder.encode({"results": 5}) == '{"results":5}'


def test_an_answer_is_never_changed_afterwards() -> None:
    backend = MockBackend()
    front = InProcessFront(backend)
    before = front.send("GET", "/jobs/?page_size=1").json
    kept = copy.deepcopy(backend.jobs[789])
    front.send("PATCH", "/jobs/789/", {"progress": 12, "metadata": {"a": 1}})
    assert front.send("GET", "/jobs/?page_size=1").json["results"][0] != before["results"][0]
    backend.reset()
    assert backend.jobs[789] == kept


# --- clocks ---------------------------------------------------------------------------------------------------------


def test_the_real_clock_waits_when_the_machine_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(
        [datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 3, tzinfo=UTC)]
    )

    class Stepping(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return next(moments)

    monkeypatch.setattr("synapse_backend.testing.clock.datetime", Stepping)
    clock = RealClock()
    assert [wire(clock.tick()) for _ in range(3)] == [
        "2025-01-02T00:00:00Z",
        "2025-01-02T00:00:00Z",
        "2025-01-03T00:00:00Z",
    ]


def test_dates_do_not_depend_on_the_locale() -> None:
    assert http_date(datetime(2025, 9, 3, 9, 5, 7, tzinfo=UTC)) == "Wed, 03 Sep 2025 09:05:07 GMT"
    assert http_date(datetime(2025, 9, 3, tzinfo=UTC) + timedelta(days=120)) == "Thu, 01 Jan 2026 00:00:00 GMT"


# --- the package ----------------------------------------------------------------------------------------------------


def test_the_package_has_what_it_says() -> None:
    assert set(package.__all__) <= set(dir(package))
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Mock'"):
        _ = package.Mock


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (
            "httptools",
            "ImportError: MockBackend needs the extra 'testing': pip install 'synapse-backend-client[testing]'",
        ),
        ("jsonschema_rs", "ImportError: MockBackend needs the extra 'testing': pip install"),
        ("selectors", "ModuleNotFoundError: import of selectors halted"),
    ],
)
def test_a_missing_dependency_names_the_extra(missing: str, message: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from synapse_backend.testing import MockBackend"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert message in result.stderr


def test_ids_never_go_back() -> None:
    table = Table("row", [{"id": 10}])
    table.add({"id": 3})
    assert table.add({})["id"] == 11
