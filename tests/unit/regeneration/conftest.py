"""A finished project that tests copy, because the first type check of a project is slow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from regeneration import cli
from tests.unit.regeneration import specs, tools, wide


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder of all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "regeneration"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def finished(shared: Path, store: Path) -> Path:
    """A project that was generated from the small contract; not to be changed."""

    def make(root: Path) -> None:
        specs.project(root)
        with pytest.MonkeyPatch.context() as patch:
            tools.reuse(store, patch.setattr)
            assert cli.main(["--root", str(root)]) == 0

    return tools.once(shared / "finished", make)


@pytest.fixture(scope="session")
def generated(finished: Path) -> Path:
    """The tree of the small contract; not to be changed."""
    return finished / "generated"


@pytest.fixture(scope="session")
def widened(finished: Path, shared: Path) -> Path:
    """The project with the contract that holds everything, generated; not to be changed."""

    def make(root: Path) -> None:
        shutil.copytree(finished, root, dirs_exist_ok=True)
        (root / "openapi.yaml").write_text(wide.WIDE, encoding="utf-8")
        assert cli.main(["--root", str(root)]) == 0

    return tools.once(shared / "widened", make)


@pytest.fixture(scope="session")
def store(shared: Path) -> Path:
    """What the generators write for the small contract, and for the one that has an operation more."""

    def make(folder: Path) -> None:
        for name, text in {"small": specs.SPEC, "changed": specs.CHANGED}.items():
            tools.keep(folder, specs.project(folder / name, text))

    return tools.once(shared / "store", make)


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    """A project that was generated from the small contract."""
    return Path(shutil.copytree(finished, tmp_path / "project"))


@pytest.fixture
def project(copied: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, for runs that may take what the generators have written before."""
    tools.reuse(store, monkeypatch.setattr)
    return copied


@pytest.fixture(scope="session")
def server() -> Iterator[tools.Server]:
    """A process that has loaded the command."""
    server = tools.Server()
    yield server
    server.stop()


@pytest.fixture
def start(server: tools.Server, store: Path) -> tools.Start:
    """Starts a run in a process of its own, after some code."""
    return lambda root, code="", *, store=store: server.start(root, code, store)
