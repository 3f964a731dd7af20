"""Validation errors in the words of Django REST framework."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synapse_backend.testing.messages import JsonObject, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import jsonschema_rs

_TYPES = {
    "string": "Not a valid string.",
    "integer": "A valid integer is required.",
    "number": "A valid number is required.",
    "boolean": "Must be a valid boolean.",
}
_FORMATS = {
    "date-time": (
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    ),
    "date": "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
    "uuid": "Must be a valid UUID.",
    "uri": "Enter a valid URL.",
    "email": "Enter a valid email address.",
}
REQUIRED = "This field is required."
BLANK = "This field may not be blank."


def problems(errors: Iterable[jsonschema_rs.ValidationError], *, depth: int | None = None) -> RequestError:
    """One 400 for all errors of a body or of a query.

    Args:
        errors: What the validator found.
        depth: How deep messages are nested; 1 puts all of them at the names at the top.
    """
    body: JsonObject = {}
    for error in [inner for outer in errors for inner in _meant(outer)]:
        path = [str(step) for step in error.instance_path[:depth]]
        kind = error.kind
        if kind.name == "required":
            path.append(kind.value)
        if not path:
            path, message = (
                ["non_field_errors"],
                f"Invalid data. Expected a dictionary, but got {_name(error.instance)}.",
            )
        else:
            message = describe(error)
        _place(body, path, message)
    return RequestError(400, body)


def _meant(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """What is wrong inside of the alternative that was meant, where one can be told: the one whose type fits."""
    if error.kind.name in ("oneOf", "anyOf"):
        for branch in error.kind.value:
            depth = len(error.instance_path)
            is_meant = all(inner.kind.name != "type" or len(inner.instance_path) > depth for inner in branch)
            if is_meant and any(len(inner.instance_path) > depth or inner.kind.name == "required" for inner in branch):
                return [found for inner in branch for found in _meant(inner)]
    return [error]


def _place(body: JsonObject, path: list[str], message: str) -> None:
    *parents, last = path
    for step in parents:
        inner: object = body.setdefault(step, {})
        if not isinstance(inner, dict):
            # A field that is wrong as a whole keeps its message; its parts no longer matter.
            return
        body = inner
    messages: object = body.setdefault(last, [])
    if isinstance(messages, list) and message not in messages:
        messages.append(message)


def describe(error: jsonschema_rs.ValidationError) -> str:
    """The message for one error."""
    kind, value = error.kind, error.instance
    match kind.name:
        case "required":
            return REQUIRED
        case "enum" | "const":
            shown = value if isinstance(value, str) else json.dumps(value)
            return f'"{shown[:100]}" is not a valid choice.'
        case "type":
            return _wrong_type(kind.value, value)
        case "pattern":
            return "This value does not match the required pattern."
        case "minLength":
            return BLANK if value == "" else f"Ensure this field has at least {kind.value} characters."
        case "maxLength":
            return f"Ensure this field has no more than {kind.value} characters."
        case "minimum":
            return f"Ensure this value is greater than or equal to {kind.value}."
        case "maximum":
            return f"Ensure this value is less than or equal to {kind.value}."
        case "format":
            return _FORMATS.get(kind.value, "Enter a valid value.")
        case "oneOf" | "anyOf":
            return _no_branch(kind.value, value)
        case _:
            return f"Not a valid value ({kind.name})."


def _wrong_type(types: list[str], value: object) -> str:
    if value is None:
        return "This field may not be null."
    if types == ["object"]:
        return f'Expected a dictionary of items but got type "{_name(value)}".'
    if types == ["array"]:
        return f'Expected a list of items but got type "{_name(value)}".'
    return _TYPES.get(types[0], "Not a valid value.")


def _no_branch(branches: list[list[jsonschema_rs.ValidationError]], value: object) -> str:
    # The branch whose type fits is the one that was meant.
    for branch in branches:
        if branch and all(error.kind.name != "type" for error in branch):
            return describe(branch[0])
    return f"Incorrect type. Expected pk value, received {_name(value)}."


def _name(value: object) -> str:
    return type(value).__name__


# The types that the configuration of a plugin names, and the Python types of the JSON values that fit.
_PARAMETER_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "float": ((int, float), _TYPES["number"]),
    "number": ((int, float), _TYPES["number"]),
    "int": ((int,), _TYPES["integer"]),
    "integer": ((int,), _TYPES["integer"]),
    "str": ((str,), _TYPES["string"]),
    "string": ((str,), _TYPES["string"]),
    "bool": ((bool,), _TYPES["boolean"]),
    "boolean": ((bool,), _TYPES["boolean"]),
}


def describe_parameter(kind: object, value: object) -> str | None:
    """The message for a parameter that is not of the type that a plugin's configuration names; None when it fits."""
    if not isinstance(kind, str) or kind not in _PARAMETER_TYPES:
        return None
    types, message = _PARAMETER_TYPES[kind]
    fits = isinstance(value, types) and (bool in types or not isinstance(value, bool))
    return None if fits else message
