"""Rules for request bodies."""

from collections.abc import Iterator

from regeneration.contract import Contract, Node, OperationNode
from regeneration.lint.rule import Problem, Rule
from regeneration.shapes import MULTIPART, OCTETS, branches, shape_of

_JSON = "application/json"
_SUPPORTED = (_JSON, MULTIPART, "application/x-www-form-urlencoded", OCTETS)


def request_body_required(contract: Contract) -> Iterator[Problem]:
    """Generated functions fail when an optional body is left out."""
    for _, body in _bodies(contract):
        if body.data.get("required") is not True:
            yield Problem(body.pointer, "the request body is optional", "write `required: true`")


def request_media_type(contract: Contract) -> Iterator[Problem]:
    """The generator drops bodies of media types that it does not know; the client chooses between a form and JSON."""
    for operation, body in _bodies(contract):
        names = [name for name, _ in contract.media_types(body)]
        if len(names) != 1 and set(names) != {_JSON, MULTIPART}:
            pointer = (*body.pointer, "content") if names else body.pointer
            message = f"the body of {operation.id} has {len(names)} media types"
            yield Problem(pointer, message, f"write exactly one, or both {MULTIPART} and {_JSON}")
        for name in names:
            if name not in _SUPPORTED and not name.endswith("+json"):
                pointer = (*body.pointer, "content", name)
                message = f"the generator cannot send {name!r}"
                yield Problem(pointer, message, f"write one of {', '.join(_SUPPORTED)}")


def request_choice(contract: Contract) -> Iterator[Problem]:
    """The generated function takes one argument for both media types and sends by its class."""
    for operation, body in _bodies(contract):
        media_types = dict(contract.media_types(body))
        schemas = [media.data.get("schema") for media in media_types.values()]
        if len(schemas) < 2:
            continue
        if schemas[0] == schemas[1]:
            message = f"both media types of {operation.id} have the same schema"
            yield Problem((*body.pointer, "content"), message, "write a schema of its own for each")
        for media in media_types.values():
            schema = contract.follow((), media.data.get("schema")).data
            if schema.get("type") != "object":
                message = f"a body of {operation.id} is no object, although there are two media types"
                yield Problem(media.pointer, message, "write an object for each media type")


def request_schema(contract: Contract) -> Iterator[Problem]:
    """Only a named schema has a TypedDict that callers can use."""
    for operation, body in _bodies(contract):
        for name, media in contract.media_types(body):
            schema = media.data.get("schema")
            if name != OCTETS and not all(map(shape_of, branches(schema) or [{}])):
                message = f"the body of {operation.id} has no named schema"
                instead = "write a `$ref` to `#/components/schemas/`, an array of it, or a `oneOf` of these"
                yield Problem((*media.pointer, "schema") if schema is not None else media.pointer, message, instead)


def multipart_encoding(contract: Contract) -> Iterator[Problem]:
    """The generator does not look at `encoding`."""
    for _, body in _bodies(contract):
        for _, media in contract.media_types(body):
            if "encoding" in media.data:
                yield Problem((*media.pointer, "encoding"), "`encoding` is ignored", "describe it in words")


def multipart_schema(contract: Contract) -> Iterator[Problem]:
    """The parts of a multipart body are its properties, so there must be some."""
    for operation, body in _bodies(contract):
        for name, media in contract.media_types(body):
            schema = contract.follow(media.pointer, media.data.get("schema"))
            if name == MULTIPART and not schema.data.get("properties"):
                message = f"the multipart body of {operation.id} has no `properties`"
                yield Problem(media.pointer, message, "write an object with a property for each part")


def _bodies(contract: Contract) -> Iterator[tuple[OperationNode, Node]]:
    for operation in contract.operations():
        body = contract.request_body(operation)
        if body is not None:
            yield operation, body


RULES: tuple[Rule, ...] = (
    request_body_required,
    request_media_type,
    request_choice,
    request_schema,
    multipart_encoding,
    multipart_schema,
)
