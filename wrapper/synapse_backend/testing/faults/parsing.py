"""Faults as text, for commands, and as JSON, for other languages."""

from __future__ import annotations

import ast
import re
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from synapse_backend.testing.checks import known
from synapse_backend.testing.faults.armed import Armed
from synapse_backend.testing.faults.registry import KINDS
from synapse_backend.testing.faults.target import ANY, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from synapse_backend.testing.faults.armed import Faults
    from synapse_backend.testing.faults.base import Fault

_SELECTOR = re.compile(r"\s*(nth|times|probability)\s*=\s*([^:]*):")
_EXAMPLE = "create_plugin:nth=2:commit_then_reset"
_KEYS = ("operation", "fault", "arguments", "sequence", "nth", "times", "probability")


def build(name: object, arguments: Mapping[str, object], positional: Sequence[object] = ()) -> Fault:
    """A fault by its name.

    Raises:
        ValueError: There is no such fault or argument, or one is missing or makes no sense.
    """
    known("fault", name, KINDS)
    kind = KINDS[str(name)]
    names = [item.name for item in fields(kind)]
    if len(positional) > len(names):
        raise ValueError(f"{name} takes {len(names)} arguments, not {len(positional)}")
    given = {**dict(zip(names, positional, strict=False)), **arguments}
    for argument in given:
        if argument not in names:
            raise ValueError(f"{name} has no argument {argument!r:.50}; it has {', '.join(names) or 'none'}")
    missing = [item.name for item in fields(kind) if item.default is MISSING and item.name not in given]
    if missing:
        raise ValueError(f"{name} needs {' and '.join(missing)}")
    return kind(**given)


def from_json(faults: Faults, value: object) -> Armed:
    """Prepare what a JSON object describes.

    Raises:
        ValueError: It cannot be armed.
    """
    if not isinstance(value, dict):
        raise ValueError(f"a fault is an object with the keys {', '.join(_KEYS)}")  # noqa: TRY004  # bad input, not a wrong call
    for key in value:
        known("key", key, _KEYS)
    if ("fault" in value) == ("sequence" in value):
        raise ValueError("a fault needs either the key fault or the key sequence")
    steps = value.get("sequence", [value])
    if not isinstance(steps, list):
        raise ValueError("sequence must be a list")  # noqa: TRY004
    selectors = {key: value[key] for key in ("nth", "times", "probability") if key in value}
    return _prepare(faults, value.get("operation", ANY), selectors, [_step(step) for step in steps])


def _step(value: object) -> Fault | None:
    if value is None:
        return None
    arguments = value.get("arguments", {}) if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(arguments, dict):
        raise ValueError("a step is null or an object with the keys fault and arguments")  # noqa: TRY004
    return build(value.get("fault"), arguments)


def from_text(faults: Faults, text: str) -> Armed:
    """Prepare what a text like `create_plugin:nth=2:commit_then_reset` or `get_job:status(503, retry_after=1)` describes.

    Raises:
        ValueError: It cannot be armed.
    """
    operation, colon, rest = text.partition(":")
    if not colon:
        raise ValueError(f"a fault is written like {_EXAMPLE}, not {text!r:.80}")
    selectors: dict[str, object] = {}
    while (match := _SELECTOR.match(rest)) is not None:
        selectors[match[1]] = _literal(match[2])
        rest = rest[match.end() :]
    try:
        expression = ast.parse(rest.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"a fault is written like {_EXAMPLE}, not {text!r:.80}") from None
    nodes = expression.elts if isinstance(expression, ast.Tuple) else [expression]
    return _prepare(faults, operation.strip(), selectors, [_expression(node) for node in nodes])


def _literal(text: str) -> object:
    try:
        value: object = ast.literal_eval(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    return value


def _expression(node: ast.expr) -> Fault | None:
    match node:
        case ast.Constant(value=None):
            return None
        case ast.Name(id=name):
            return build(name, {})
        case ast.Call(func=ast.Name(id=name), args=positional, keywords=keywords):
            named = {keyword.arg or "**": _value(keyword.value) for keyword in keywords}
            return build(name, named, [_value(argument) for argument in positional])
    raise ValueError(f"a fault is written like status(503) or reset, not {ast.unparse(node)!r:.80}")


def _value(node: ast.expr) -> object:
    # A word without quotes is text, because shells take quotes away.
    return node.id if isinstance(node, ast.Name) else _literal(ast.unparse(node))


def _prepare(
    faults: Faults, operation: object, selectors: Mapping[str, object], steps: Sequence[Fault | None]
) -> Armed:
    faults.require(operation, faults.operations)
    return faults.prepare(Target.of(str(operation), **selectors), *steps)  # type: ignore[arg-type]  # it checks them
