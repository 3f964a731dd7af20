"""The documents list every method of the client, as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import method_tables
from synapse_backend import BackendClient
from tests.support.spec import PROJECT

DOCUMENTS = ("README.md", "README.ko.md", "docs/methods.md")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(Path(method_tables.__file__)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_tables_are_up_to_date() -> None:
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_every_method_is_listed() -> None:
    listed = [name for functions in method_tables.methods().values() for name in functions]
    public = {name for name in dir(BackendClient) if not name.startswith("_")} - {"api", "base_url", "close"}
    assert sorted(listed) == sorted(public)
    reference = (PROJECT / "docs/methods.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)\(", reference, re.MULTILINE) == listed
    for name in ("README.md", "README.ko.md"):
        text = (PROJECT / name).read_text(encoding="utf-8")
        assert {method for method in public if f"`{method}`" not in text} <= {
            method for method in public if method.startswith("iter_")
        }


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """The documents, the last of them out of date."""
    for name in DOCUMENTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((PROJECT / name).read_text(encoding="utf-8"), encoding="utf-8")
    document = tmp_path / DOCUMENTS[-1]
    document.write_text(document.read_text(encoding="utf-8").replace("`get_task(pk", "`get_task(id"), encoding="utf-8")
    return tmp_path


def test_what_is_out_of_date_is_told_and_then_written(copies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert method_tables.main(["--check"], copies) == 1
    assert capsys.readouterr().err == "docs/methods.md is out of date; run: scripts/fix\n"
    assert method_tables.main([], copies) == 0
    assert method_tables.main(["--check"], copies) == 0
    for name in DOCUMENTS:
        assert (copies / name).read_bytes() == (PROJECT / name).read_bytes()


def test_a_document_without_marks_is_an_error() -> None:
    with pytest.raises(ValueError, match="marks"):
        method_tables.updated("# Methods\n", "")
