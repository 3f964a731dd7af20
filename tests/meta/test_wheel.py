"""What people install: the contents of the wheel, its metadata, and that it imports where nothing else is."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from synapse_backend import __version__
from tests.support.spec import PROJECT, SPEC

PACKAGES = ("synapse_api", "synapse_backend")
INSTALLED = """\
import importlib.metadata, importlib.resources, json, sys
import synapse_api, synapse_api.operations, synapse_api.dicts, synapse_backend, synapse_backend.types
spec = json.loads(importlib.resources.files("synapse_api").joinpath("openapi.json").read_bytes())
names = [point.name for point in importlib.metadata.distribution("synapse-backend-client").entry_points]
print(json.dumps({
    "version": synapse_backend.__version__,
    "operations": len(synapse_api.operations.OPERATIONS),
    "spec": spec["openapi"],
    "entry points": names,
    "places": [module.__file__.startswith(sys.prefix) for module in (synapse_api, synapse_backend)],
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = WheelBuilder(str(PROJECT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return Path(next(built))


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def metadata(wheel: Path, names: list[str]) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def sources() -> set[str]:
    """Return the files of both packages, as they must stand in the wheel."""
    roots = {"synapse_api": PROJECT / "generated", "synapse_backend": PROJECT / "wrapper"}
    return {
        path.relative_to(root).as_posix()
        for package, root in roots.items()
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_it_works_with_any_python_on_any_system(wheel: Path) -> None:
    assert wheel.name == f"synapse_backend_client-{__version__}-py3-none-any.whl"


def test_it_holds_both_packages_whole_and_nothing_else(names: list[str]) -> None:
    information = f"synapse_backend_client-{__version__}.dist-info"
    described = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    assert set(names) == sources() | {f"{information}/{name}" for name in described}
    for package in PACKAGES:
        assert f"{package}/py.typed" in names
    assert "synapse_api/openapi.json" in names


def test_its_metadata_name_the_core_dependencies_and_the_extras(metadata: Message) -> None:
    assert metadata["Name"] == "synapse-backend-client"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert set(metadata.get_all("Provides-Extra", [])) == {"all", "cli", "testing"}
    core = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {line.split(">")[0].split("<")[0] for line in core} == {"attrs", "httpx", "python-dateutil"}


def test_it_installs_and_imports_where_nothing_else_is(wheel: Path, tmp_path: Path) -> None:
    # Its own pip would take most of the time that making the environment takes.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
    python = tmp_path / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    done = subprocess.run(
        [python, "-I", "-W", "error", "-c", INSTALLED], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "version": __version__,
        "operations": len(SPEC.operations),
        "spec": "3.1.0",
        "entry points": ["synapse-backend", "synapse_backend"],
        "places": [True, True],
    }
    assert (tmp_path / "bin" / "synapse-backend").is_file()
