"""Rules for responses. Their headers are allowed: they are documentation for the transport and the mock backend."""

import re
from collections.abc import Iterator

from regeneration.contract import Contract, Node, OperationNode, ref_name
from regeneration.lint.rule import Problem, Rule

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
            if not _JSON.fullmatch(name):
                message = f"{operation.id} answers {status} with {name!r}"
                yield Problem(media.pointer, message, "write `application/json`, or no `content` at all")
            elif "schema" not in media.data:
                yield Problem(media.pointer, f"the answer {status} of {operation.id} has no schema", "add one")


def success_schema(contract: Contract) -> Iterator[Problem]:
    """The answer of a success is typed by a named schema, an array of one, or a choice between these."""
    instead = "write a `$ref` to `#/components/schemas/`, an array of it, or a `oneOf` of these"
    for operation, status, response in _responses(contract):
        if not status.startswith("2"):
            continue
        for _, media in contract.media_types(response):
            schema = media.data.get("schema")
            branches = schema.get("oneOf", [schema]) if isinstance(schema, dict) else []
            if not all(_is_named(branch) for branch in branches):
                pointer = (*media.pointer, "schema")
                yield Problem(pointer, f"the answer {status} of {operation.id} has no named schema", instead)


def success_union(contract: Contract) -> Iterator[Problem]:
    """A choice between array and object is fine for a list, where the items are the same."""
    for operation in contract.operations():
        shapes = set()
        for status, response in contract.responses(operation):
            if status.startswith("2"):
                shapes |= {
                    str((media.data.get("schema") or {}).get("type", "named"))
                    for _, media in contract.media_types(response)
                } or {"nothing"}
        if len(shapes) > 1:
            pointer = (*operation.pointer, "responses")
            message = f"the successes of {operation.id} differ in shape ({', '.join(sorted(shapes))})"
            yield Problem(pointer, message, "give them all the same schema")


def _is_named(schema: object) -> bool:
    if isinstance(schema, dict) and schema.get("type") == "array":
        schema = schema.get("items")
    return ref_name(schema) is not None


def _responses(contract: Contract) -> Iterator[tuple[OperationNode, str, Node]]:
    for operation in contract.operations():
        for status, response in contract.responses(operation):
            yield operation, status, response


RULES: tuple[Rule, ...] = (
    success_status,
    default_response,
    documented_errors,
    response_media_type,
    success_schema,
    success_union,
)
