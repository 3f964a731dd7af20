"""Compares two contracts and decides what breaks callers.

What callers send may be widened, and what they get may be narrowed; the other direction breaks them. Enumerations in
answers are open, so values may come and go there.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from regeneration.contract import Contract
from regeneration.report import facts
from regeneration.report.facts import ANSWER, REQUEST, Field, OperationFacts, SchemaFacts, TransferFacts


@dataclass(frozen=True)
class Change:
    """One difference that callers can see."""

    kind: str
    """added, removed or changed."""
    subject: str
    """An operationId, or a schema with the path of a field."""
    description: str
    breaks: bool
    operations: tuple[str, ...] = ()
    """The operations that a change of a schema reaches."""


def compare(old: Contract, new: Contract) -> list[Change]:
    """Return all changes, those that break callers first."""
    changes = [
        *_operations(facts.operations(old), facts.operations(new)),
        *_transfers(facts.transfers(old), facts.transfers(new)),
        *_schemas(facts.schemas(old), facts.schemas(new)),
    ]
    return sorted(changes, key=lambda change: not change.breaks)


def _operations(old: dict[str, OperationFacts], new: dict[str, OperationFacts]) -> Iterator[Change]:
    for name in sorted(old.keys() - new.keys()):
        yield Change("removed", name, "operation", breaks=True)
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            yield Change("added", name, f"operation, {after.route}", breaks=False)
        else:
            yield from _operation(name, before, after)


def _operation(name: str, old: OperationFacts, new: OperationFacts) -> Iterator[Change]:
    yield from _value(name, "route", old.route, new.route, breaks=False)
    yield from _value(name, "tag", old.tag, new.tag, breaks=True)
    yield from _value(name, "retry class", old.retry, new.retry, breaks=False)
    yield from _bodies(name, old.bodies, new.bodies)
    yield from _value(name, "answer", old.answer, new.answer, breaks=True)
    yield from _statuses(name, {*old.success, *old.errors}, {*new.success, *new.errors})
    for label in sorted(old.parameters.keys() - new.parameters.keys()):
        yield Change("removed", name, label, breaks=True)
    for label, after in new.parameters.items():
        before = old.parameters.get(label)
        if before is None:
            needed = "required" if after.required else "optional"
            yield Change("added", name, f"{label}, {needed}", breaks=after.required)
        else:
            yield from _field(name, label, before, after, {REQUEST}, ())


def _bodies(name: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    """Compare request bodies; a further media type breaks nobody."""
    if old and new.items() > old.items():
        for media_type in new.keys() - old.keys():
            yield Change("added", name, f"request body, {new[media_type]} as {media_type}", breaks=False)
    else:
        yield from _value(name, "request body", _show_bodies(old), _show_bodies(new), breaks=True)


def _show_bodies(bodies: dict[str, str]) -> str:
    return " or ".join(f"{shape} as {media_type}" for media_type, shape in bodies.items()) or "nothing"


def _transfers(old: dict[str, TransferFacts], new: dict[str, TransferFacts]) -> Iterator[Change]:
    for name in sorted(old.keys() - new.keys()):
        yield Change("removed", name, "transfer", breaks=True)
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            yield Change("added", name, f"transfer, {after.method}", breaks=False)
        else:
            yield from _value(name, "method", before.method, after.method, breaks=False)
            yield from _value(name, "retry class", before.retry, after.retry, breaks=False)
            yield from _statuses(name, {*before.success}, {*after.success})


def _value(name: str, what: str, before: str, after: str, *, breaks: bool) -> Iterator[Change]:
    if before != after:
        yield Change("changed", name, f"{what} from {before} to {after}", breaks)


def _statuses(name: str, old: Set[int | str], new: Set[int | str]) -> Iterator[Change]:
    for kind, statuses in (("added", new - old), ("removed", old - new)):
        for status in sorted(map(str, statuses)):
            yield Change(kind, name, f"status {status}", breaks=False)


def _schemas(old: dict[str, SchemaFacts], new: dict[str, SchemaFacts]) -> Iterator[Change]:
    for name in sorted(old.keys() - new.keys()):
        yield Change("removed", name, "schema", breaks=True, operations=_reach(old[name]))
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            yield Change("added", name, "schema", breaks=False, operations=_reach(after))
            continue
        uses = before.uses.keys() & after.uses.keys() or {REQUEST, ANSWER}
        reach = _reach(after)
        gone = before.fields.keys() - after.fields.keys()
        for path in sorted(gone):
            if not _is_inside(path, gone):
                yield Change("removed", _subject(name, path), "field", breaks=True, operations=reach)
        for path, field in after.fields.items():
            known = before.fields.get(path)
            if known is not None:
                yield from _field(_subject(name, path), "", known, field, uses, reach)
            elif not _is_inside(path, after.fields.keys() - before.fields.keys()):
                breaks = field.required and REQUEST in uses
                needed = "required" if field.required else "optional"
                yield Change("added", _subject(name, path), f"field, {needed}", breaks=breaks, operations=reach)


def _field(
    subject: str, label: str, old: Field, new: Field, uses: set[str], reach: tuple[str, ...]
) -> Iterator[Change]:
    of = f" of {label}" if label else ""
    if old.required != new.required:
        breaks = (REQUEST if new.required else ANSWER) in uses
        states = {True: "required", False: "optional"}
        yield Change("changed", subject, f"{label or 'field'} is {states[new.required]} now", breaks, reach)
    if old.types != new.types:
        breaks = (REQUEST in uses and not _covers(new.types, old.types)) or (
            ANSWER in uses and not _covers(old.types, new.types)
        )
        description = f"type{of} from {_show(old.types)} to {_show(new.types)}"
        yield Change("changed", subject, description, breaks, reach)
    if old.values and new.values:
        for value in sorted(new.values - old.values):
            yield Change("added", subject, f"value {value!r}{of}", breaks=False, operations=reach)
        for value in sorted(old.values - new.values):
            yield Change("removed", subject, f"value {value!r}{of}", breaks=REQUEST in uses, operations=reach)
    elif old.values or new.values:
        breaks = bool(new.values) and REQUEST in uses
        state = "is an enumeration now" if new.values else "is no enumeration any more"
        yield Change("changed", subject, f"{label or 'field'} {state}", breaks, reach)


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Say whether every value of the narrow types is one of the wide ones."""
    if "anything" in wide:
        return True
    widened = wide | ({"integer"} if "number" in wide else set())
    if "string" in wide:
        widened |= {kind for kind in narrow if kind.startswith("string (")}
    return narrow <= widened


def _reach(schema: SchemaFacts) -> tuple[str, ...]:
    return tuple(sorted(set().union(*schema.uses.values())))


def _is_inside(path: str, paths: set[str]) -> bool:
    """Say whether a field around this one is among the paths, so that it need not be named itself."""
    return any(path.startswith((f"{other}.", f"{other}[]")) for other in paths if other)


def _subject(name: str, path: str) -> str:
    return f"{name}.{path}" if path and not path.startswith("[") else f"{name}{path}"


def _show(types: frozenset[str]) -> str:
    return " | ".join(sorted(types, key=lambda kind: (kind == "null", kind)))
