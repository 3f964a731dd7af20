"""Both type checkers accept the documented uses and reject the mistakes, line by line."""

from __future__ import annotations

import ast
import inspect
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import synapse_backend
from synapse_backend import AsyncBackendClient, BackendClient
from tests.support.spec import PROJECT

FOLDER = PROJECT / "tests" / "type_usage"
FILES = sorted(FOLDER.glob("*.py"))
MARK = "# expect-error"

Line = tuple[str, int]
"""Name of a file and number of a line."""
Checker = Callable[[Path], dict[Line, str]]


def expected() -> set[Line]:
    """Return the lines that say that they hold a mistake."""
    return {
        (path.name, number)
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.endswith(MARK)
    }


def mypy(folder: Path) -> dict[Line, str]:
    """Return what mypy says to each line, with the settings of the project."""
    command = [sys.executable, "-m", "mypy", "--output=json", *map(str, FILES)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    found = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return {(Path(one["file"]).name, one["line"]): one["message"] for one in found if one["severity"] == "error"}


def pyright(folder: Path) -> dict[Line, str]:
    """Return what pyright says to each line of the files that the project leaves out, with its settings for the others.

    The others hold no mistake, or `scripts/check pyright` fails.
    """
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pyright"]
    assert settings["include"] == [str(FOLDER.relative_to(PROJECT))]
    left_out = [PROJECT / path for path in settings.pop("exclude")]
    settings["include"] = ["."]
    settings["extraPaths"] = [str(PROJECT / path) for path in settings["extraPaths"]]
    # Paths are relative to the file with the settings, so both go to a folder of their own.
    for path in left_out:
        shutil.copy(path, folder)
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(folder)]
    environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(left_out)
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1): one["message"]
        for one in report["generalDiagnostics"]
        if one["severity"] in ("error", "warning")
    }


@pytest.mark.parametrize("checker", [mypy, pyright], ids=lambda checker: checker.__name__)
def test_documented_uses_pass_and_mistakes_do_not(checker: Checker, tmp_path: Path) -> None:
    said, marked = checker(tmp_path), expected()
    wrong = [f"{name}:{line}: {checker.__name__} says {said[name, line]}" for name, line in sorted(set(said) - marked)]
    wrong += [f"{name}:{line}: {checker.__name__} finds no mistake" for name, line in sorted(marked - set(said))]
    assert wrong == [], "\n".join(wrong)


def test_there_are_mistakes_to_find() -> None:
    assert {name for name, _ in expected()} == {"rejected.py"}
    assert len(expected()) > 50


def attributes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "synapse_backend":
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(
    ("client", "file"),
    [(BackendClient, "sync_usage.py"), (AsyncBackendClient, "async_usage.py")],
    ids=["sync", "async"],
)
def test_every_public_member_is_used(client: type, file: str) -> None:
    members = {name for name, _ in inspect.getmembers_static(client) if not name.startswith("_")}
    assert members - set(attributes(FOLDER / file)) == set()


def test_every_exported_name_is_used() -> None:
    used = {name for path in FILES for name in attributes(path)}
    assert set(synapse_backend.__all__) - used == set()
