"""Finishes the tree: bundled contract, headers, README, lock and formatting."""

import hashlib
import json
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from regeneration.document import JsonObject
from regeneration.errors import RegenerationError

COMMAND = "scripts/regenerate"
_HEADER = f"# Written by {COMMAND} from openapi.yaml; edit that, not this file.\n"

_README = f"""\
# Generated code

Everything here is written by one command from `openapi.yaml`:

    {COMMAND}

Do not edit it: the next run replaces the whole directory, and `{COMMAND} --check` fails while it differs.

- `{{package}}/`: the low-level client
  - `api/<tag>/<operation>.py`, `models/`, `client.py`, `types.py`, `errors.py`: by openapi-python-client, with the
    corrections of `scripts/regeneration/client/corrections/`
  - `dicts.py`: TypedDicts of all schemas, by datamodel-code-generator
  - `operations.py`: method, path, statuses and retry class of each operation
  - `openapi.json`: the contract itself
- `generation.lock`: hashes and versions of what this was written from
"""


def dump(data: object) -> str:
    """Return JSON that is the same for the same data: compact, in the order of the contract."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def add_contract(package: Path, bundle: JsonObject) -> None:
    """Write the contract beside the client, and mark the package as typed."""
    (package / "openapi.json").write_text(dump(bundle), encoding="utf-8")
    (package / "py.typed").write_text("", encoding="utf-8")


def add_provenance(tree: Path, package: Path, sources: Mapping[str, str], tools: Mapping[str, str]) -> None:
    """Write README and generation.lock."""
    (tree / "README.md").write_text(_README.format(package=package.name), encoding="utf-8")
    lock = {"command": COMMAND, "sha256": sources, "tools": tools}
    (tree / "generation.lock").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


def add_headers(package: Path) -> None:
    """Say at the top of each module who wrote it."""
    for path in package.rglob("*.py"):
        path.write_text(_HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def find_ruff() -> str:
    """Return the ruff of this environment, whose version is the pinned one."""
    return str(Path(sysconfig.get_path("scripts"), "ruff"))


def format_tree(tree: Path) -> None:
    """Sort imports, drop unused ones and format, with the settings given here and no others.

    Raises:
        RegenerationError: ruff could not parse or write a file.
    """
    ruff = find_ruff()
    settings = ["--isolated", "--no-cache", "--target-version=py311", "--line-length=120"]
    for action in (["check", "--select=F401,I", "--fix-only"], ["format"]):
        done = subprocess.run(
            [ruff, *action, *settings, "."], cwd=tree, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise RegenerationError(f"ruff {action[0]} failed:\n{done.stderr.strip()}")
