"""Walks the contract: operations, parameters, bodies, schemas, and where each of them stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from regeneration.document import Document, JsonObject, Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# Where a schema holds further schemas: one, a list of them, or a mapping of them.
_ONE = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
)
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")

# Where a parameter, header or media type holds a schema; `x-event` is that of the events of a stream.
_HELD = ("schema", "x-event")


@dataclass(frozen=True)
class Node:
    """A part of the contract and where it stands, after following references."""

    pointer: Pointer
    data: JsonObject


@dataclass(frozen=True)
class OperationNode(Node):
    """An operation of the contract."""

    method: str
    path: str

    @property
    def id(self) -> str:
        """The operationId, or the route while there is none."""
        return str(self.data.get("operationId", f"{self.method.upper()} {self.path}"))

    @property
    def tag(self) -> str:
        """The only tag."""
        return str(self.data["tags"][0])


@dataclass(frozen=True)
class TransferNode(Node):
    """A request to a URL that the backend hands out, such as the download of a file."""

    name: str


class Contract:
    """Looks things up in a contract.

    Everything here copes with contracts that break a rule of the linter, because the linter uses it.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = document.data
        self.advice: list[str] = []
        """What could be written better, a line each."""

    def follow(self, pointer: Pointer, data: object) -> Node:
        """Return what a reference leads to, or the thing itself; an unresolvable reference is an empty object."""
        seen = set()
        while isinstance(data, dict) and isinstance(data.get("$ref"), str):
            ref = data["$ref"]
            if ref in seen or not ref.startswith("#/"):
                return Node(pointer, {})
            seen.add(ref)
            pointer = tuple(part.replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/"))
            data = self.data
            for part in pointer:
                data = data.get(part) if isinstance(data, dict) else None
        return Node(pointer, data if isinstance(data, dict) else {})

    def path_items(self) -> Iterator[tuple[str, JsonObject]]:
        """Yield path and path item, without extensions."""
        for path, item in _items(self.data.get("paths")):
            if path.startswith("/") and isinstance(item, dict):
                yield path, item

    def operations(self) -> Iterator[OperationNode]:
        """Yield the operations in the order of the contract."""
        for path, item in self.path_items():
            for method, operation in item.items():
                if method in METHODS and isinstance(operation, dict):
                    yield OperationNode(("paths", path, method), operation, method, path)

    def transfers(self) -> Iterator[TransferNode]:
        """Yield the transfers in the order of the contract."""
        for name, transfer in _items(self.data.get("x-transfers")):
            yield TransferNode(("x-transfers", name), transfer if isinstance(transfer, dict) else {}, name)

    def parameters(self, operation: OperationNode) -> Iterator[Node]:
        """Yield the parameters of an operation, those of its path item last unless they are overridden."""
        seen = set()
        item_pointer = operation.pointer[:-1]
        item = self.data["paths"][operation.path]
        for pointer, holder in ((operation.pointer, operation.data), (item_pointer, item)):
            for index, raw in enumerate(holder.get("parameters") or ()):
                node = self.follow((*pointer, "parameters", index), raw)
                key = (node.data.get("name"), node.data.get("in"))
                if key not in seen:
                    seen.add(key)
                    yield node

    def request_body(self, operation: OperationNode) -> Node | None:
        """Return the request body of an operation."""
        raw = operation.data.get("requestBody")
        return None if raw is None else self.follow((*operation.pointer, "requestBody"), raw)

    def responses(self, operation: OperationNode) -> Iterator[tuple[str, Node]]:
        """Yield status and response, in the order of the contract."""
        pointer = (*operation.pointer, "responses")
        for status, raw in _items(operation.data.get("responses")):
            yield status, self.follow((*pointer, status), raw)

    def media_types(self, holder: Node) -> Iterator[tuple[str, Node]]:
        """Yield the media types of a request body or response."""
        for name, raw in _items(holder.data.get("content")):
            yield name, Node((*holder.pointer, "content", name), raw if isinstance(raw, dict) else {})

    def component_schemas(self) -> dict[str, JsonObject]:
        """Return the named schemas."""
        schemas: dict[str, JsonObject] = self.data.get("components", {}).get("schemas", {})
        return schemas

    def root_schemas(self) -> Iterator[tuple[Pointer, Any]]:
        """Yield the outermost schemas: named ones, and those of parameters, headers and media types."""
        for name, schema in _items(self.data.get("components", {}).get("schemas")):
            yield ("components", "schemas", name), schema
        for pointer, holder in self.schema_holders():
            for key in _HELD:
                if key in holder:
                    yield (*pointer, key), holder[key]

    def schemas(self) -> Iterator[tuple[Pointer, Any]]:
        """Yield every schema that is written in the contract, outermost first; booleans are schemas, too."""
        for pointer, schema in self.root_schemas():
            yield from subschemas(pointer, schema)

    def schema_holders(self, pointer: Pointer = (), data: object = None) -> Iterator[tuple[Pointer, JsonObject]]:
        """Yield parameters, headers and media types: what has a `schema`."""
        data = data if pointer else self.data
        if pointer[:2] == ("components", "schemas") or pointer[-1:] in (("example",), ("examples",)):
            return
        if isinstance(data, dict):
            if "schema" in data:
                yield pointer, data
            for key, value in data.items():
                if key not in _HELD:
                    yield from self.schema_holders((*pointer, key), value)
        elif isinstance(data, list):
            for index, value in enumerate(data):
                yield from self.schema_holders((*pointer, index), value)

    def references(self) -> Iterator[tuple[Pointer, Any]]:
        """Yield every `$ref` that is one, and not part of an example."""
        for pointer in self.document.lines:
            if pointer[-1:] == ("$ref",) and not is_data(pointer):
                value: Any = self.data
                for part in pointer:
                    value = value[part]
                yield pointer, value


# Keys whose values are data of the API, and keys whose values are names chosen by the author.
_DATA = ("const", "default", "enum", "example", "examples", "value")
_NAMES = ("properties", "patternProperties", "dependentSchemas", "$defs")


def is_data(pointer: Pointer) -> bool:
    """Say whether a pointer leads into an example, a default or the like, where keys mean nothing to OpenAPI."""
    return any(part in _DATA and not is_name(pointer[: index + 1]) for index, part in enumerate(pointer[:-1]))


def is_root(pointer: Pointer) -> bool:
    """Say whether a pointer leads to a named schema."""
    return len(pointer) == 3 and pointer[:2] == ("components", "schemas")


def is_name(pointer: Pointer) -> bool:
    """Say whether the last part of a pointer was chosen by the author, such as the name of a property."""
    if len(pointer) == 3 and pointer[0] == "components":
        return True
    names = 0
    while pointer[-2 - names : -1 - names] in {(name,) for name in _NAMES}:
        names += 1
    return names % 2 == 1


def subschemas(pointer: Pointer, schema: object) -> Iterator[tuple[Pointer, Any]]:
    """Yield a schema and every schema written inside it."""
    yield pointer, schema
    if not isinstance(schema, dict):
        return
    for key in _ONE:
        if key in schema:
            yield from subschemas((*pointer, key), schema[key])
    for key in _MANY:
        for index, part in enumerate(schema.get(key) or ()):
            yield from subschemas((*pointer, key, index), part)
    for key in _NAMED:
        for name, part in _items(schema.get(key)):
            yield from subschemas((*pointer, key, name), part)


def ref_name(schema: object) -> str | None:
    """Return the name of the component that a schema refers to."""
    ref = schema.get("$ref") if isinstance(schema, dict) else None
    return ref.rpartition("/")[2] if isinstance(ref, str) else None


def _items(data: object) -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        yield from data.items()
