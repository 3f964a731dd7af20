"""Rules for responses. Their headers are allowed: they are documentation for the transport and the mock backend."""

import re
from collections.abc import Iterator

from regeneration.contract import Contract, Node, OperationNode
from regeneration.lint.rule import Problem, Rule
from regeneration.shapes import EVENT_STREAM, branches, shape_of

_JSON = re.compile(r"application/(json|[\w.-]+\+json)")


def success_status(contract: Contract) -> Iterator[Problem]:
    """The transport must know which statuses are a success."""
    for operation in contract.operations():
        statuses = [status for status, _ in contract.responses(operation)]
        if "2XX" in statuses:
            pointer = (*operation.pointer, "responses", "2XX")
            yield Problem(pointer, f"{operation.id} has a range for successes", "write the exact statuses")
        elif not any(status.startswith("2") for status in statuses):
            pointer = (*operation.pointer, "responses")
            yield Problem(
                pointer, f"{operation.id} has no success", "write the status from 200 to 299 that it answers with"
            )


def default_response(contract: Contract) -> Iterator[Problem]:
    """With a default, generated functions parse every unknown answer as JSON, also an HTML page of a proxy."""
    for operation in contract.operations():
        if any(status == "default" for status, _ in contract.responses(operation)):
            pointer = (*operation.pointer, "responses", "default")
            yield Problem(pointer, f"{operation.id} has a default response", "write the statuses, `5XX` among them")


def documented_errors(contract: Contract) -> Iterator[Problem]:
    """Every call can lack a credential and every server can fail; contract tests go by the documented statuses."""
    for operation in contract.operations():
        statuses = {status for status, _ in contract.responses(operation)}
        for needed in ("401", "5XX"):
            if needed not in statuses:
                pointer = (*operation.pointer, "responses")
                yield Problem(pointer, f"{operation.id} does not document {needed}", f"add a response {needed!r}")


def response_media_type(contract: Contract) -> Iterator[Problem]:
    """Answers are decoded as JSON; the generator drops most other media types."""
    for operation, status, response in _responses(contract):
        for name, media in contract.media_types(response):
            if not _JSON.fullmatch(name) and not (name == EVENT_STREAM and status.startswith("2")):
                message = f"{operation.id} answers {status} with {name!r}"
                instead = f"write `application/json`, `{EVENT_STREAM}` for a success, or no `content` at all"
                yield Problem(media.pointer, message, instead)
            elif "schema" not in media.data:
                yield Problem(media.pointer, f"the answer {status} of {operation.id} has no schema", "add one")


def event_schema(contract: Contract) -> Iterator[Problem]:
    """OpenAPI types a stream as the text that it is; `x-event` is the schema of the JSON in each `data:` frame."""
    for operation, status, response in _responses(contract):
        for name, media in contract.media_types(response):
            event = media.data.get("x-event")
            if name != EVENT_STREAM:
                if event is not None:
                    message = f"the answer {status} of {operation.id} is no stream of events"
                    yield Problem((*media.pointer, "x-event"), message, f"remove it, or write `{EVENT_STREAM}`")
                continue
            if not isinstance(event, dict):
                message = f"the stream of {operation.id} does not say what its events are"
                yield Problem(media.pointer, message, "write their schema in `x-event`")
            schema = media.data.get("schema")
            if schema is not None and schema.get("type") != "string":
                message = f"the stream of {operation.id} is no text"
                yield Problem((*media.pointer, "schema"), message, "write `type: string`, and the events in `x-event`")


def success_schema(contract: Contract) -> Iterator[Problem]:
    """The answer of a success is typed by a named schema, an array of one, or a choice between these."""
    instead = "write a `$ref` to `#/components/schemas/`, an array of it, or a `oneOf` of these"
    for operation, status, response in _responses(contract):
        if not status.startswith("2"):
            continue
        for name, media in contract.media_types(response):
            key = "x-event" if name == EVENT_STREAM else "schema"
            if not all(map(shape_of, branches(media.data.get(key)))):
                pointer = (*media.pointer, key)
                yield Problem(pointer, f"the answer {status} of {operation.id} has no named schema", instead)


def success_union(contract: Contract) -> Iterator[Problem]:
    """A choice between array and object is fine for a list, where the items are the same."""
    for operation in contract.operations():
        shapes = set()
        for status, response in contract.responses(operation):
            if status.startswith("2"):
                shapes |= {
                    EVENT_STREAM if name == EVENT_STREAM else str((media.data.get("schema") or {}).get("type", "named"))
                    for name, media in contract.media_types(response)
                } or {"nothing"}
        if len(shapes) > 1:
            pointer = (*operation.pointer, "responses")
            message = f"the successes of {operation.id} differ in shape ({', '.join(sorted(shapes))})"
            yield Problem(pointer, message, "give them all the same schema")


def _responses(contract: Contract) -> Iterator[tuple[OperationNode, str, Node]]:
    for operation in contract.operations():
        for status, response in contract.responses(operation):
            yield operation, status, response


RULES: tuple[Rule, ...] = (
    success_status,
    default_response,
    documented_errors,
    response_media_type,
    event_schema,
    success_schema,
    success_union,
)
