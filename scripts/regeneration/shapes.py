"""What the contract says about an operation, in the terms of the operation table and the TypedDicts."""

import re
from dataclasses import dataclass

from regeneration.contract import Contract, Node, OperationNode, ref_name
from regeneration.document import JsonObject


@dataclass(frozen=True)
class Success:
    """The decoded answer of a success, as a type expression over the names of the schemas."""

    schemas: tuple[str, ...]
    is_array: bool = False
    is_list_operation: bool = False

    def type_expression(self, prefix: str) -> str:
        """Return the annotation; an answer without a body is `None`."""
        names = " | ".join(f"{prefix}{name}" for name in self.schemas) or "None"
        return f"list[{names}]" if self.is_array else names


def pascal_case(operation_id: str) -> str:
    """Return the name that an operation gives to what belongs to it: `get_job` becomes `GetJob`."""
    return "".join(word[:1].upper() + word[1:] for word in operation_id.split("_"))


def params_name(operation_id: str) -> str:
    """Return the name of the TypedDict with the query parameters."""
    return f"{pascal_case(operation_id)}Params"


def success_statuses(contract: Contract, operation: OperationNode) -> tuple[int, ...]:
    """Return the documented statuses from 200 to 299."""
    return tuple(
        sorted(int(status) for status, _ in contract.responses(operation) if re.fullmatch("2[0-9][0-9]", status))
    )


def error_statuses(contract: Contract, operation: OperationNode) -> tuple[str, ...]:
    """Return the other documented statuses, exact ones before ranges."""
    statuses = (status for status, _ in contract.responses(operation) if not status.startswith("2"))
    return tuple(sorted(statuses, key=lambda status: (status.endswith("XX"), status)))


def query_parameters(contract: Contract, operation: OperationNode) -> list[JsonObject]:
    """Return the query parameters in the order of the contract."""
    return [node.data for node in contract.parameters(operation) if node.data.get("in") == "query"]


def secrets(contract: Contract, operation: OperationNode) -> tuple[str, ...]:
    """Return the names of the path parameters that are secrets."""
    parameters = (node.data for node in contract.parameters(operation) if node.data.get("in") == "path")
    return tuple(
        parameter["name"]
        for parameter in parameters
        if contract.follow((), parameter["schema"]).data.get("format") == "password"
    )


def minimums(contract: Contract, operation: OperationNode) -> dict[str, int]:
    """Return the smallest values of the query parameters that have one."""
    schemas = {
        parameter["name"]: contract.follow((), parameter["schema"]).data
        for parameter in query_parameters(contract, operation)
    }
    return {name: schema["minimum"] for name, schema in schemas.items() if "minimum" in schema}


def body_media_type(contract: Contract, operation: OperationNode) -> tuple[str, Node] | None:
    """Return the only media type of the request body."""
    body = contract.request_body(operation)
    return None if body is None else next(contract.media_types(body), None)


def binary_parts(contract: Contract, operation: OperationNode) -> tuple[str, ...]:
    """Return the properties of a multipart body that are files."""
    media = body_media_type(contract, operation)
    if media is None or media[0] != "multipart/form-data":
        return ()
    schema = contract.follow(media[1].pointer, media[1].data.get("schema")).data
    return tuple(
        name
        for name, raw in schema.get("properties", {}).items()
        if is_binary(raw) or (raw.get("type") == "array" and is_binary(raw.get("items")))
    )


def is_binary(schema: object) -> bool:
    """Say whether a schema is the content of a file."""
    return isinstance(schema, dict) and schema.get("type") == "string" and schema.get("format") == "binary"


def success(contract: Contract, operation: OperationNode) -> Success:
    """Return what a success decodes to, over all its statuses.

    An operation lists when its answer is a page object (`count` and `results`), alone or as one of several shapes.
    """
    names: dict[str, None] = {}
    array = page = False
    for status, response in contract.responses(operation):
        if not status.startswith("2"):
            continue
        for _, media in contract.media_types(response):
            for schema in _branches(media.data.get("schema")):
                item = _page_item(contract, schema)
                page = page or item is not None
                if item is None and schema.get("type") == "array":
                    array = True
                    item = ref_name(schema.get("items"))
                name = item or ref_name(schema)
                if name is not None:
                    names[name] = None
    return Success(tuple(names), is_array=array and not page, is_list_operation=page)


def _branches(schema: object) -> list[JsonObject]:
    if not isinstance(schema, dict):
        return []
    branches: list[JsonObject] = schema.get("oneOf") or [schema]
    return branches


def _page_item(contract: Contract, schema: JsonObject) -> str | None:
    properties = contract.follow((), schema).data.get("properties", {})
    if not isinstance(properties, dict) or "count" not in properties or "results" not in properties:
        return None
    return ref_name(properties["results"].get("items"))
