"""A finished project that tests copy, because the first type check of a project is slow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from regeneration import cli
from tests.unit.regeneration import specs, wide


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = specs.project(tmp_path_factory.mktemp("finished") / "project")
    assert cli.main(["--root", str(root)]) == 0
    return root


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    """A project that was generated from the small contract."""
    return Path(shutil.copytree(finished, tmp_path / "project"))


@pytest.fixture(scope="session")
def widened(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the contract that holds everything, generated."""
    root = Path(shutil.copytree(finished, tmp_path_factory.mktemp("widened") / "project"))
    (root / "openapi.yaml").write_text(wide.WIDE, encoding="utf-8")
    assert cli.main(["--root", str(root)]) == 0
    return root


@pytest.fixture(scope="session")
def generated(finished: Path) -> Path:
    """The tree of the small contract; not to be changed."""
    return finished / "generated"
