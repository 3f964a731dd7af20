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
    return [
        MissingMethod(
            operation.id,
            f"{wrapper.parent.parent.name}/{wrapper.parent.name}/{wrapper.name}/{operation.tag}.py",
            f"Async{pascal_case(operation.tag)}ClientMixin",
        )
        for operation in contract.operations()
        if operation.id not in methods
    ]


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
