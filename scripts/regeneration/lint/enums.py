"""Rules for enumerations."""

from collections.abc import Iterator
from typing import Any

from openapi_python_client.strings import snake_case

from regeneration.contract import Contract, is_root
from regeneration.document import JsonObject, Pointer
from regeneration.lint.rule import Problem, Rule


def enum_types(contract: Contract) -> Iterator[Problem]:
    """The generator drops enumerations that are not all strings or all integers."""
    for pointer, schema in _enums(contract):
        kinds = {type(value) for value in schema["enum"] if value is not None}
        if not kinds:
            yield Problem((*pointer, "enum"), "there is no value to choose", "write the values, or no `enum`")
        if len(kinds) > 1:
            yield Problem(
                (*pointer, "enum"), "the values are of several types", "write all as strings or all as integers"
            )
        elif kinds - {str, int}:
            message = f"the values are of type {kinds.pop().__name__}"
            yield Problem((*pointer, "enum"), message, "write strings or integers, or no `enum`")


def enum_names(contract: Contract) -> Iterator[Problem]:
    """Each value becomes a member of a class, and two with one name crash the generator."""
    for pointer, schema in _enums(contract):
        seen: dict[str, Any] = {}
        names = schema.get("x-enum-varnames") or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            yield Problem((*pointer, "x-enum-varnames"), "the names are no list of strings", "write one for each value")
            continue
        values = [value for value in schema["enum"] if value is not None]
        if names and len(names) != len(values):
            message = f"there are {len(names)} names for {len(values)} values"
            yield Problem((*pointer, "x-enum-varnames"), message, "write one for each value")
            continue
        for index, value in enumerate(values):
            name = snake_case(names[index]).upper() if names else _member(index, value)
            if name in seen:
                message = f"the values {seen[name]!r} and {value!r} both become {name}"
                yield Problem((*pointer, "enum"), message, "name the members in `x-enum-varnames`")
            elif not name.isidentifier():
                message = f"the value {value!r} becomes {name!r}, which is no name"
                yield Problem((*pointer, "enum"), message, "name the members in `x-enum-varnames`")
            seen.setdefault(name, value)


def nullable_enum(contract: Contract) -> Iterator[Problem]:
    """The generator makes three classes of an enumeration with null, and none has the name of the schema."""
    for pointer, schema in _enums(contract):
        if is_root(pointer) and None in schema["enum"]:
            instead = "remove null here and write `oneOf: [{$ref: …}, {type: 'null'}]` where the value can be null"
            yield Problem((*pointer, "enum"), "a named enumeration holds null", instead)


def _member(index: int, value: object) -> str:
    """Return the name that the generator gives to a value."""
    if isinstance(value, int):
        return f"VALUE_NEGATIVE_{-value}" if value < 0 else f"VALUE_{value}"
    text = str(value)
    return snake_case(text.upper()).upper() if text[:1].isalpha() else f"VALUE_{index}"


def _enums(contract: Contract) -> Iterator[tuple[Pointer, JsonObject]]:
    for pointer, schema in contract.schemas():
        if isinstance(schema, dict) and isinstance(schema.get("enum"), list):
            yield pointer, schema


RULES: tuple[Rule, ...] = (enum_types, enum_names, nullable_enum)
