"""Gives a name to the bodies and answers that are written where they are used.

TypedDicts and models are classes, and a class needs a name that callers can write. One that follows from the operation
is better than none, and the contract may be written either way.
"""

from regeneration.contract import Contract, OperationNode
from regeneration.document import JsonObject
from regeneration.shapes import pascal_case


def name_schemas(contract: Contract) -> None:
    """Move unnamed schemas of bodies and successes to the named ones, and leave references in their place."""
    for operation in contract.operations():
        body = contract.request_body(operation)
        if body is not None:
            for media_type, media in contract.media_types(body):
                if media_type != "application/octet-stream" and "schema" in media.data:
                    media.data["schema"] = _named(contract, f"{pascal_case(operation.id)}Body", media.data["schema"])
        _name_answers(contract, operation)


def _name_answers(contract: Contract, operation: OperationNode) -> None:
    name = f"{pascal_case(operation.id)}Response"
    for status, response in contract.responses(operation):
        if not status.startswith("2"):
            continue
        for _, media in contract.media_types(response):
            schema = media.data.get("schema")
            if not isinstance(schema, dict):
                continue
            if "oneOf" in schema:
                schema["oneOf"] = [_answer(contract, name, branch) for branch in schema["oneOf"]]
            else:
                media.data["schema"] = _answer(contract, name, schema)


def _answer(contract: Contract, name: str, schema: JsonObject) -> JsonObject:
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
