"""Proves that the new tree works before it replaces the old one: it imports, it type-checks, nothing is missing."""

import sys
from pathlib import Path

from regeneration.contract import Contract
from regeneration.errors import RegenerationError
from regeneration.processes import running, start

_MYPY_OPTIONS = ("--strict", "--config-file=", "--python-version=3.11", "--no-error-summary")
# Runs in a fresh interpreter, with the name of the package.
_IMPORT = """\
import importlib, pkgutil, sys

def load(name):
    try:
        return importlib.import_module(name)
    except BaseException as exc:
        sys.exit(f"{name}: {type(exc).__name__}: {exc}")

root = sys.argv[1]
package = load(root)
for name in (root, f"{root}.dicts", f"{root}.operations"):
    load(name)
    if "httpx" in sys.modules:
        sys.exit(f"{name} imports httpx")
for module in pkgutil.walk_packages(package.__path__, f"{root}.", onerror=load):
    load(module.name)
for holder in (package, load(f"{root}.models")):
    for name in getattr(holder, "__all__", ()):
        getattr(holder, name)
"""


def check_operations(contract: Contract, package: Path) -> None:
    """Compare the operations that were written with those of the contract.

    Raises:
        RegenerationError: The generator dropped or invented one.
    """
    expected = {f"{operation.tag}/{operation.id}.py" for operation in contract.operations()}
    api = package / "api"
    written = {path.relative_to(api).as_posix() for path in api.glob("*/*.py") if path.name != "__init__.py"}
    if expected != written:
        missing = ", ".join(sorted(expected - written)) or "nothing"
        extra = ", ".join(sorted(written - expected)) or "nothing"
        raise RegenerationError(
            f"The generated operations are not those of the contract: missing {missing}, extra {extra}."
        )


def check_tree(package: Path, cache: Path) -> None:
    """Import all modules in a fresh interpreter and type-check them, both at once.

    Raises:
        RegenerationError: The package does not import or does not type-check.
    """
    tree = package.parent
    environment = {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "MYPYPATH": ""}
    # The paths are relative, because mypy trusts its cache for those only.
    type_check = [sys.executable, "-m", "mypy", *_MYPY_OPTIONS, f"--cache-dir={cache}", package.name]
    imports = [sys.executable, "-W", "error", "-c", _IMPORT, package.name]
    with (
        running(start(type_check, tree, environment)) as checking,
        running(start(imports, tree, environment)) as importing,
    ):
        for what, process in (("cannot be imported", importing), ("does not type-check", checking)):
            output, _ = process.communicate()
            if process.returncode:
                raise RegenerationError(f"The generated package {what}:\n{output.strip()}")
