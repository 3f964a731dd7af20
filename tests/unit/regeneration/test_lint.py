"""Each rule finds what it is there for, on the right line, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from regeneration.lint import FIRST, RULES, lint, rule_name
from tests.unit.regeneration.specs import PROJECT, SPEC, changed, contract


class Case(NamedTuple):
    """A piece of the contract is replaced, and a rule names the line with the marker."""

    rule: str
    old: str
    new: str
    marker: str
    says: str = ""


GET = "      operationId: list_things\n"
FLAG = "        - name: flag\n          in: query\n          schema: {type: boolean}\n"
ADD_SCHEMA = "  schemas:\n    Failure:\n"
GONE = "          description: It is gone.\n"
UPLOAD_BODY = "            schema:\n              $ref: '#/components/schemas/FileUpload'\n"


def schema(text: str) -> tuple[str, str]:
    """Return the replacement that adds a named schema."""
    return ADD_SCHEMA, f"  schemas:\n{text}    Failure:\n"


def parameter(text: str) -> tuple[str, str]:
    """Return the replacement that puts another parameter in the place of `flag`."""
    return FLAG, text


def transfer(
    name: str,
    *,
    summary: str = "summary: A file., ",
    method: str = "get",
    success: str = "[200]",
    retry: str = "safe",
    more: str = "",
) -> tuple[str, str]:
    """Return the replacement that adds a transfer."""
    text = f"{{{summary}method: {method}, success: {success}, x-retry: {retry}{more}}}"
    return "components:\n", f"x-transfers:\n  {name}:\n    {text}\ncomponents:\n"


CASES = [
    # operations
    Case("operation-id", GET, "", "    get:", "GET /things/ has no operationId"),
    Case("operation-id", "operationId: list_things", "operationId: listThings", "listThings", "write 'list_things'"),
    Case("operation-id", "operationId: list_things", "operationId: list", "operationId: list", "a name of Python"),
    Case("operation-id", "operationId: list_things", "operationId: yield", "operationId: yield", "a name of Python"),
    Case("operation-id-unique", "operationId: delete_thing", "operationId: create_thing", "<second>", "line 36"),
    Case("one-tag", f"{GET}      tags: [things]\n", GET, "    get:", "0 tags"),
    Case("one-tag", f"{GET}      tags: [things]\n", f"{GET}      tags: [things, a]\n", "things, a]", "2 tags"),
    Case("one-tag", f"{GET}      tags: [things]\n", f"{GET}      tags: [Big Things]\n", "Big Things", "no name of a module"),
    Case("one-tag", f"{GET}      tags: [things]\n", f"{GET}      tags: [class]\n", "[class]", "no name of a module"),
    Case("one-tag", f"{GET}      tags: [things]\n", f"{GET}      tags: [other]\n", "[other]", "is not described"),
    Case("retry-class", "      x-retry: safe\n", "", "    get:", "list_things has no x-retry"),
    Case("retry-class", "x-retry: safe", "x-retry: maybe", "x-retry: maybe", "'maybe' does not exist"),
    Case("trailing-slash", "  /things/{pk}/:", "  /things/{pk}:", "  /things/{pk}:", "write '/things/{pk}/'"),
    Case("path-item", "    delete:\n      operationId: delete_thing", "    trace:\n      operationId: delete_thing", "    trace:"),
    Case("path-item", "  /things/{pk}/:\n", "  /things/{pk}/:\n    servers: []\n", "servers: []"),
    Case("path-item", "  /things/{pk}/:\n", "  /things/{pk}/:\n    $ref: '#/components/pathItems/X'\n", "pathItems/X"),
    Case("operation-servers", GET, f"{GET}      servers: []\n", "servers: []"),
    Case("callbacks", GET, f"{GET}      callbacks: {{}}\n", "callbacks: {}"),
    Case("callbacks", "components:\n", "webhooks: {a: {}}\ncomponents:\n", "webhooks"),
    Case("callbacks", "          description: It is gone.\n", "          description: It is gone.\n          links: {}\n", "links: {}"),
    Case("extension-names", GET, f"{GET}      x-rety: safe\n", "x-rety", "'x-rety' is not known"),
    Case("extension-names", "x-on-request: parts\n", "x-on-request: parts\n          x-on-requst: parts\n", "x-on-requst"),
    Case("operations-exist", "  /things/{pk}/file/:\n", "  /nothing/: {}\n  /things/{pk}/file/:\n", "/nothing/"),
    # parameters
    Case(
        "parameter-content",
        *parameter("        - name: flag\n          in: query\n          content: {application/json: {}}\n"),
        "application/json: {}",
    ),
    Case(
        "parameter-style",
        *parameter("        - name: flag\n          in: query\n          explode: false\n          schema: {type: array, items: {type: string}}\n"),
        "explode",
        "joined by commas",
    ),
    Case(
        "parameter-style",
        *parameter("        - name: flag\n          in: query\n          style: pipeDelimited\n          schema: {type: string}\n"),
        "pipeDelimited",
        "which means 'form'",
    ),
    Case(
        "parameter-style",
        *parameter("        - name: flag\n          in: query\n          style: deepObject\n          schema: {type: string}\n"),
        "deepObject",
        "filter[status]",
    ),
    Case(
        "parameter-style",
        *parameter("        - name: flag\n          in: query\n          allowReserved: true\n          schema: {type: string}\n"),
        "allowReserved",
    ),
    Case(
        "cookie-parameter",
        *parameter("        - name: flag\n          in: cookie\n          schema: {type: string}\n"),
        "in: cookie",
    ),
    Case(
        "parameter-type",
        *parameter("        - name: flag\n          in: query\n          schema: {type: object}\n"),
        "schema: {type: object}",
    ),
    Case(
        "parameter-type",
        *parameter("        - name: flag\n          in: header\n          schema: {type: array, items: {type: string}}\n"),
        "schema: {type: array, items: {type: string}}",
        "an array in a header",
    ),
    Case(
        "parameter-type",
        *parameter("        - name: flag\n          in: query\n          schema: {type: [string, 'null']}\n"),
        "schema: {type: [string, 'null']}\n      responses:",
        "null",
    ),
    Case(
        "parameter-name",
        *parameter("        - name: body\n          in: query\n          schema: {type: string}\n"),
        "name: body",
    ),
    Case(
        "parameter-name",
        *parameter("        - name: Since\n          in: query\n          schema: {type: string}\n"),
        "name: Since",
        "'since' and 'Since' of list_things both become 'since'",
    ),
    Case(
        "parameter-default",
        *parameter("        - name: flag\n          in: query\n          schema: {type: array, items: {}, default: [a]}\n"),
        "default: [a]",
    ),
    Case(
        "header-name",
        *parameter("        - name: Accept\n          in: header\n          schema: {type: string}\n"),
        "name: Accept",
        "the parameter 'Accept' in a header is ignored",
    ),
    # transfers
    Case("transfer-name", *transfer("downloadFile"), "  downloadFile:", "not in snake_case"),
    Case("transfer-name", *transfer("open"), "  open:", "a name of Python"),
    Case("transfer-name", *transfer("list_things"), "  list_things:", "the name of an operation"),
    Case("transfer-keys", *transfer("download", more=", path: /x/"), "path: /x/", "'path' of a transfer is not known"),
    Case("transfer-keys", *transfer("download", summary=""), "  download:", "has no `summary`"),
    Case("transfer-keys", "components:\n", "x-transfers: [download]\ncomponents:\n", "x-transfers", "no mapping"),
    Case("transfer-values", *transfer("download", method="fetch"), "method: fetch", "cannot be 'fetch'"),
    Case("transfer-values", *transfer("download", retry="maybe"), "x-retry: maybe", "cannot be 'maybe'"),
    Case("transfer-values", *transfer("download", success="[200, 404]"), "[200, 404]", "no statuses of a success"),
    Case("transfer-values", *transfer("download", success="200"), "success: 200", "no statuses of a success"),
    # bodies
    Case("request-body-required", f"        required: true\n        content:\n          multipart/form-data:\n{UPLOAD_BODY}", f"        content:\n          multipart/form-data:\n{UPLOAD_BODY}", "<body of upload_file>"),
    Case("request-media-type", f"          multipart/form-data:\n{UPLOAD_BODY}", f"          multipart/form-data:\n{UPLOAD_BODY}          application/x-www-form-urlencoded:\n{UPLOAD_BODY}", "<content of upload_file>", "2 media types"),
    Case("request-choice", f"          multipart/form-data:\n{UPLOAD_BODY}", f"          multipart/form-data:\n{UPLOAD_BODY}          application/json:\n{UPLOAD_BODY}", "<content of upload_file>", "have the same schema"),
    Case("request-choice", f"          multipart/form-data:\n{UPLOAD_BODY}", f"          multipart/form-data:\n{UPLOAD_BODY}          application/json:\n            schema: {{type: array, items: {{$ref: '#/components/schemas/Thing'}}}}\n", "          application/json:\n            schema: {type: array", "is no object"),
    Case("request-media-type", "          application/json:\n            schema:\n              $ref: '#/components/schemas/ThingCreate'\n", "          application/x-ndjson:\n            schema:\n              $ref: '#/components/schemas/ThingCreate'\n", "application/x-ndjson:", "cannot send"),
    Case("request-schema", "            schema:\n              $ref: '#/components/schemas/ThingCreate'\n", "            schema: {type: object, properties: {a: {type: string}}}\n", "properties: {a:", "no named schema"),
    Case("request-schema", "            schema:\n              $ref: '#/components/schemas/ThingCreate'\n", "            schema: {oneOf: [{$ref: '#/components/schemas/ThingCreate'}, {type: array, items: {}}]}\n", "items: {}}]", "no named schema"),
    Case("request-schema", "            schema:\n              $ref: '#/components/schemas/ThingCreate'\n", "", "          application/json:\n            example", "no named schema"),
    Case("multipart-encoding", UPLOAD_BODY, f"{UPLOAD_BODY}            encoding: {{}}\n", "encoding: {}"),
    Case("multipart-schema", "              $ref: '#/components/schemas/FileUpload'\n", "              $ref: '#/components/schemas/Level'\n", "multipart/form-data:"),
    # responses
    Case("success-status", "        '204':", "        2XX:", "2XX:", "exact statuses"),
    Case("success-status", "        '204':\n          description: It is gone.\n", "", "<responses of delete_thing>", "has no success"),
    Case("default-response", "        '204':\n", "        default:\n          $ref: '#/components/responses/Failure'\n        '204':\n", "default:"),
    Case("documented-errors", "          description: It is gone.\n        '401':\n          $ref: '#/components/responses/Failure'\n", "          description: It is gone.\n", "<responses of delete_thing>", "does not document 401"),
    Case("response-media-type", "          description: It is gone.\n", "          description: It is gone.\n          content:\n            text/csv:\n              schema:\n                $ref: '#/components/schemas/Thing'\n", "text/csv", "'text/csv'"),
    Case("response-media-type", "        application/json:\n          schema:\n            $ref: '#/components/schemas/Failure'\n", "        application/json: {}\n", "application/json: {}", "has no schema"),
    Case("response-media-type", "        application/json:\n          schema:\n            $ref: '#/components/schemas/Failure'\n", "        text/event-stream:\n          schema: {type: string}\n          x-event: {$ref: '#/components/schemas/Failure'}\n", "text/event-stream", "answers 401"),
    Case("event-schema", GONE, f"{GONE}          content: {{text/event-stream: {{schema: {{type: string}}}}}}\n", "text/event-stream", "does not say what its events are"),
    Case("event-schema", GONE, f"{GONE}          content: {{text/event-stream: {{schema: {{type: object}}, x-event: {{$ref: '#/components/schemas/Thing'}}}}}}\n", "text/event-stream", "is no text"),
    Case("event-schema", "                $ref: '#/components/schemas/ThingPage'\n", "                $ref: '#/components/schemas/ThingPage'\n              x-event: {}\n", "x-event: {}", "is no stream"),
    Case("success-schema", "                $ref: '#/components/schemas/ThingPage'\n", "                type: string\n", "<schema of list_things>", "no named schema"),
    Case("success-schema", GONE, f"{GONE}          content: {{text/event-stream: {{schema: {{type: string}}, x-event: {{type: object}}}}}}\n", "text/event-stream", "no named schema"),
    Case("success-union", GONE, f"{GONE}          content: {{text/event-stream: {{schema: {{type: string}}, x-event: {{$ref: '#/components/schemas/Thing'}}}}}}\n        '202': {{description: Later.}}\n", "<responses of delete_thing>", "differ in shape"),
    Case("success-union", "        '201':\n", "        '202':\n          description: Later.\n        '201':\n", "<responses of create_thing>", "differ in shape"),
    # references
    Case("reference-siblings", "        level:\n          $ref: '#/components/schemas/Level'\n", "        level:\n          $ref: '#/components/schemas/Level'\n          default: 1\n", "default: 1"),
    Case("schema-definitions", *schema("    Odd:\n      type: object\n      $defs: {}\n"), "$defs"),
    # schemas
    Case("boolean-schema", *schema("    Odd:\n      type: object\n      properties:\n        a: true\n"), "a: true", "write `{}`"),
    Case("boolean-schema", *schema("    Odd:\n      type: array\n      items: false\n"), "items: false", "remove it"),
    Case("array-items", *schema("    Odd:\n      type: array\n"), "    Odd:", "has no `items`"),
    Case("array-items", *schema("    Odd:\n      type: array\n      items: {}\n      prefixItems: [{}]\n"), "prefixItems"),
    Case("array-default", *schema("    Odd:\n      type: array\n      items: {}\n      default: []\n"), "default: []"),
    Case("read-only", *schema("    Odd:\n      type: object\n      properties:\n        a: {type: string, readOnly: true}\n"), "readOnly", "`readOnly` is ignored"),
    Case("nullable-keyword", *schema("    Odd:\n      type: string\n      nullable: true\n"), "nullable"),
    Case("inline-object", *schema("    Odd:\n      type: object\n      properties:\n        a: {type: object, properties: {}}\n"), "a: {type: object"),
    Case("conflicting-all-of", *schema("    Odd:\n      allOf:\n        - $ref: '#/components/schemas/Thing'\n        - {type: object, properties: {id: {type: string}}}\n"), "allOf", "'id'"),
    Case("on-request", "x-on-request: parts", "x-on-request: all", "x-on-request: all"),
    Case("on-request", "required: [id, kind, made_at]", "required: [id, kind, made_at, note]", "made_at, note]", "'note' is required"),
    Case("binary-place", *schema("    Odd:\n      type: string\n      format: binary\n"), "    Odd:"),
    # unions
    Case("discriminator", *schema("    Odd:\n      oneOf:\n        - $ref: '#/components/schemas/Thing'\n      discriminator: {propertyName: id}\n"), "discriminator"),
    Case("distinct-variants", *schema("    Odd:\n      anyOf:\n        - $ref: '#/components/schemas/Thing'\n        - $ref: '#/components/schemas/Failure'\n"), "anyOf", "has 2 objects"),
    # enumerations
    Case("enum-types", *schema("    Odd:\n      enum: [a, 1]\n"), "enum: [a, 1]", "several types"),
    Case("enum-types", *schema("    Odd:\n      enum: [1.5]\n"), "enum: [1.5]", "type float"),
    Case("enum-types", *schema("    Odd:\n      enum: []\n"), "enum: []", "no value"),
    Case("enum-names", *schema("    Odd:\n      enum: [a-b, a_b]\n"), "a-b", "'a-b' and 'a_b' both become A_B"),
    Case("enum-names", *schema("    Odd:\n      enum: [a, b]\n      x-enum-varnames: [x]\n"), "x-enum-varnames", "1 names for 2 values"),
    Case("enum-names", *schema("    Odd:\n      enum: [a, b]\n      x-enum-varnames: [x, '1']\n"), "enum: [a, b]", "is no name"),
    Case("enum-names", *schema("    Odd:\n      enum: [a]\n      x-enum-varnames: [1]\n"), "x-enum-varnames", "no list of strings"),
    Case("nullable-enum", *schema("    Odd:\n      enum: [a, null]\n"), "enum: [a, null]"),
    # names
    Case("schema-name", *schema("    odd_name: {type: string}\n"), "odd_name", "write 'OddName'"),
    Case("schema-name-unique", *schema("    THing: {type: string}\n"), "    Thing:", "'THing' and 'Thing'"),
    Case("schema-name-taken", *schema("    ListThingsParams: {type: string}\n"), "ListThingsParams", "the query parameters of list_things"),
    Case("schema-name-taken", *schema("    Upload: {type: string}\n"), "    Upload", "files to send"),
    Case("inline-name", *schema("    ThingExtra: {type: object, additionalProperties: true}\n"), "        extra:", "becomes the class 'ThingExtra'"),
    Case("property-name", *schema("    Odd:\n      type: object\n      properties:\n        a-b: {}\n        a_b: {}\n"), "a_b: {}", "both become 'a_b'"),
]  # fmt: skip

_SPECIAL = {
    "<second>": "operationId: create_thing",
    "<body of upload_file>": "      requestBody:",
    "<content of upload_file>": "        content:",
    "<responses of delete_thing>": "      responses:",
    "<responses of create_thing>": "      responses:",
    "<schema of list_things>": "              schema:",
}


def expected_line(text: str, marker: str) -> int:
    """Return the line of a marker; those in angle brackets start to search at their operation."""
    if marker not in _SPECIAL:
        return text[: text.index(marker)].count("\n") + 1
    operation = marker.strip("<>").rpartition(" ")[2]
    if operation == "second":
        return text[: text.rindex(_SPECIAL[marker])].count("\n") + 1
    start = text.index(f"operationId: {operation}\n")
    return text[: text.index(_SPECIAL[marker], start)].count("\n") + 1


def test_the_small_contract_is_clean(tmp_path: Path) -> None:
    assert lint(contract(tmp_path)) == []


def test_the_contract_of_the_project_is_clean(tmp_path: Path) -> None:
    text = (PROJECT / "openapi.yaml").read_text(encoding="utf-8")
    assert lint(contract(tmp_path, text)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.new.strip().splitlines()[-1:]}")
def test_a_rule_names_the_line(tmp_path: Path, case: Case) -> None:
    text = changed((case.old, case.new))
    findings = lint(contract(tmp_path, text))
    assert [finding.rule for finding in findings if finding.rule == case.rule] == [case.rule], findings
    finding = next(finding for finding in findings if finding.rule == case.rule)
    assert finding.line == expected_line(text, case.marker), finding
    rendered = finding.render("openapi.yaml")
    assert rendered.startswith(f"openapi.yaml:{finding.line}: [{case.rule}] ")
    assert case.says in rendered
    assert finding.instead, "a finding says how to write it instead"
    assert rendered.endswith(".")


def test_every_rule_has_a_case_and_says_why_it_exists() -> None:
    assert {rule_name(rule) for rule in RULES} == {case.rule for case in CASES}
    assert all(rule.__doc__ for rule in (*RULES, *FIRST))


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("other.yaml#/X", "other than a component"),
        ("#/components/schemas/Thing/properties/id", "other than a component"),
        ("#/$defs/X", "other than a component"),
        ("#/components/schemas/Nothing", "leads nowhere"),
        ("#/components/securitySchemes/token", "where one of `schemas` is due"),
    ],
)
def test_references_lead_to_components(tmp_path: Path, target: str, says: str) -> None:
    text = changed(("$ref: '#/components/schemas/ThingPage'", f"$ref: '{target}'"))
    (finding,) = lint(contract(tmp_path, text), FIRST)
    assert finding.rule == "reference-target"
    assert finding.line == expected_line(text, target)
    assert says in finding.message


@pytest.mark.parametrize(
    ("old", "new", "section"),
    [
        ("$ref: '#/components/parameters/Kind'", "$ref: '#/components/schemas/Kind'", "parameters"),
        ("        5XX:\n          $ref: '#/components/responses/Failure'\n  /things/{pk}/:", "        5XX:\n          $ref: '#/components/schemas/Failure'\n  /things/{pk}/:", "responses"),
        ("        Retry-After:\n          schema: {type: string}\n", "        Retry-After:\n          $ref: '#/components/schemas/Kind'\n", "headers"),
        ("    Failure:\n      description: It failed.\n", "    Other:\n      $ref: '#/components/schemas/Failure'\n    Failure:\n      description: It failed.\n", "responses"),
        ("      requestBody:\n        required: true\n        content:\n          multipart/form-data:\n            schema:\n              $ref: '#/components/schemas/FileUpload'\n", "      requestBody:\n        $ref: '#/components/schemas/FileUpload'\n", "requestBodies"),
        ("  /things/{pk}/file/:\n", "  /things/{pk}/other/:\n    $ref: '#/components/schemas/Kind'\n  /things/{pk}/file/:\n", "pathItems"),
    ],
)  # fmt: skip
def test_references_lead_into_the_right_section(tmp_path: Path, old: str, new: str, section: str) -> None:
    (finding,) = lint(contract(tmp_path, changed((old, new))), FIRST)
    assert f"one of `{section}` is due" in finding.message


def test_a_reference_that_leads_to_itself_leads_nowhere(tmp_path: Path) -> None:
    text = changed(schema("    Loop:\n      $ref: '#/components/schemas/Loop'\n"))
    assert [finding.rule for finding in lint(contract(tmp_path, text), FIRST)] == ["reference-target"]


def test_examples_are_data(tmp_path: Path) -> None:
    text = changed(("example: {name: a}", "example: {name: a, $ref: nowhere, x-unknown: 1, readOnly: true}"))
    assert lint(contract(tmp_path, text), FIRST) == []
    assert lint(contract(tmp_path, text)) == []


def test_properties_may_have_any_name(tmp_path: Path) -> None:
    names = ("example", "default", "x-unknown", "readOnly", "nullable", "enum", "properties", "callbacks")
    fields = "".join(f"        {name}: {{$ref: '#/components/schemas/Level'}}\n" for name in names)
    text = changed(schema(f"    Odd:\n      type: object\n      properties:\n{fields}"))
    assert lint(contract(tmp_path, text), FIRST) == []
    assert lint(contract(tmp_path, text)) == []


def test_variants_are_told_apart_by_a_const(tmp_path: Path) -> None:
    text = changed(
        schema(
            "    Circle: {type: object, required: [kind], properties: {kind: {const: circle}}}\n"
            "    Square: {type: object, required: [kind], properties: {kind: {const: square}}}\n"
            "    Shape:\n      oneOf:\n        - $ref: '#/components/schemas/Circle'\n"
            "        - $ref: '#/components/schemas/Square'\n"
        )
    )
    assert lint(contract(tmp_path, text)) == []


def test_variants_with_one_const_are_not_told_apart(tmp_path: Path) -> None:
    text = changed(
        schema(
            "    Circle: {type: object, required: [kind], properties: {kind: {const: round}}}\n"
            "    Ball: {type: object, required: [kind], properties: {kind: {const: round}}}\n"
            "    Shape:\n      oneOf:\n        - $ref: '#/components/schemas/Circle'\n"
            "        - $ref: '#/components/schemas/Ball'\n"
        )
    )
    assert [finding.rule for finding in lint(contract(tmp_path, text))] == ["distinct-variants"]


def test_a_body_of_bytes_is_a_file(tmp_path: Path) -> None:
    text = changed(
        (
            f"          multipart/form-data:\n{UPLOAD_BODY}",
            "          application/octet-stream:\n            schema: {type: string, format: binary}\n",
        ),
        ("file: {type: string, format: binary}", "file: {type: string}"),
    )
    assert lint(contract(tmp_path, text)) == []


def test_parameters_of_an_operation_override_those_of_its_path(tmp_path: Path) -> None:
    override = "      parameters: [{name: pk, in: path, required: true, schema: {type: string}}]\n"
    read = contract(
        tmp_path, changed(("      operationId: delete_thing\n", f"      operationId: delete_thing\n{override}"))
    )
    operation = next(operation for operation in read.operations() if operation.id == "delete_thing")
    assert [node.data["schema"]["type"] for node in read.parameters(operation)] == ["string"]


def test_extensions_beside_paths_are_no_paths(tmp_path: Path) -> None:
    text = changed(("  /things/{pk}/file/:", "  x-note: {get: 1}\n  /things/{pk}/file/:"))
    assert [finding.rule for finding in lint(contract(tmp_path, text))] == ["extension-names"]


def test_negative_and_odd_enumerations_have_names(tmp_path: Path) -> None:
    text = changed(schema("    Odd: {type: integer, enum: [-1, 1]}\n    Even: {type: string, enum: [1a, +b]}\n"))
    assert lint(contract(tmp_path, text)) == []


def test_a_contract_without_operations_is_refused(tmp_path: Path) -> None:
    text = SPEC[: SPEC.index("paths:")] + "paths: {}\n" + SPEC[SPEC.index("components:") :]
    rules = {finding.rule for finding in lint(contract(tmp_path, text))}
    assert "operations-exist" in rules
