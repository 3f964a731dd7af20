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
from synapse_backend.testing.content import Content
from synapse_backend.testing.data import table
from synapse_backend.testing.jobs import Jobs
from synapse_backend.testing.messages import JsonObject
from synapse_backend.testing.showing import COMPONENTS, WHOLE
from synapse_backend.testing.state import FileStore, State, StoredFile, Table
from synapse_backend.testing.storage import ObjectStore
from synapse_backend.testing.uploads import Uploads

if TYPE_CHECKING:
    import os

    import jsonschema_rs

    from synapse_backend.testing.contract import Contract

FORMAT = 2
_COMPONENTS = {
    "plugins": "Plugin",
    "releases": "PluginRelease",
    "storages": "Storage",
    "agents": "AgentHealth",
    "jobs": "Job",
    "logs": "LogEntry",
    "serve_applications": "ServeApplication",
    "uploads": "ChunkedUpload",
}
# These are held against the contract as answers show them, when all rows are there.
_RELATED = ("assignments", "ground_truth_events", "ground_truth_versions", "ground_truths")
_ALONE = _COMPONENTS | {name: component for name, component in COMPONENTS.items() if name not in _RELATED}


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
        "parts": {
            str(pk): base64.b64encode(content.read(0, content.size)).decode("ascii")
            for pk, content in sorted(state.uploads.contents.items())
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
    rows = {name: _rows(data, name, contract) for name in (*_ALONE, *_RELATED)}
    try:
        tables = {name: _table(name, rows[name]) for name in rows if name not in ("jobs", "uploads")}
        jobs = Jobs.load(seed, _table("jobs", rows["jobs"]), data["runs"])
        files = _files(data)
        parts = {int(pk): Content(base64.b64decode(text, validate=True)) for pk, text in data["parts"].items()}
        uploads = Uploads(rows["uploads"], parts)
        state = State(**tables, jobs=jobs, files=FileStore(lambda: files), uploads=uploads, objects=ObjectStore(seed))
        now = datetime.fromisoformat(data["now"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"the exported state is damaged: {type(error).__name__}: {error}") from None
    if now.tzinfo is None:
        raise ValueError("the exported state is damaged: now has no offset")
    for name in _RELATED:
        try:
            shown = [WHOLE[name](state, row, "") for row in rows[name]]
        except (LookupError, TypeError) as error:
            raise ValueError(f"the exported state is damaged: {type(error).__name__}: {error}") from None
        _check(name, shown, contract.component(COMPONENTS[name]))
    return state, now


def _table(kind: str, rows: list[JsonObject]) -> Table:
    made = table(kind, rows)
    # Tables look at their rows when they are used; what is wrong with them shall show now.
    made.rows()
    return made


def _rows(data: JsonObject, name: str, contract: Contract) -> list[JsonObject]:
    rows = data.get(name)
    if not isinstance(rows, list):
        raise ValueError(f"the exported state has no list of {name}")  # noqa: TRY004  # a bad file
    if name in _ALONE:
        _check(name, rows, contract.component(_ALONE[name]))
    seen: set[object] = set()
    for position, row in enumerate(rows):
        pk = row.get("id") if isinstance(row, dict) else None
        if type(pk) is not int or pk in seen:
            raise ValueError(f"{name}[{position}].id must be an integer that no other has, not {pk!r:.50}")
        seen.add(pk)
    return rows


def _check(name: str, rows: list[JsonObject], validator: jsonschema_rs.Validator) -> None:
    for position, row in enumerate(rows):
        error = next(iter(validator.iter_errors(row)), None)
        if error is not None:
            where = "".join(f".{step}" for step in error.instance_path)
            raise ValueError(f"{name}[{position}]{where} violates the contract: {error.message}")


def _files(data: JsonObject) -> dict[str, StoredFile]:
    files: dict[str, StoredFile] = {}
    for path, stored in data["files"].items():
        content = base64.b64decode(stored["content"], validate=True)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        files[path] = StoredFile(content, stored["content_type"], md5)
    return files
