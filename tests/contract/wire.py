"""Compares a request, as it left the wire, with the contract and with what the caller meant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.contract.calls import Example, Upload
from tests.support.recorder import Recorded
from tests.support.spec import Node, SpecOperation


def problems(operation: SpecOperation, request: Recorded, example: Example, tokens: Mapping[str, str]) -> list[str]:
    """Return everything about a request that is not as the contract or the example wants it, one line each."""
    found = [
        *_route_problems(operation, request, example),
        *_query_problems(operation, request, example),
        *_header_problems(operation, request, example, tokens),
        *_body_problems(operation, request, example),
    ]
    return [f"{operation.id}: {problem}" for problem in found]


def _route_problems(operation: SpecOperation, request: Recorded, example: Example) -> list[str]:
    if request.method != operation.method:
        return [f"the verb is {request.method}, not {operation.method}"]
    values = operation.match(request.path)
    if values is None:
        return [f"{request.path} is not of the form {operation.path}"]
    if list(values.values()) != [str(value) for value in example.path]:
        return [f"{values} were sent in the path, not {list(example.path)}"]
    parameters = operation.parameters("path")
    if set(parameters) != set(values):
        return [f"the parameters {sorted(parameters)} of the contract are not those of its path, {sorted(values)}"]
    return _value_problems(operation, parameters, {name: [text] for name, text in values.items()}, "path")


def _query_problems(operation: SpecOperation, request: Recorded, example: Example) -> list[str]:
    parameters = operation.parameters("query")
    sent: dict[str, list[str]] = {}
    for name, text in request.query:
        sent.setdefault(name, []).append(text)
    unknown = [f"the contract has no query parameter {name!r}" for name in sent if name not in parameters]
    required = [name for name, node in parameters.items() if node.get("required")]
    missing = [f"the required query parameter {name!r} is missing" for name in required if name not in sent]
    expected = parse_qsl(example.query, strict_parsing=bool(example.query))
    # The order of names says nothing; that of the values of one name does.
    if sorted(request.query, key=lambda pair: pair[0]) != sorted(expected, key=lambda pair: pair[0]):
        missing.append(f"the query is {request.query}, not {expected}")
    known = {name: texts for name, texts in sent.items() if name in parameters}
    return [*unknown, *missing, *_value_problems(operation, parameters, known, "query")]


def _value_problems(
    operation: SpecOperation, parameters: Mapping[str, Node], sent: Mapping[str, list[str]], where: str
) -> list[str]:
    found = []
    for name, texts in sent.items():
        schema = operation.spec.resolve(parameters[name]["schema"])
        value: object
        if schema.get("type") == "array":
            value = [operation.decode(schema["items"], text) for text in texts]
        elif len(texts) > 1:
            found.append(f"{where} {name} was sent {len(texts)} times")
            continue
        else:
            value = operation.decode(schema, texts[0])
        # Formats are not asserted: servers take a date-time without an offset, and the documentation sends one.
        found += operation.spec.problems(schema, value, f"{where} {name}", formats=False)
    return found


def _header_problems(
    operation: SpecOperation, request: Recorded, example: Example, tokens: Mapping[str, str]
) -> list[str]:
    found = []
    sent = [value for name in operation.spec.credential_headers for value in request.values(name)]
    if sorted(sent) != sorted(f"Token {value}" for value in tokens.values()):
        found.append(f"the headers {operation.spec.credential_headers} carry {sent}, not every token once")
    found += [
        f"{name} was sent {len(request.values(name))} times"
        for name in ("Host", "Accept", "User-Agent")
        if len(request.values(name)) != 1
    ]
    # What a failed call answers is of another type where a success is a stream.
    if [value.partition(",")[0] for value in request.values("Accept")] not in ([operation.answer_type], ["*/*"]):
        found.append(f"Accept {request.values('Accept')} does not ask for {operation.answer_type}")
    parameters = operation.parameters("header")
    values = {name: request.values(name) for name in parameters}
    found += [
        f"the header {name} was sent as {values[name]}, not as {example.headers[name]!r}"
        for name in parameters
        if values[name] != [example.headers[name]]
    ]
    found += _value_problems(operation, parameters, {name: texts for name, texts in values.items() if texts}, "header")
    framing = request.values("Content-Length") + request.values("Transfer-Encoding")
    if len(framing) != (0 if request.method == "GET" else 1):
        found.append(f"the length of the body is declared by {framing}")
    return found


def _body_problems(operation: SpecOperation, request: Recorded, example: Example) -> list[str]:
    if not operation.bodies:
        # A write without a body declares JSON all the same, as every client of the platform does.
        expected = None if request.method == "GET" else "application/json"
        found = [] if request.media_type == expected else [f"the content type is {request.media_type}, not {expected}"]
        return [*found, f"a body was sent: {request.body[:80]!r}"] if request.body else found
    media_type = _media_type(operation, example)
    schema = operation.bodies[media_type]
    if request.media_type != media_type or len(request.values("Content-Type")) != 1:
        return [f"the content type is {request.values('Content-Type')}, not {media_type}"]
    if media_type == "multipart/form-data":
        return _form_problems(operation, request, schema, _fields(example))
    value = json.loads(request.body.decode("utf-8"))
    found = operation.spec.problems(schema, value, "body")
    return found if value == example.data else [*found, f"the body is {value}, not {example.data}"]


def _media_type(operation: SpecOperation, example: Example) -> str:
    """Return how the body has to be sent: as a form when it has a file, where there is a choice."""
    has_files = any(isinstance(value, Upload) for value in _fields(example).values())
    wanted = "multipart/form-data" if has_files else "application/json"
    return wanted if wanted in operation.bodies else next(iter(operation.bodies))


def _fields(example: Example) -> Mapping[str, Any]:
    """Return the fields of a body that is an object; an array has none."""
    return example.data if isinstance(example.data, Mapping) else {}


def _form_problems(operation: SpecOperation, request: Recorded, schema: Node, data: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    properties = operation.spec.resolve(schema)["properties"]
    value: dict[str, object] = {}
    for part in request.parts:
        node = operation.spec.resolve(properties.get(part.name, {}))
        if part.name in value:
            found.append(f"the part {part.name!r} came twice")
        if node.get("format") == "binary":
            # Without a name and a content type, servers take a file for a text field.
            if not (part.filename and part.content_type):
                found.append(
                    f"the file {part.name!r} has the name {part.filename!r} and the type {part.content_type!r}"
                )
            value[part.name] = part.content.decode("latin-1")
        else:
            if part.filename is not None:
                found.append(f"the field {part.name!r} was sent as a file")
            value[part.name] = operation.decode(node, part.content.decode("utf-8"))
    expected = {name: field for name, field in data.items() if not isinstance(field, Upload)}
    fields = {name: field for name, field in value.items() if name in expected}
    if fields != expected:
        found.append(f"the form has the fields {fields}, not {expected}")
    if set(value) != set(data):
        found.append(f"the form has the parts {sorted(value)}, not {sorted(data)}")
    return found + operation.spec.problems(schema, value, "form")


def file_problems(request: Recorded, example: Example, package: Path) -> list[str]:
    """Return whether the files of a form arrived whole, under the name that they have on disk where they have one."""
    found = []
    for part in request.parts:
        form = _fields(example)[part.name]
        if not isinstance(form, Upload):
            continue
        if part.content != package.read_bytes():
            found.append(f"{len(part.content)} other bytes arrived than the {package.stat().st_size} of the file")
        if form in (Upload.OPEN_FILE, Upload.PATH, Upload.TEXT_PATH) and part.filename != package.name:
            found.append(f"the file is called {part.filename!r}, not {package.name!r}")
    return found
