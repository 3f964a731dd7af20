"""The state of the mock as JSON, and back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data import created
from synapse_backend.testing.jobs import Jobs
from synapse_backend.testing.messages import JsonObject
from synapse_backend.testing.state import State, StoredFile, Table

if TYPE_CHECKING:
    import os

    from synapse_backend.testing.contract import Contract

FORMAT = 1
_COMPONENTS = {
    "plugins": "Plugin",
    "releases": "PluginRelease",
    "storages": "Storage",
    "agents": "AgentHealth",
    "jobs": "Job",
}


def export(state: State, now: datetime) -> JsonObject:
    """A state as JSON."""
    return {
        "format": FORMAT,
        "now": wire(now),
        **{name: table.rows() for name, table in state.tables().items()},
        "runs": state.jobs.export(),
        "files": {
            path: {"content_type": stored.content_type, "content": base64.b64encode(stored.content).decode("ascii")}
            for path, stored in sorted(state.files.items())
        },
    }


def read(source: str | os.PathLike[str] | Mapping[str, object]) -> JsonObject:
    """An exported state from a file, or a copy of it.

    Raises:
        ValueError: The file holds no JSON object.
        OSError: It cannot be read.
    """
    if isinstance(source, Mapping):
        text = json.dumps(source)
    else:
        try:
            text = Path(source).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{source} is not UTF-8 text") from None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{source} holds no exported state but a {type(value).__name__}")  # noqa: TRY004  # a bad file
    return value


def load(data: JsonObject, contract: Contract, seed: int) -> tuple[State, datetime]:
    """An exported state, and the moment at which it was exported.

    Raises:
        ValueError: It does not fit the contract; the message says where.
    """
    if data.get("format") != FORMAT:
        raise ValueError(f"not an exported state of this version: format is {data.get('format')!r}, not {FORMAT}")
    rows = {name: _rows(data, name, contract) for name in _COMPONENTS}
    try:
        tables = {name: Table(name.removesuffix("s"), rows[name]) for name in rows if name != "jobs"}
        jobs = Table("job", rows["jobs"], order=created)
        state = State(**tables, jobs=Jobs.load(seed, jobs, data["runs"]), files=_files(data))
        now = datetime.fromisoformat(data["now"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"the exported state is damaged: {type(error).__name__}: {error}") from None
    if now.tzinfo is None:
        raise ValueError("the exported state is damaged: now has no offset")
    return state, now


def _rows(data: JsonObject, name: str, contract: Contract) -> list[JsonObject]:
    rows = data.get(name)
    if not isinstance(rows, list):
        raise ValueError(f"the exported state has no list of {name}")  # noqa: TRY004  # a bad file
    validator = contract.component(_COMPONENTS[name])
    seen: set[object] = set()
    for position, row in enumerate(rows):
        error = next(iter(validator.iter_errors(row)), None)
        if error is not None:
            where = "".join(f".{step}" for step in error.instance_path)
            raise ValueError(f"{name}[{position}]{where} violates the contract: {error.message}")
        if type(row["id"]) is not int or row["id"] in seen:
            raise ValueError(f"{name}[{position}].id must be an integer that no other has, not {row['id']!r:.50}")
        seen.add(row["id"])
    return rows


def _files(data: JsonObject) -> dict[str, StoredFile]:
    files: dict[str, StoredFile] = {}
    for path, stored in data["files"].items():
        content = base64.b64decode(stored["content"], validate=True)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        files[path] = StoredFile(content, stored["content_type"], md5)
    return files
