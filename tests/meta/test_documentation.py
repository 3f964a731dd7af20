"""Every Python block of the documents runs as it stands, but for the address of the backend, and passes the type checker.

A block of `text` right after a Python block is what that block prints.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from synapse_backend.testing import MockBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = [PROJECT / "README.md", PROJECT / "README.ko.md", PROJECT / "CONTRIBUTING.md", *PROJECT.glob("docs/*.md")]
ADDRESS = "https://api.synapse.sh"
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n*```text\n(?P<output>.*?)^```\n)?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    document: str
    line: int
    code: str
    output: str | None

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    @property
    def is_test(self) -> bool:
        return "\ndef test_" in self.code or "\nasync def test_" in self.code


def blocks_of(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    return [
        Block(
            str(document.relative_to(PROJECT)), text.count("\n", 0, match.start()) + 2, match["code"], match["output"]
        )
        for match in BLOCK.finditer(text)
    ]


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document)]


@pytest.fixture
def url() -> Iterator[str]:
    with MockBackend(seed=7) as backend:
        yield backend.url
    for name in [name for name in sys.modules if name.partition(".")[0] == "synapse_sdk"]:
        del sys.modules[name]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that the documents upload, in the folder where their blocks run."""
    (tmp_path / "images").mkdir()
    for number in range(1, 4):
        (tmp_path / "images" / f"{number:04}.png").write_bytes(bytes([number]) * 2000)
    (tmp_path / "model.zip").write_bytes(b"weights" * 2000)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.is_test], ids=str)
def test_block_runs(block: Block, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    # The line numbers of a traceback are those of the document.
    code = "\n" * (block.line - 1) + block.code.replace(ADDRESS, url)
    exec(compile(code, block.document, "exec"), {"__name__": "__main__"})  # noqa: S102 - our own documents
    if block.output is not None:
        assert capsys.readouterr().out.replace(url, ADDRESS) == block.output


def save(blocks: list[Block], folder: Path, prefix: str) -> dict[str, Block]:
    """Write each block to a file of its own and return the blocks by the names of the files."""
    files = {re.sub(r"\W", "_", f"{prefix}{block}") + ".py": block for block in blocks}
    for name, block in files.items():
        (folder / name).write_text(block.code, encoding="utf-8")
    assert len(files) == len(blocks)
    return files


def test_blocks_of_tests_pass(tmp_path: Path) -> None:
    # One pytest for all: to start it costs more than the tests. The plugins of this project are not the readers'.
    files = save([block for block in BLOCKS if block.is_test], tmp_path, "test_")
    others = ("cacheprovider", "hypothesispytest", "randomly", "xdist")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-W", "error", "--strict-markers"]
    done = subprocess.run(
        [*command, *(f"-pno:{name}" for name in others)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    told = re.findall(r"^(PASSED|FAILED|ERROR) (\w+\.py)", done.stdout, re.MULTILINE)
    failed = {
        str(block) for name, block in files.items() if {word for word, file in told if file == name} != {"PASSED"}
    }
    assert failed == set(), done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr


def test_blocks_pass_the_type_checker(tmp_path: Path) -> None:
    save(BLOCKS, tmp_path, "block_")
    # With other options than in `scripts/check mypy`, nothing that it remembers would be of use, here and there.
    command = [sys.executable, "-m", "mypy", "--output=json", str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    # The platform's own SDK is not installed; that its name can be imported is checked by running the block.
    wrong = [
        f"{one['file']}:{one['line']}: {one['message']}"
        for one in found
        if one["severity"] == "error" and not (one["code"] == "import-not-found" and "synapse_sdk" in one["message"])
    ]
    assert wrong == []


def test_readmes_show_the_same_code() -> None:
    def without_comments(document: str) -> list[str]:
        return [re.sub(r" *#.*", "", block.code) for block in BLOCKS if block.document == document]

    assert without_comments("README.md") == without_comments("README.ko.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_named_files_exist(document: Path) -> None:
    names = re.findall(r"`((?:\w+/)*\w+(?:\.\w+|/))`", document.read_text(encoding="utf-8"))
    folders = (PROJECT, document.parent, PROJECT / "wrapper/synapse_backend", PROJECT / "generated/synapse_api")
    paths = [name for name in names if "/" in name or name.endswith((".py", ".md", ".yaml", ".json"))]
    readers_own = {"conftest.py", "test_first.py"}
    missing = [name for name in paths if not any((folder / name).exists() for folder in folders)]
    assert set(missing) - readers_own == set()


def test_readmes_name_every_error() -> None:
    import synapse_backend

    errors = {
        name
        for name in synapse_backend.__all__
        if isinstance(getattr(synapse_backend, name), type)
        and issubclass(getattr(synapse_backend, name), synapse_backend.ClientError)
    } - {"ClientError", "HTTPError"}
    for document in ("README.md", "README.ko.md", "docs/errors.md"):
        rows = set(re.findall(r"^\| `(\w+)` \|", (PROJECT / document).read_text(encoding="utf-8"), re.MULTILINE))
        assert errors <= rows, document
