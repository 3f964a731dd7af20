"""The contract, read from `openapi.yaml` without any code of the project: what an answer and a request must look like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

PROJECT = Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete", "patch")

Node: TypeAlias = Any
"""A part of the document, as YAML gives it."""

_DOCUMENT = "urn:contract"


class Spec:
    """An OpenAPI document."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document: Node = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        self._registry: Registry[Any] = Registry().with_resource(_DOCUMENT, DRAFT202012.create_resource(self.document))

    @cached_property
    def operations(self) -> dict[str, SpecOperation]:
        """All operations by their operationId, in the order of the document."""
        found = (
            SpecOperation(self, path, method, node)
            for path, item in self.document["paths"].items()
            for method, node in item.items()
            if method in METHODS
        )
        return {operation.id: operation for operation in found}

    @property
    def credential_headers(self) -> list[str]:
        """Names of the headers that carry tokens, and the tenant."""
        return [scheme["name"] for scheme in self.document["components"]["securitySchemes"].values()]

    def resolve(self, node: Node) -> Node:
        """Return what a reference points to, or the node itself."""
        while isinstance(node, Mapping) and "$ref" in node:
            target = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def problems(self, schema: Node, value: object, where: str, *, formats: bool = True) -> list[str]:
        """Return what is wrong with a value, one line for each."""
        # References inside a schema lead into the document, so the schema is validated as if it stood there.
        rooted = {"$id": _DOCUMENT + ":part", **_absolute(schema)}
        checker = oas31_format_checker if formats else None
        validator = OAS31Validator(rooted, registry=self._registry, format_checker=checker)
        return [
            f"{where}{error.json_path.removeprefix('$')}: {error.message}" for error in validator.iter_errors(value)
        ]

    def example(self, schema: Node) -> Any:
        """Return a small value that the schema accepts: what is required, and null where that is allowed."""
        schema = self.resolve(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self.example(schema[key][0])
        if "examples" in schema:
            return schema["examples"][0]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        if isinstance(kind, list):
            return None if "null" in kind else self.example({**schema, "type": kind[0]})
        if kind == "object":
            return {name: self.example(schema["properties"][name]) for name in schema.get("required", ())}
        if kind == "array":
            return [self.example(schema["items"])]
        text = {
            "date-time": "2025-09-03T09:00:00Z",
            "date": "2025-09-03",
            "uuid": "3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8",
        }
        plain = {"integer": 1, "number": 0.5, "boolean": True, "null": None}
        return text.get(schema.get("format", ""), "text") if kind == "string" else plain[kind]


@dataclass(frozen=True)
class SpecOperation:
    """An operation of the document."""

    spec: Spec
    path: str
    verb: str
    node: Node

    @property
    def id(self) -> str:
        """The operationId."""
        return str(self.node["operationId"])

    @property
    def method(self) -> str:
        """The verb as it goes over the wire."""
        return self.verb.upper()

    @property
    def tag(self) -> str:
        """The tag, which names the mixin."""
        return str(self.node["tags"][0])

    @property
    def statuses(self) -> list[str]:
        """The documented statuses; `5XX` stands for a hundred of them."""
        return [str(status) for status in self.node["responses"]]

    @property
    def successes(self) -> list[int]:
        """The documented statuses of a success."""
        return [int(status) for status in self.statuses if status.startswith("2")]

    def parameters(self, location: str) -> dict[str, Node]:
        """Return the parameters that stand in `path`, `query` or `header`, by name."""
        item = self.spec.document["paths"][self.path]
        nodes = [self.spec.resolve(node) for node in [*item.get("parameters", ()), *self.node.get("parameters", ())]]
        return {node["name"]: node for node in nodes if node["in"] == location}

    def match(self, path: str) -> dict[str, str] | None:
        """Return the decoded path parameters of a request's path, or None if it is another path."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern, path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}

    @property
    def bodies(self) -> dict[str, Node]:
        """Schemas of the request body by media type; empty if the operation has no body."""
        content = self.spec.resolve(self.node.get("requestBody", {})).get("content", {})
        return {media_type: node["schema"] for media_type, node in content.items()}

    @property
    def answer_type(self) -> str:
        """Media type of a success."""
        responses = {str(name): node for name, node in self.node["responses"].items()}
        return str(next(iter(self.spec.resolve(responses[str(self.successes[0])])["content"])))

    @property
    def is_stream(self) -> bool:
        """Whether a success is a stream of events."""
        return self.answer_type == "text/event-stream"

    def answer_schema(self, status: int) -> Node:
        """Return the schema of the JSON that comes with a status; of one event where it is a stream of them."""
        responses = {str(name): node for name, node in self.node["responses"].items()}
        node = self.spec.resolve(responses.get(str(status), responses.get(f"{status // 100}XX")))
        content = node["content"]
        return (
            content["application/json"]["schema"]
            if "application/json" in content
            else content[self.answer_type]["x-event"]
        )

    def answers(self, status: int) -> Iterator[Any]:
        """Yield a small valid body for each form that the answer may have."""
        schema = self.spec.resolve(self.answer_schema(status))
        for form in schema.get("oneOf", [schema]):
            yield self.spec.example(form)

    def decode(self, schema: Node, text: str) -> object:
        """Return the value that a text in a path, query or form stands for; the text itself where it is none."""
        schema = self.spec.resolve(schema)
        forms = [self.spec.resolve(form) for form in schema.get("oneOf", [schema])]
        kinds = {form.get("type") for form in forms}
        if "integer" in kinds and re.fullmatch(r"-?\d+", text):
            return int(text)
        if "boolean" in kinds and text in ("true", "false"):
            return text == "true"
        if "number" in kinds and re.fullmatch(r"-?\d+(\.\d+)?", text):
            return float(text)
        if kinds & {"object", "array"}:
            return json.loads(text)
        return text


def _absolute(node: Node) -> Node:
    if isinstance(node, Mapping):
        return {
            key: f"{_DOCUMENT}{value}" if key == "$ref" and isinstance(value, str) else _absolute(value)
            for key, value in node.items()
        }
    return [_absolute(item) for item in node] if isinstance(node, list) else node


SPEC = Spec(PROJECT / "openapi.yaml")
