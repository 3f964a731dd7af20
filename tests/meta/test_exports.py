"""What `synapse_backend` exports: everything that is public, and nothing that costs time before it is used."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import synapse_backend
from synapse_backend import _errors

PACKAGE = Path(synapse_backend.__file__)

# Prints, as JSON, which modules an import brings along that are not of the standard library.
_MODULES = """\
import importlib, json, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
found = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(found - set(sys.stdlib_module_names))))
"""


def brought_along(*modules: str) -> list[str]:
    """Return the packages outside the standard library that importing these modules loads."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _MODULES, *modules], capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", synapse_backend.__all__)
def test_every_exported_name_can_be_imported(name: str) -> None:
    value = getattr(synapse_backend, name)
    assert getattr(value, "__name__", name) == name


def test_every_public_error_is_exported() -> None:
    defined = {
        name
        for name, value in vars(_errors).items()
        if inspect.isclass(value) and issubclass(value, Exception) and not name.startswith("_")
    }
    assert defined <= set(synapse_backend.__all__)
    assert all(issubclass(getattr(synapse_backend, name), synapse_backend.ClientError) for name in defined)


def named_in_signatures() -> set[str]:
    """Return every type that the constructor and the methods of a client name."""
    found: set[str] = set()
    for client in (synapse_backend.BackendClient, synapse_backend.AsyncBackendClient):
        for name, method in inspect.getmembers(client, inspect.isfunction):
            if name == "__init__" or not name.startswith("_"):
                annotations = " ".join(str(value) for value in inspect.get_annotations(method).values())
                found.update(re.findall(r"(?:\bdicts\.)?\b[A-Z]\w+", annotations))
    return found


def test_every_dict_that_a_signature_names_can_be_imported() -> None:
    dicts = {name.removeprefix("dicts.") for name in named_in_signatures() if name.startswith("dicts.")}
    assert "Job" in dicts
    assert dicts - set(dir(importlib.import_module("synapse_backend.types"))) == set()


def test_every_type_of_ours_that_a_signature_names_is_exported() -> None:
    defined = {
        node.name
        for path in PACKAGE.parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    ours = defined & named_in_signatures()
    assert {"CallOptions", "TimeoutOptions"} <= ours
    # Callers pass what fits these protocols and need no name for it.
    assert ours - set(synapse_backend.__all__) == {"AsyncTransport", "SupportsToDict", "Transport"}


def test_the_list_of_names_is_grouped_and_sorted() -> None:
    lines = PACKAGE.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("__all__"))
    groups: dict[str, list[str]] = {}
    for line in lines[start + 1 : lines.index("]", start)]:
        if line.strip().startswith("#"):
            group = groups.setdefault(line.strip("# "), [])
        else:
            group.append(ast.literal_eval(line.strip().rstrip(",")))
    assert [name for group in groups.values() for name in group] == synapse_backend.__all__
    assert {title: names for title, names in groups.items() if names != sorted(names)} == {}
    assert len(set(synapse_backend.__all__)) == len(synapse_backend.__all__)


def test_the_names_are_listed_before_they_are_loaded() -> None:
    assert set(synapse_backend.__all__) <= set(dir(synapse_backend))


def test_an_unknown_name_is_an_attribute_error() -> None:
    name = "BackendKlient"
    with pytest.raises(AttributeError, match=f"module 'synapse_backend' has no attribute '{name}'"):
        getattr(synapse_backend, name)


@pytest.mark.parametrize(
    "module", ["synapse_backend", "synapse_backend.types", "synapse_api", "synapse_api.operations", "synapse_api.dicts"]
)
def test_an_import_brings_no_other_package_along(module: str) -> None:
    assert set(brought_along(module)) <= {"synapse_api", "synapse_backend"}


def test_the_pytest_plugin_starts_without_an_http_client() -> None:
    assert "httpx" not in brought_along("synapse_backend.testing.pytest_plugin")


def test_the_modules_that_are_told_are_all_of_them() -> None:
    assert "httpcore" in brought_along("synapse_backend._sync.client")
