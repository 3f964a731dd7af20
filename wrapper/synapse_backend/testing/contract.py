"""The contract as the mock needs it: routes, parameters, and validators that are compiled at their first use."""

from __future__ import annotations

import json
import pkgutil
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema_rs

from synapse_backend.testing.messages import MASK

if TYPE_CHECKING:
    from collections.abc import Mapping

# A node of the OpenAPI document.
Node: TypeAlias = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "patch")
JSON = "application/json"
FORM = "multipart/form-data"
EVENTS = "text/event-stream"
_INTEGER = re.compile(r"-?[0-9]{1,4000}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_TRUE = frozenset({"true", "True", "TRUE", "1"})
_FALSE = frozenset({"false", "False", "FALSE", "0"})


def load_spec() -> Node:
    """The bundled contract that belongs to this version of the client."""
    text = pkgutil.get_data("synapse_api", "openapi.json")
    if text is None:
        raise FileNotFoundError("synapse_api/openapi.json is missing; scripts/regenerate writes it")
    spec: Node = json.loads(text)
    return spec


@dataclass(frozen=True, slots=True)
class WireType:
    """How a value travels as text, and what it means."""

    kinds: frozenset[str]
    format: str | None = None
    items: WireType | None = None
    lower: bool = False

    def decode(self, text: str) -> object:
        """The value of a text. What cannot be read stays text, so that validation reports it."""
        if "integer" in self.kinds and _INTEGER.fullmatch(text):
            return int(text)
        if "number" in self.kinds and _NUMBER.fullmatch(text):
            return float(text)
        if "boolean" in self.kinds and (text in _TRUE or text in _FALSE):
            return text in _TRUE
        if self.format == "date-time":
            return _decode_moment(text)
        if "string" not in self.kinds and self.kinds & {"object", "array"}:
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return text
        return text.lower() if self.lower else text

    def decode_all(self, texts: list[str]) -> object:
        """The value of a parameter that came with these texts, at least one. Arrays repeat the name or use commas."""
        if self.items is None:
            return self.decode(texts[-1])
        return [self.items.decode(item) for text in texts for item in text.split(",")]


def _decode_moment(text: str) -> str:
    """The same moment in the notation of the contract: servers also read it without an offset or time, as UTC."""
    if not _MOMENT.fullmatch(text) or re.search(r"[Zz]|[+-]\d\d:\d\d$", text[10:]):
        return text
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in the path, the query or a header field."""

    name: str
    required: bool
    schema: Node
    type: WireType


@dataclass
class BodyContract:
    """One form that the body of a request may have.

    Attributes:
        media_type: Its media type.
        schema: What it must be.
    """

    contract: Contract = field(repr=False)
    media_type: str
    schema: Node

    @cached_property
    def validator(self) -> jsonschema_rs.Validator:
        """Validates the decoded body."""
        return self.contract.compile(self.schema)

    @cached_property
    def parts(self) -> dict[str, WireType]:
        """How the known parts of a multipart body travel."""
        properties: dict[str, Node] = self.contract.resolve(self.schema).get("properties", {})
        return {name: self.contract.wire_type(part) for name, part in properties.items()}


@dataclass
class OperationContract:
    """What the contract says of one operation.

    Attributes:
        id: The operationId.
        method: The verb, in capitals.
        path: The path template.
        tag: The tag, which names the module of the rule.
        path_parameters: By name, in the order of the path.
        query_parameters: By name.
        header_parameters: By name.
        bodies: The forms of the request body by media type; empty when there is none.
        body_required: Whether the body must be there.
        secured: Whether a credential is needed.
        responses: By status, as the document has them.
    """

    contract: Contract = field(repr=False)
    id: str
    method: str
    path: str
    tag: str
    path_parameters: dict[str, Parameter]
    query_parameters: dict[str, Parameter]
    header_parameters: dict[str, Parameter]
    bodies: dict[str, BodyContract]
    body_required: bool
    secured: bool
    responses: dict[str, Node]
    _response_validators: dict[int, jsonschema_rs.Validator | None] = field(default_factory=dict, repr=False)

    @cached_property
    def path_validator(self) -> jsonschema_rs.Validator:
        """Validates the decoded path parameters, an object by name."""
        return self.contract.compile(_object_schema(self.path_parameters))

    @cached_property
    def query_validator(self) -> jsonschema_rs.Validator:
        """Validates the decoded query parameters, an object by name."""
        return self.contract.compile(_object_schema(self.query_parameters))

    @cached_property
    def header_validator(self) -> jsonschema_rs.Validator:
        """Validates the decoded header parameters, an object by name."""
        return self.contract.compile(_object_schema(self.header_parameters))

    @cached_property
    def event_validator(self) -> jsonschema_rs.Validator | None:
        """Validates the JSON of one event; None when no answer is a stream of events."""
        for answer in self.responses.values():
            if EVENTS in answer.get("content", {}):
                return self.contract.compile(answer["content"][EVENTS]["x-event"])
        return None

    def response_validator(self, status: int) -> jsonschema_rs.Validator | None:
        """Validates the body of an answer; None when the contract knows no JSON body for the status."""
        if status not in self._response_validators:
            node = self.responses.get(str(status)) or self.responses.get(f"{status // 100}XX")
            content: dict[str, Node] = {} if node is None else node.get("content", {JSON: {}})
            schema: Node | None = content[JSON].get("schema", {}) if JSON in content else None
            self._response_validators[status] = None if schema is None else self.contract.compile(schema)
        return self._response_validators[status]


def _object_schema(parameters: Mapping[str, Parameter]) -> Node:
    return {
        "type": "object",
        "properties": {parameter.name: parameter.schema for parameter in parameters.values()},
        "required": [parameter.name for parameter in parameters.values() if parameter.required],
    }


@dataclass(slots=True)
class _Branch:
    """One node of the tree of path segments."""

    literal: dict[str, _Branch] = field(default_factory=dict)
    variable: _Branch | None = None
    operations: dict[str, OperationContract] = field(default_factory=dict)


class Contract:
    """The operations of an OpenAPI document.

    Args:
        spec: The document, 3.1; references point into itself.
    """

    def __init__(self, spec: Node) -> None:
        self.spec = spec
        self._components: Node = spec.get("components", {})
        self._component_validators: dict[str, jsonschema_rs.Validator] = {}
        self._root = _Branch()
        self.operations: dict[str, OperationContract] = {}
        for path, item in spec["paths"].items():
            for method in METHODS:
                if method in item:
                    self._add(path, method, item)
        schemes = self._components.get("securitySchemes", {})
        names = [name for requirement in spec.get("security", ()) for name in requirement]
        self.credential_headers: tuple[str, ...] = tuple(
            schemes[name]["name"] for name in names if schemes[name].get("in") == "header"
        )
        self.agent_header: str | None = schemes.get("agentToken", {}).get("name")
        self.tenant_header: str | None = schemes.get("tenant", {}).get("name")

    def _add(self, path: str, method: str, item: Node) -> None:
        node: Node = item[method]
        parameters: dict[str, dict[str, Parameter]] = {"path": {}, "query": {}, "header": {}}
        for reference in [*item.get("parameters", ()), *node.get("parameters", ())]:
            raw = self.resolve(reference)
            parameter = self._parameter(raw)
            parameters.setdefault(raw["in"], {})[parameter.name] = parameter
        body = self.resolve(node.get("requestBody", {}))
        content: dict[str, Node] = body.get("content", {})
        operation = OperationContract(
            contract=self,
            id=node["operationId"],
            method=method.upper(),
            path=path,
            tag=next(iter(node.get("tags", ())), "default"),
            path_parameters=parameters["path"],
            query_parameters=parameters["query"],
            header_parameters=parameters["header"],
            bodies={name: BodyContract(self, name, form.get("schema", {})) for name, form in content.items()},
            body_required=body.get("required", False),
            secured=bool(node.get("security", self.spec.get("security", ()))),
            responses={str(status): self.resolve(answer) for status, answer in node["responses"].items()},
        )
        self.operations[operation.id] = operation
        branch = self._root
        for segment in path.split("/"):
            if segment.startswith("{"):
                branch.variable = branch.variable or _Branch()
                branch = branch.variable
            else:
                branch = branch.literal.setdefault(segment, _Branch())
        branch.operations[operation.method] = operation

    def route(self, segments: list[str]) -> tuple[dict[str, OperationContract], list[str]] | None:
        """The operations of a path by verb, and the values of its variable segments; None for an unknown path."""
        values: list[str] = []
        branch: _Branch | None = self._root
        for segment in segments:
            assert branch is not None  # noqa: S101  # the loop ends below when there is none
            following = branch.literal.get(segment)
            if following is None:
                following = branch.variable
                values.append(segment)
            if following is None:
                return None
            branch = following
        assert branch is not None  # noqa: S101
        return (branch.operations, values) if branch.operations else None

    def resolve(self, node: Node) -> Node:
        """The node that a reference points to, or the node itself."""
        while "$ref" in node:
            target: Node = self.spec
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key]
            node = target
        return node

    def compile(self, schema: Node) -> jsonschema_rs.Validator:
        """A validator for a schema of this document. Its messages hide values: they may be secrets, or whole pages."""
        return jsonschema_rs.Draft202012Validator(
            {**schema, "components": self._components}, validate_formats=True, mask=MASK
        )

    def component(self, name: str) -> jsonschema_rs.Validator:
        """The validator of a component schema."""
        validator = self._component_validators.get(name)
        if validator is None:
            validator = self._component_validators[name] = self.compile({"$ref": f"#/components/schemas/{name}"})
        return validator

    def _parameter(self, node: Node) -> Parameter:
        schema: Node = node.get("schema", {})
        wire_type = self.wire_type(schema, lower=node.get("x-case-insensitive", False))
        return Parameter(node["name"], node.get("required", False), schema, wire_type)

    def wire_type(self, schema: Node, *, lower: bool = False) -> WireType:
        """How values of a schema travel as text."""
        schema = self.resolve(schema)
        branches = [self.resolve(branch) for branch in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ()))]
        kinds: set[str] = set()
        formats: list[str] = []
        for branch in branches:
            declared = branch.get("type", ())
            kinds.update([declared] if isinstance(declared, str) else declared)
            formats.extend([branch["format"]] if "format" in branch else [])
        items = self.wire_type(schema["items"], lower=lower) if "items" in schema else None
        return WireType(frozenset(kinds), next(iter(formats), None), items, lower)


@cache
def bundled() -> Contract:
    """The contract that belongs to this version of the client. Nothing changes it, so all mocks of a process share it."""
    return Contract(load_spec())
