"""Where in an answer the contract has something that a fault can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_backend.testing.contract import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synapse_backend.testing.contract import Node, OperationContract
    from synapse_backend.testing.messages import JsonObject


def _schema(operation: OperationContract) -> Node:
    """The schema of the first success that has a body."""
    successes = [answer for status, answer in operation.responses.items() if status.startswith("2")]
    contents: list[Node] = [answer.get("content", {}).get(JSON, {}) for answer in successes]
    schema: Node = next((content["schema"] for content in contents if "schema" in content), {})
    return operation.contract.resolve(schema)


def item_schema(operation: OperationContract) -> Node:
    """The schema of the object that is answered, or of the items of the list."""
    resolve = operation.contract.resolve
    schema = _schema(operation)
    schema = resolve(next(iter(schema.get("oneOf", ())), schema))
    schema = resolve(schema.get("properties", {}).get("results", schema))
    return resolve(schema.get("items", schema))


def is_paged(operation: OperationContract) -> bool:
    """Whether the operation answers pages with links."""
    names: dict[str, Node] = _schema(operation).get("properties", {})
    return {"results", "next", "count"} <= names.keys()


def properties(operation: OperationContract, wanted: Callable[[Node], bool]) -> list[str]:
    """Names of the properties of the answered object whose schema is wanted."""
    found: dict[str, Node] = item_schema(operation).get("properties", {})
    return [name for name, schema in found.items() if wanted(operation.contract.resolve(schema))]


def items(value: object) -> Iterator[JsonObject]:
    """The objects that an answer holds: itself, or its items. They may be changed in place."""
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        value = value["results"]
    found = value if isinstance(value, list) else [value]
    yield from (item for item in found if isinstance(item, dict))


def kinds(schema: Node) -> set[str]:
    """The JSON types of a schema."""
    declared = schema.get("type", ())
    return {declared} if isinstance(declared, str) else set(declared)
