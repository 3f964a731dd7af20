"""What callers see of a contract, flat enough to be compared."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from regeneration.contract import Contract, Node, OperationNode, ref_name, subschemas
from regeneration.document import JsonObject
from regeneration.shapes import bodies, branches, error_statuses, shape_of, success, success_statuses, type_expression

REQUEST, ANSWER = "request", "answer"


@dataclass(frozen=True)
class Field:
    """A parameter, or a property of a schema."""

    required: bool
    types: frozenset[str]
    values: frozenset[str] = frozenset()
    """The values of an enumeration."""


@dataclass(frozen=True)
class OperationFacts:
    """An operation without the fields of its schemas."""

    route: str
    tag: str
    retry: str
    bodies: dict[str, str]
    """What the request body is, by media type."""
    answer: str
    success: tuple[int, ...]
    errors: tuple[str, ...]
    parameters: dict[str, Field]
    """By place and name, as in "query parameter 'page'"."""


@dataclass(frozen=True)
class TransferFacts:
    """A request to a URL that the backend hands out."""

    method: str
    retry: str
    success: tuple[int, ...]


@dataclass(frozen=True)
class SchemaFacts:
    """A named schema."""

    fields: dict[str, Field]
    """By path, as in 'metadata.step'; the schema itself is ''."""
    uses: dict[str, set[str]] = field(default_factory=dict)
    """In what (requests, answers) it is used, and by which operations."""


def operations(contract: Contract) -> dict[str, OperationFacts]:
    """Return the facts on each operation by id."""
    return {operation.id: _operation(contract, operation) for operation in contract.operations()}


def transfers(contract: Contract) -> dict[str, TransferFacts]:
    """Return the facts on each transfer by name."""
    return {
        transfer.name: TransferFacts(
            str(transfer.data.get("method")).upper(),
            str(transfer.data.get("x-retry")),
            tuple(transfer.data.get("success") or ()),
        )
        for transfer in contract.transfers()
    }


def schemas(contract: Contract) -> dict[str, SchemaFacts]:
    """Return the facts on each named schema."""
    facts = {
        name: SchemaFacts(dict(_fields(schema, "", required=True)))
        for name, schema in contract.component_schemas().items()
    }
    for operation in contract.operations():
        for use, name in _used(contract, operation):
            if name in facts:
                facts[name].uses.setdefault(use, set()).add(operation.id)
    return facts


def _operation(contract: Contract, operation: OperationNode) -> OperationFacts:
    answer = success(contract, operation)
    shape = answer.type_expression("")
    kind = "page of " if answer.is_list_operation else "stream of " if answer.is_stream else ""
    return OperationFacts(
        route=f"{operation.method.upper()} {operation.path}",
        tag=operation.tag,
        retry=str(operation.data.get("x-retry")),
        bodies=_bodies(contract, operation),
        answer=f"{kind}{shape}",
        success=success_statuses(contract, operation),
        errors=error_statuses(contract, operation),
        parameters={
            f"{node.data['in']} parameter {node.data['name']!r}": _parameter(contract, node)
            for node in contract.parameters(operation)
        },
    )


def _bodies(contract: Contract, operation: OperationNode) -> dict[str, str]:
    media_types = bodies(contract, operation).items()
    found = {name: [shape_of(branch) for branch in branches(media.data.get("schema"))] for name, media in media_types}
    return {name: type_expression(filter(None, shapes), "") or "bytes" for name, shapes in found.items()}


def _parameter(contract: Contract, node: Node) -> Field:
    schema = node.data.get("schema", {})
    target = contract.follow((), schema).data
    types = _types(target)
    if types == {"array"}:
        items = _types(contract.follow((), target.get("items")).data)
        types = frozenset(f"array of {kind}" for kind in items)
    # The values of a named enumeration are facts of its own.
    values = schema.get("enum") or (schema.get("items") or {}).get("enum") or ()
    return Field(bool(node.data.get("required")), types, frozenset(map(str, values)))


def _fields(schema: JsonObject, path: str, *, required: bool) -> Iterator[tuple[str, Field]]:
    """Yield a schema and what is written inside it; what it refers to has facts of its own."""
    yield path, Field(required, _types(schema), frozenset(map(str, schema.get("enum") or ())))
    present = set(schema.get("required") or ())
    for name, part in (schema.get("properties") or {}).items():
        if isinstance(part, dict):
            yield from _fields(part, f"{path}.{name}" if path else name, required=name in present)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from _fields(items, f"{path}[]", required=True)
    for key in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(key) or ():
            if isinstance(part, dict):
                # A field of one variant is not in all of them.
                yield from list(_fields(part, path, required=required and key == "allOf"))[1:]


def _types(schema: JsonObject) -> frozenset[str]:
    name = ref_name(schema)
    if name is not None:
        return frozenset({name})
    variants = [part for key in ("oneOf", "anyOf") for part in schema.get(key) or () if isinstance(part, dict)]
    if variants:
        return frozenset().union(*map(_types, variants))
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    form = schema.get("format")
    found = {f"{kind} ({form})" if form and kind == "string" else str(kind) for kind in kinds}
    return frozenset(found or {"anything"})


def _used(contract: Contract, operation: OperationNode) -> Iterator[tuple[str, str]]:
    """Yield in what an operation uses which schemas, directly or through others."""
    roots: list[tuple[str, object]] = [(REQUEST, node.data.get("schema")) for node in contract.parameters(operation)]
    roots += [(REQUEST, media.data.get("schema")) for media in bodies(contract, operation).values()]
    for _, response in contract.responses(operation):
        for _, media in contract.media_types(response):
            roots += [(ANSWER, media.data.get("schema")), (ANSWER, media.data.get("x-event"))]
    for use, root in roots:
        seen: set[str] = set()
        waiting = [root]
        while waiting:
            for _, schema in subschemas((), waiting.pop()):
                name = ref_name(schema)
                if name is not None and name not in seen:
                    seen.add(name)
                    yield use, name
                    waiting.append(contract.component_schemas().get(name))
