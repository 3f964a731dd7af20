"""Finds operations that no method of the handwritten clients calls."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from regeneration.contract import Contract
from regeneration.shapes import pascal_case

_MIXIN = re.compile(r"Async\w*ClientMixin")


@dataclass(frozen=True)
class MissingMethod:
    """An operation without a method, and where the method belongs."""

    operation: str
    file: str
    mixin: str


def missing_methods(contract: Contract, wrapper: Path) -> list[MissingMethod]:
    """Return the operations without a method, in the order of the contract."""
    methods = _methods(wrapper)
    mixins = _mixins(contract)
    return [
        MissingMethod(
            operation.id,
            f"{wrapper.parent.parent.name}/{wrapper.parent.name}/{wrapper.name}/{operation.tag}.py",
            mixins.get(operation.tag, f"Async{pascal_case(operation.tag)}ClientMixin"),
        )
        for operation in contract.operations()
        if operation.id not in methods
    ]


def _mixins(contract: Contract) -> dict[str, str]:
    """Return the classes that carry the tags, where their descriptions name them."""
    tags = ((tag["name"], str(tag.get("description"))) for tag in contract.data.get("tags") or ())
    named = ((name, re.search(r"`(\w+ClientMixin)`", description)) for name, description in tags)
    return {name: f"Async{match[1]}" for name, match in named if match}


def _methods(wrapper: Path) -> set[str]:
    """Return the names of the methods of all mixins; a module that does not parse has none yet."""
    names: set[str] = set()
    for path in sorted(wrapper.glob("*.py")):
        try:
            module = ast.parse(path.read_bytes())
        except SyntaxError:
            continue
        for node in module.body:
            if isinstance(node, ast.ClassDef) and _MIXIN.fullmatch(node.name):
                names |= {item.name for item in node.body if isinstance(item, ast.AsyncFunctionDef | ast.FunctionDef)}
    return names
