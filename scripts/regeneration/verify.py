"""Proves that the new tree works before it replaces the old one: it imports, it type-checks, nothing is missing."""

import os
import subprocess
import sys
from pathlib import Path

from regeneration.contract import Contract
from regeneration.errors import RegenerationError

_IMPORT = """\
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
if "httpx" in sys.modules:
    sys.exit("the package imports httpx before a client is made")
for name in ("dicts", "operations"):
    importlib.import_module(f"{sys.argv[1]}.{name}")
    if "httpx" in sys.modules:
        sys.exit(f"{sys.argv[1]}.{name} imports httpx")
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(module.name)
models = importlib.import_module(f"{sys.argv[1]}.models")
for holder in (package, models):
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
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "MYPYPATH": ""}
    # The paths are relative, because mypy trusts its cache for those only.
    types = _start([sys.executable, "-m", "mypy", *_mypy_options(cache), package.name], tree, environment)
    imports = _start([sys.executable, "-W", "error", "-c", _IMPORT, package.name], tree, environment)
    for what, process in (("cannot be imported", imports), ("does not type-check", types)):
        output, _ = process.communicate()
        if process.returncode:
            types.kill()
            raise RegenerationError(f"The generated package {what}:\n{output.strip()}")


def _mypy_options(cache: Path) -> list[str]:
    return ["--strict", "--config-file=", "--python-version=3.11", f"--cache-dir={cache}", "--no-error-summary"]


def _start(command: list[str], tree: Path, environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
