"""What changed for callers, which of it breaks them, and what has no method yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regeneration.report.changes import Change, compare
from regeneration.report.coverage import missing_methods
from regeneration.report.render import Report
from tests.unit.regeneration.specs import SPEC, changed, contract
from tests.unit.regeneration.wide import WIDE, wider

FLAG = "        - name: flag\n          in: query\n          schema: {type: boolean}\n"
CREATE_BODY = "$ref: '#/components/schemas/ThingCreate'"
SCHEMA = "    Level:\n      type: integer\n"


def changes(tmp_path: Path, old: str, new: str) -> list[Change]:
    (tmp_path / "old").mkdir(exist_ok=True)
    (tmp_path / "new").mkdir(exist_ok=True)
    return compare(contract(tmp_path / "old", old), contract(tmp_path / "new", new))


def shown(found: list[Change]) -> list[str]:
    return [f"{'BREAKS ' if c.breaks else ''}{c.subject}: {c.kind} {c.description}" for c in found]


def flag(text: str) -> tuple[str, str]:
    return FLAG, f"        - name: flag\n          in: query\n{text}"


def test_the_same_contract_changes_nothing(tmp_path: Path) -> None:
    assert changes(tmp_path, SPEC, SPEC) == []


def test_words_are_no_change(tmp_path: Path) -> None:
    assert changes(tmp_path, SPEC, changed(("description: What kind of thing.", "description: Its kind."))) == []


# Each row: what is replaced, what is shown for it, and what is shown for the way back.
CASES: list[tuple[tuple[str, str], list[str], list[str]]] = [
    (
        flag("          schema: {type: boolean}\n        - {name: more, in: query, schema: {type: string}}\n"),
        ["list_things: added query parameter 'more', optional"],
        ["BREAKS list_things: removed query parameter 'more'"],
    ),
    (
        flag("          schema: {type: boolean}\n        - {name: X-A, in: header, required: true, schema: {type: string}}\n"),
        ["BREAKS list_things: added header parameter 'X-A', required"],
        ["BREAKS list_things: removed header parameter 'X-A'"],
    ),
    (
        flag("          required: true\n          schema: {type: boolean}\n"),
        ["BREAKS list_things: changed query parameter 'flag' is required now"],
        ["list_things: changed query parameter 'flag' is optional now"],
    ),
    (
        flag("          schema: {type: string}\n"),
        ["BREAKS list_things: changed type of query parameter 'flag' from boolean to string"],
        ["BREAKS list_things: changed type of query parameter 'flag' from string to boolean"],
    ),
    (
        flag("          schema: {}\n"),
        ["list_things: changed type of query parameter 'flag' from boolean to anything"],
        ["BREAKS list_things: changed type of query parameter 'flag' from anything to boolean"],
    ),
    (
        ("            items: {type: string}\n", "            items: {type: string, enum: [a]}\n"),
        ["BREAKS upload_file: changed query parameter 'parts' is an enumeration now"],
        ["upload_file: changed query parameter 'parts' is no enumeration any more"],
    ),
    (
        ("            items: {type: string}\n", "            items: {type: integer}\n"),
        ["BREAKS upload_file: changed type of query parameter 'parts' from array of string to array of integer"],
        ["BREAKS upload_file: changed type of query parameter 'parts' from array of integer to array of string"],
    ),
    (("x-retry: safe", "x-retry: never"), ["list_things: changed retry class from safe to never"], ["list_things: changed retry class from never to safe"]),
    (
        ("  /things/{pk}/file/:", "  /things/{pk}/files/:"),
        ["upload_file: changed route from PUT /things/{pk}/file/ to PUT /things/{pk}/files/"],
        ["upload_file: changed route from PUT /things/{pk}/files/ to PUT /things/{pk}/file/"],
    ),
    (
        ("        '204':\n          description: It is gone.\n", "        '202': {description: Later.}\n        '404': {description: Gone.}\n"),
        ["delete_thing: added status 202", "delete_thing: added status 404", "delete_thing: removed status 204"],
        ["delete_thing: added status 204", "delete_thing: removed status 202", "delete_thing: removed status 404"],
    ),
    (
        (CREATE_BODY, "$ref: '#/components/schemas/FileUpload'"),
        ["BREAKS create_thing: changed request body from ThingCreate as application/json to FileUpload as application/json"],
        ["BREAKS create_thing: changed request body from FileUpload as application/json to ThingCreate as application/json"],
    ),
    (
        ("                type: array\n                items:\n                  $ref: '#/components/schemas/Thing'\n", "                $ref: '#/components/schemas/Thing'\n"),
        ["BREAKS upload_file: changed answer from list[Thing] to Thing"],
        ["BREAKS upload_file: changed answer from Thing to list[Thing]"],
    ),
    # a value of an enumeration that is sent and received
    (("enum: [small, large]", "enum: [small, large, huge]"), ["Kind: added value 'huge'"], ["BREAKS Kind: removed value 'huge'"]),
    # a schema of answers
    (
        ("        owner:\n", "        weight: {type: number}\n        owner:\n"),
        ["Thing.weight: added field, optional"],
        ["BREAKS Thing.weight: removed field"],
    ),
    (
        ("required: [id, kind, made_at]", "required: [id, kind]"),
        ["BREAKS Thing.made_at: changed field is optional now"],
        ["Thing.made_at: changed field is required now"],
    ),
    (
        ("          type: [string, 'null']\n        note", "          type: string\n        note"),
        ["Thing.owner: changed type from string | null to string"],
        ["BREAKS Thing.owner: changed type from string to string | null"],
    ),
    (
        ("        id: {type: integer}\n", "        id: {type: number}\n"),
        ["BREAKS Thing.id: changed type from integer to number"],
        ["Thing.id: changed type from number to integer"],
    ),
    (
        ("        extra:\n          type: object\n", "        extra:\n          type: object\n          properties: {depth: {type: object, properties: {}}}\n"),
        ["Thing.extra.depth: added field, optional"],
        ["BREAKS Thing.extra.depth: removed field"],
    ),
    (
        ("        extra:\n", "        more: {type: object, properties: {depth: {type: integer}}}\n        extra:\n"),
        ["Thing.more: added field, optional"],
        ["BREAKS Thing.more: removed field"],
    ),
    # a schema of requests
    (
        ("        due: {type: string, format: date-time}\n", "        due: {type: string}\n"),
        ["ThingCreate.due: changed type from string (date-time) to string"],
        ["BREAKS ThingCreate.due: changed type from string to string (date-time)"],
    ),
    (
        ("      required: [name]\n", "      required: [name, due]\n"),
        ["BREAKS ThingCreate.due: changed field is required now"],
        ["ThingCreate.due: changed field is optional now"],
    ),
    (
        ("      required: [name]\n      properties:\n", "      required: [name, color]\n      properties:\n        color: {type: string}\n"),
        ["BREAKS ThingCreate.color: added field, required"],
        ["BREAKS ThingCreate.color: removed field"],
    ),
    # schemas as a whole
    ((SCHEMA, f"    Odd: {{type: array, items: {{type: string}}}}\n{SCHEMA}"), ["Odd: added schema"], ["BREAKS Odd: removed schema"]),
    (
        ("    ThingPage:\n      type: object\n      required", "    ThingPage:\n      oneOf:\n        - {type: object, properties: {total: {}}}\n      required"),
        ["ThingPage.total: added field, optional"],
        ["BREAKS ThingPage.total: removed field"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("replacement", "forward", "back"), CASES, ids=lambda value: str(value)[:40])
def test_changes_in_both_directions(
    tmp_path: Path, replacement: tuple[str, str], forward: list[str], back: list[str]
) -> None:
    new = changed(replacement)
    assert shown(changes(tmp_path, SPEC, new)) == forward
    assert shown(changes(tmp_path, new, SPEC)) == back


NAMED_UPLOAD = """\
          application/json:
            schema:
              $ref: '#/components/schemas/UploadByName'
"""
EVENT = "              x-event:\n                $ref: '#/components/schemas/ThingEvent'\n"
DOWNLOAD = """\
  download_file:
    summary: Download a file.
    method: get
    success: [200, 206]
    x-retry: safe
"""

WIDE_CASES: list[tuple[tuple[str, str], list[str], list[str]]] = [
    (
        (NAMED_UPLOAD, ""),
        ["BREAKS create_upload: changed request body from FileUpload as multipart/form-data or UploadByName as application/json to FileUpload as multipart/form-data"],
        ["create_upload: added request body, UploadByName as application/json"],
    ),
    (
        ("                - type: array\n                  minItems: 1\n                  items:\n                    $ref: '#/components/schemas/ThingCreate'\n", ""),
        ["BREAKS create_many: changed request body from ThingCreate | list[ThingCreate] as application/json to ThingCreate as application/json"],
        ["BREAKS create_many: changed request body from ThingCreate as application/json to ThingCreate | list[ThingCreate] as application/json"],
    ),
    (
        ("                  - type: array\n                    items:\n                      $ref: '#/components/schemas/Thing'\n", ""),
        ["BREAKS create_many: changed answer from Thing | list[Thing] to Thing"],
        ["BREAKS create_many: changed answer from Thing to Thing | list[Thing]"],
    ),
    (
        (EVENT, "              x-event:\n                $ref: '#/components/schemas/Failure'\n"),
        ["BREAKS tail_thing: changed answer from stream of ThingEvent to stream of Failure"],
        ["BREAKS tail_thing: changed answer from stream of Failure to stream of ThingEvent"],
    ),
    # a schema of events is one of answers
    (
        ("      required: [line]\n", ""),
        ["BREAKS ThingEvent.line: changed field is optional now"],
        ["ThingEvent.line: changed field is required now"],
    ),
    # a schema of the second media type is one of requests
    (
        ("      required: [upload]\n", "      required: [upload, begin]\n"),
        ["BREAKS UploadByName.begin: changed field is required now"],
        ["UploadByName.begin: changed field is optional now"],
    ),
    # transfers
    ((DOWNLOAD, ""), ["BREAKS download_file: removed transfer"], ["download_file: added transfer, GET"]),
    (
        (DOWNLOAD, DOWNLOAD.replace("get", "post").replace("206", "204").replace("safe", "never")),
        ["download_file: changed method from GET to POST", "download_file: changed retry class from safe to never", "download_file: added status 204", "download_file: removed status 206"],
        ["download_file: changed method from POST to GET", "download_file: changed retry class from never to safe", "download_file: added status 206", "download_file: removed status 204"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("replacement", "forward", "back"), WIDE_CASES, ids=lambda value: str(value)[:40])
def test_changes_of_several_bodies_streams_and_transfers(
    tmp_path: Path, replacement: tuple[str, str], forward: list[str], back: list[str]
) -> None:
    new = wider(replacement)
    assert shown(changes(tmp_path, WIDE, new)) == forward
    assert shown(changes(tmp_path, new, WIDE)) == back


def test_the_mixin_that_a_tag_names_is_named(tmp_path: Path) -> None:
    text = changed(("    description: Things.\n", "    description: Things (`THINGClientMixin`).\n"))
    found = missing_methods(contract(tmp_path, text), tmp_path / "wrapper" / "synapse_backend" / "_async")
    assert {one.mixin for one in found} == {"AsyncTHINGClientMixin"}


def test_a_new_operation_and_its_end(tmp_path: Path) -> None:
    start, end = SPEC.index("    delete:\n"), SPEC.index("  /things/{pk}/file/:")
    without = SPEC[:start] + "    x: 1\n" + SPEC[end:]
    assert shown(changes(tmp_path, without, SPEC)) == ["delete_thing: added operation, DELETE /things/{pk}/"]
    assert shown(changes(tmp_path, SPEC, without)) == ["BREAKS delete_thing: removed operation"]


def test_another_tag_moves_the_module(tmp_path: Path) -> None:
    new = changed(
        ("operationId: delete_thing\n      tags: [things]", "operationId: delete_thing\n      tags: [others]")
    )
    assert shown(changes(tmp_path, SPEC, new)) == ["BREAKS delete_thing: changed tag from things to others"]


def test_what_breaks_comes_first_and_names_the_operations(tmp_path: Path) -> None:
    new = changed(
        ("        owner:\n", "        weight: {type: number}\n        owner:\n"),
        ("enum: [1, 2]", "enum: [2]"),
        ("required: [id, kind, made_at]", "required: [id, kind]"),
    )
    found = changes(tmp_path, SPEC, new)
    assert [change.breaks for change in found] == [True, False, False]
    assert found[0].operations == ("create_thing", "list_things", "upload_file")


def test_an_old_contract_that_breaks_the_rules_of_today_can_be_compared(tmp_path: Path) -> None:
    old = changed(
        ("                $ref: '#/components/schemas/ThingPage'\n", "                type: string\n"),
        ("              schema:\n                $ref: '#/components/schemas/Thing'\n        '401'", "              {}\n        '401'"),
        ("        owner:\n", "        anything: true\n        stray:\n          $ref: '#/components/schemas/Stray'\n        owner:\n"),
        ("      additionalProperties: true\n    ThingCreate:\n", "      allOf: [true]\n    ThingCreate:\n"),
    )  # fmt: skip
    assert shown(changes(tmp_path, old, SPEC)) == [
        "BREAKS list_things: changed answer from None to page of Thing",
        "BREAKS create_thing: changed answer from None to Thing",
        "BREAKS Thing.stray: removed field",
    ]


def test_the_report_is_short(tmp_path: Path) -> None:
    new = changed(
        ("        owner:\n", "        weight: {type: number}\n        owner:\n"),
        ("required: [id, kind, made_at]", "required: [id, kind]"),
        ("    Failure:\n      type: object\n      properties:\n", "    Failure:\n      type: object\n      properties:\n        code: {type: integer}\n"),
    )  # fmt: skip
    report = Report(changes(tmp_path, SPEC, new), [])
    assert report.text().splitlines() == [
        "Changed for callers:",
        "  BREAKS Thing.made_at: changed field is optional now (create_thing, list_things, upload_file)",
        "         Failure.code: added field, optional (create_thing, delete_thing, list_things and 1 more)",
        "         Thing.weight: added field, optional (create_thing, list_things, upload_file)",
        "1 of 3 changes break callers.",
    ]


def test_a_harmless_report_says_so(tmp_path: Path) -> None:
    new = changed(("x-retry: safe", "x-retry: never"))
    assert Report(changes(tmp_path, SPEC, new), []).text().endswith("No change breaks callers.")


def test_reports_without_changes() -> None:
    assert Report([], []).text() == "Nothing changed for callers."
    assert Report(None, []).text() == "There is no earlier contract to compare with."
    assert json.loads(Report(None, []).json()) == {
        "changes": None,
        "breaking": 0,
        "without_wrapper_method": [],
        "advice": [],
    }


def test_the_report_for_programs(tmp_path: Path) -> None:
    new = changed(("x-retry: safe", "x-retry: never"), ("required: [id, kind, made_at]", "required: [id, kind]"))
    data = json.loads(Report(changes(tmp_path, SPEC, new), []).json())
    assert data["breaking"] == 1
    assert data["changes"][1] == {
        "kind": "changed",
        "subject": "list_things",
        "description": "retry class from safe to never",
        "breaks": False,
        "operations": [],
    }


def test_operations_without_a_method_are_named(tmp_path: Path) -> None:
    wrapper = tmp_path / "wrapper" / "synapse_backend" / "_async"
    wrapper.mkdir(parents=True)
    (wrapper / "things.py").write_text(
        "class AsyncThingsClientMixin:\n"
        "    async def list_things(self): ...\n"
        "    def upload_file(self): ...\n"
        "    x = 1\n"
        "class Other:\n"
        "    async def create_thing(self): ...\n"
        "async def delete_thing(): ...\n"
    )
    (wrapper / "unfinished.py").write_text("class AsyncOtherClientMixin:\n    async def create_thing(self:\n")
    report = Report([], missing_methods(contract(tmp_path), wrapper))
    assert report.text().splitlines()[1:] == [
        "No wrapper method yet:",
        "  create_thing: write it in AsyncThingsClientMixin, wrapper/synapse_backend/_async/things.py",
        "  delete_thing: write it in AsyncThingsClientMixin, wrapper/synapse_backend/_async/things.py",
    ]
    assert json.loads(report.json())["without_wrapper_method"] == ["create_thing", "delete_thing"]
