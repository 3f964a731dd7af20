"""Rules for request bodies."""

from collections.abc import Iterator

from regeneration.contract import Contract, Node, OperationNode, ref_name
from regeneration.lint.rule import Problem, Rule

_SUPPORTED = (
    "application/json",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
)


def request_body_required(contract: Contract) -> Iterator[Problem]:
    """Generated functions fail when an optional body is left out."""
    for _, body in _bodies(contract):
        if body.data.get("required") is not True:
            yield Problem(body.pointer, "the request body is optional", "write `required: true`")


def request_media_type(contract: Contract) -> Iterator[Problem]:
    """The generator drops bodies of media types that it does not know; the operation table holds one."""
    for operation, body in _bodies(contract):
        names = [name for name, _ in contract.media_types(body)]
        if len(names) != 1:
            pointer = (*body.pointer, "content") if names else body.pointer
            yield Problem(pointer, f"the body of {operation.id} has {len(names)} media types", "write exactly one")
        for name in names:
            if name not in _SUPPORTED and not name.endswith("+json"):
                pointer = (*body.pointer, "content", name)
                message = f"the generator cannot send {name!r}"
                yield Problem(pointer, message, f"write one of {', '.join(_SUPPORTED)}")


def request_schema(contract: Contract) -> Iterator[Problem]:
    """Only a named schema has a TypedDict that callers can use."""
    for operation, body in _bodies(contract):
        for name, media in contract.media_types(body):
            schema = media.data.get("schema")
            if name != "application/octet-stream" and ref_name(schema) is None:
                message = f"the body of {operation.id} has no named schema"
                instead = "write a `$ref` to `#/components/schemas/`"
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
            if name == "multipart/form-data" and not schema.data.get("properties"):
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
    request_schema,
    multipart_encoding,
    multipart_schema,
)
