"""Rules for single schemas."""

from collections.abc import Iterator
from typing import Any

from regeneration.contract import Contract, is_root
from regeneration.document import JsonObject, Pointer
from regeneration.lint.rule import Problem, Rule


def boolean_schema(contract: Contract) -> Iterator[Problem]:
    """The generator cannot read a contract with `true` or `false` for a schema."""
    allowed = ("additionalProperties", "unevaluatedProperties", "unevaluatedItems")
    for pointer, schema in contract.schemas():
        if isinstance(schema, bool) and pointer[-1] not in allowed:
            instead = "write `{}` for anything" if schema else "remove it"
            yield Problem(pointer, f"`{str(schema).lower()}` stands for a schema", instead)


def array_items(contract: Contract) -> Iterator[Problem]:
    """An array without items has no type."""
    for pointer, schema in _objects(contract):
        if "array" in _types(schema) and "items" not in schema:
            yield Problem(pointer, "the array has no `items`", "say what it holds; `items: {}` for anything")
        if "prefixItems" in schema:
            message = "`prefixItems` is read as a list of any of them"
            yield Problem((*pointer, "prefixItems"), message, "write an object with named properties")


def array_default(contract: Contract) -> Iterator[Problem]:
    """The generator ignores defaults of arrays."""
    for pointer, schema in _objects(contract):
        if "array" in _types(schema) and "default" in schema and pointer[:2] == ("components", "schemas"):
            yield Problem((*pointer, "default"), "the default of an array is ignored", "describe it in words")


def read_only(contract: Contract) -> Iterator[Problem]:
    """The generator ignores readOnly and writeOnly, so callers would be offered what they cannot send."""
    for pointer, schema in _objects(contract):
        for key in ("readOnly", "writeOnly"):
            if key in schema:
                instead = "write one schema for requests and another for answers"
                yield Problem((*pointer, key), f"`{key}` is ignored", instead)


def nullable_keyword(contract: Contract) -> Iterator[Problem]:
    """`nullable` belongs to OpenAPI 3.0; validators of 3.1 ignore it."""
    for pointer, schema in _objects(contract):
        if "nullable" in schema:
            yield Problem((*pointer, "nullable"), "OpenAPI 3.1 has no `nullable`", "write `type: [string, 'null']`")


def inline_object(contract: Contract) -> Iterator[Problem]:
    """An object inside another has no name of its own: its class is numbered, and renamed when another one comes."""
    for pointer, schema in _objects(contract):
        is_part = "allOf" in pointer[-2:-1]
        if "properties" in schema and not is_part and not is_root(pointer):
            message = "an object with `properties` stands inside another schema"
            yield Problem(pointer, message, "move it to `components/schemas` and write a `$ref`")


def conflicting_all_of(contract: Contract) -> Iterator[Problem]:
    """The generator cannot merge parts that give one property different types."""
    for pointer, schema in _objects(contract):
        types: dict[str, tuple[str, ...]] = {}
        for part in schema.get("allOf") or ():
            for name, raw in (contract.follow((), part).data.get("properties") or {}).items():
                kinds = tuple(sorted(_types(contract.follow((), raw).data)))
                if types.setdefault(name, kinds) != kinds:
                    message = f"parts of `allOf` give {name!r} different types"
                    yield Problem((*pointer, "allOf"), message, "write the properties into one object")


def on_request(contract: Contract) -> Iterator[Problem]:
    """What `x-on-request` names is the query parameter that asks for the property."""
    asked = [
        node.data.get("name")
        for operation in contract.operations()
        for node in contract.parameters(operation)
        if node.data.get("in") == "query"
    ]
    for pointer, schema in _objects(contract):
        if "x-on-request" in schema and schema["x-on-request"] not in asked:
            message = f"no operation has a query parameter {schema['x-on-request']!r}"
            yield Problem((*pointer, "x-on-request"), message, "write the name of one")
        for name, part in (schema.get("properties") or {}).items():
            if isinstance(part, dict) and "x-on-request" in part and name in (schema.get("required") or ()):
                message = f"{name!r} is required although it is sent only on request"
                yield Problem((*pointer, "required"), message, "remove it from `required`")


def binary_place(contract: Contract) -> Iterator[Problem]:
    """A file can only be a part of a multipart body, or the whole of a body of bytes."""
    allowed = set()
    for operation in contract.operations():
        body = contract.request_body(operation)
        for name, media in contract.media_types(body) if body else ():
            if name == "application/octet-stream":
                allowed.add((*media.pointer, "schema"))
            if name == "multipart/form-data":
                node = contract.follow((*media.pointer, "schema"), media.data.get("schema"))
                for part in node.data.get("properties") or {}:
                    allowed |= {(*node.pointer, "properties", part), (*node.pointer, "properties", part, "items")}
    for pointer, schema in _objects(contract):
        if schema.get("format") == "binary" and pointer not in allowed:
            message = "a file stands outside of a multipart body"
            yield Problem(pointer, message, "write `format: byte` for base64, or remove the format")


def _objects(contract: Contract) -> Iterator[tuple[Pointer, JsonObject]]:
    for pointer, schema in contract.schemas():
        if isinstance(schema, dict):
            yield pointer, schema


def _types(schema: JsonObject) -> set[str]:
    kinds: Any = schema.get("type", [])
    return set(kinds) if isinstance(kinds, list) else {str(kinds)}


RULES: tuple[Rule, ...] = (
    boolean_schema,
    array_items,
    array_default,
    read_only,
    nullable_keyword,
    inline_object,
    conflicting_all_of,
    on_request,
    binary_place,
)
