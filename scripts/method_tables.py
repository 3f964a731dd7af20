"""Writes the tables of the client's methods, in docs/methods.md and in both READMEs, from the methods themselves.

`python scripts/method_tables.py` writes them, `--check` only says whether they are up to date.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synapse_backend import BackendClient

ROOT = Path(__file__).resolve().parent.parent
_MARKED = r"(?<=<!-- methods: written by scripts/method_tables.py -->\n\n).*?(?=\n\n<!-- end of methods -->)"

Methods = dict[str, dict[str, Callable[..., Any]]]
"""The methods of each mixin, both in the order of the alphabet and of the source."""


def methods() -> Methods:
    """Return the public methods of the client that call the backend, by the mixin that has them."""
    found: Methods = {}
    for mixin in reversed(BackendClient.__mro__):
        functions: dict[str, Callable[..., Any]] = {
            name: value for name, value in vars(mixin).items() if inspect.isfunction(value) and not name.startswith("_")
        }
        if mixin.__name__.endswith("ClientMixin") and functions:
            found[mixin.__module__.rpartition(".")[2]] = functions
    return dict(sorted(found.items()))


def overview(found: Methods) -> str:
    """Return the names of all methods, one line for each mixin."""
    lines = ["| | |", "|---|---|"]
    for tag, functions in found.items():
        names = " ".join(f"`{name}`" for name in functions if not name.startswith("iter_"))
        lines.append(f"| {tag} | {names} |")
    return "\n".join(lines)


def reference(found: Methods) -> str:
    """Return what each method takes, returns, does and sends, one table for each mixin."""
    parts = []
    for tag, functions in found.items():
        lines = [f"## {tag}", "", "| method | returns | | sends |", "|---|---|---|---|"]
        lines += [row(name, function) for name, function in functions.items()]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def row(name: str, function: Callable[..., Any]) -> str:
    """Return the row of a method."""
    signature = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name not in ("self", "options")
    ]
    # A star with nothing after it is no signature.
    shown = str(inspect.Signature(parameters)).removesuffix(", *)")
    returned = str(signature.return_annotation).replace("dicts.", "").replace(" | ", " or ")
    documentation = (inspect.getdoc(function) or "").splitlines()
    summary, route = documentation[0], documentation[-1].replace("``", "`")
    return f"| `{name}{shown}` | `{returned}` | {summary} | {route} |"


def updated(document: str, tables: str) -> str:
    """Return a document with the tables of today."""
    text, count = re.subn(_MARKED, lambda _match: tables, document, flags=re.DOTALL)
    if count != 1:
        raise ValueError("the marks around the tables are missing")
    return text


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the tables, or check them."""
    found = methods()
    tables = {
        root / "README.md": overview(found),
        root / "README.ko.md": overview(found),
        root / "docs" / "methods.md": reference(found),
    }
    status = 0
    for path, text in tables.items():
        old = path.read_text(encoding="utf-8")
        new = updated(old, text)
        if old == new:
            continue
        if arguments == ["--check"]:
            print(f"{path.relative_to(root)} is out of date; run: scripts/fix", file=sys.stderr)
            status = 1
        else:
            path.write_text(new, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
