"""Gives a name to the bodies and answers that are written where they are used.

TypedDicts and models are classes, and a class needs a name that callers can write. One that follows from the operation
is better than none, and the contract may be written either way.
"""

from regeneration.contract import Contract
from regeneration.document import JsonObject
from regeneration.shapes import EVENT_STREAM, OCTETS, pascal_case


def name_schemas(contract: Contract) -> None:
    """Move unnamed schemas of bodies and successes to the named ones, and leave references in their place."""
    for operation in contract.operations():
        name = pascal_case(operation.id)
        body = contract.request_body(operation)
        if body is not None:
            for media_type, media in contract.media_types(body):
                if media_type != OCTETS:
                    _name(contract, f"{name}Body", media.data, "schema")
        for status, response in contract.responses(operation):
            if status.startswith("2"):
                for media_type, media in contract.media_types(response):
                    if media_type == EVENT_STREAM:
                        _name(contract, f"{name}Event", media.data, "x-event")
                    else:
                        _name(contract, f"{name}Response", media.data, "schema")


def _name(contract: Contract, name: str, holder: JsonObject, key: str) -> None:
    schema = holder.get(key)
    if not isinstance(schema, dict):
        return
    if "oneOf" in schema:
        schema["oneOf"] = [_named_or_array(contract, name, branch) for branch in schema["oneOf"]]
    else:
        holder[key] = _named_or_array(contract, name, schema)


def _named_or_array(contract: Contract, name: str, schema: JsonObject) -> JsonObject:
    if schema.get("type") == "array" and "items" in schema:
        return {**schema, "items": _named(contract, f"{name}Item", schema["items"])}
    return _named(contract, name, schema)


def _named(contract: Contract, name: str, schema: JsonObject) -> JsonObject:
    if "$ref" in schema:
        return schema
    schemas = contract.data.setdefault("components", {}).setdefault("schemas", {})
    free, number = name, 1
    while free in schemas and schemas[free] != schema:
        number += 1
        free = f"{name}{number}"
    schemas[free] = schema
    return {"$ref": f"#/components/schemas/{free}"}
