"""What the contract says about an operation, in the terms of the operation table and the TypedDicts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from regeneration.contract import Contract, Node, OperationNode, ref_name
from regeneration.document import JsonObject

MULTIPART = "multipart/form-data"
OCTETS = "application/octet-stream"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Shape:
    """A named schema, or an array of it."""

    schema: str
    is_array: bool = False


@dataclass(frozen=True)
class Success:
    """The decoded answer of a success, as a type expression over the names of the schemas."""

    shapes: tuple[Shape, ...]
    """What the answer can be; of a list operation what an item can be, of a stream what an event can be."""
    is_list_operation: bool = False
    is_stream: bool = False

    def type_expression(self, prefix: str) -> str:
        """Return the annotation; an answer without a body is `None`."""
        return type_expression(self.shapes, prefix) or "None"


def type_expression(shapes: Iterable[Shape], prefix: str) -> str:
    """Return the annotation of a value that has one of the shapes."""
    names = ((shape, f"{prefix}{shape.schema}") for shape in shapes)
    return " | ".join(f"list[{name}]" if shape.is_array else name for shape, name in names)


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


def header_names(contract: Contract, operation: OperationNode) -> tuple[str, ...]:
    """Return the names of the header parameters in the order of the contract."""
    return tuple(node.data["name"] for node in contract.parameters(operation) if node.data.get("in") == "header")


def bodies(contract: Contract, operation: OperationNode) -> dict[str, Node]:
    """Return the media types of the request body, by name in the order of the contract."""
    body = contract.request_body(operation)
    return {} if body is None else dict(contract.media_types(body))


def binary_parts(contract: Contract, operation: OperationNode) -> tuple[str, ...]:
    """Return the properties of a multipart body that are files."""
    media = bodies(contract, operation).get(MULTIPART)
    if media is None:
        return ()
    schema = contract.follow(media.pointer, media.data.get("schema")).data
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
    found: dict[Shape, None] = {}
    page = stream = False
    for status, response in contract.responses(operation):
        if not status.startswith("2"):
            continue
        for name, media in contract.media_types(response):
            is_stream = name == EVENT_STREAM
            stream = stream or is_stream
            schema = media.data.get("x-event" if is_stream else "schema")
            for branch in branches(schema):
                item = _page_item(contract, branch)
                page = page or item is not None
                shape = shape_of(branch) if item is None else Shape(item)
                if shape is not None:
                    found[shape] = None
    # What is an item of a page on one branch is an item of an array on another.
    shapes = dict.fromkeys(Shape(shape.schema) for shape in found) if page else found
    return Success(tuple(shapes), is_list_operation=page, is_stream=stream)


def shape_of(schema: object) -> Shape | None:
    """Return the named schema that a schema refers to, alone or as an array; None when there is no name."""
    is_array = isinstance(schema, dict) and schema.get("type") == "array"
    name = ref_name(schema["items"] if isinstance(schema, dict) and is_array and "items" in schema else schema)
    return None if name is None else Shape(name, is_array)


def branches(schema: object) -> list[JsonObject]:
    """Return what a schema lets one choose from, or the schema itself."""
    if not isinstance(schema, dict):
        return []
    choices: list[JsonObject] = schema.get("oneOf") or [schema]
    return choices


def _page_item(contract: Contract, schema: JsonObject) -> str | None:
    properties = contract.follow((), schema).data.get("properties", {})
    if not isinstance(properties, dict) or "count" not in properties or "results" not in properties:
        return None
    return ref_name(properties["results"].get("items"))
