"""Rows for objects that are added: what is not given gets a value that fits to the seeded data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data.basics import (
    DEFAULT_COLLECTION,
    DEFAULT_PROJECT,
    DEFAULT_UNIT,
    DEFAULT_USER,
    checksum_of,
    store,
)

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject
    from synapse_backend.testing.state import State

_DEFAULTS: dict[str, JsonObject] = {
    "projects": {"name": "Project", "description": "", "data_collection": None, "configuration": {}, "metadata": {}},
    "tasks": {
        "project": DEFAULT_PROJECT,
        "data_unit": DEFAULT_UNIT,
        "status": "pending",
        "priority": "normal",
        "assignee": None,
        "assignment": None,
        "annotations": [],
        "data": None,
        "metadata": {},
        "tags": [],
    },
    "task_tags": {"project": DEFAULT_PROJECT, "name": "Tag", "description": "", "color": "#757575", "meta": {}},
    "assignments": {
        "project": DEFAULT_PROJECT,
        "task": 456,
        "status": "pending",
        "assignee": DEFAULT_USER,
        "priority": "normal",
        "data": None,
        "tags": [],
        "metadata": {},
    },
    "data_collections": {
        "name": "Data collection",
        "description": "",
        "project": None,
        "file_specifications": [{"name": "image", "is_required": True, "is_primary": True}],
    },
    "data_files": {},
    "data_units": {"data_collection": DEFAULT_COLLECTION, "files": {}, "meta": {}, "groups": []},
    "models": {
        "name": "Model",
        "description": "",
        "model_type": None,
        "metrics": {},
        "configuration": {},
        "project": DEFAULT_PROJECT,
        "is_active": True,
        "evaluations": [],
        "versions": [],
    },
    "ground_truth_datasets": {"name": "Ground truth"},
    "ground_truth_versions": {
        "version": "0.0.1",
        "ground_truth_dataset": 123,
        "description": "",
        "is_active": True,
        "is_archived": False,
    },
    "ground_truth_events": {
        "data": None,
        "data_unit": DEFAULT_UNIT,
        "ground_truth_dataset_version": 123,
        "project": DEFAULT_PROJECT,
        "category": "train",
        "data_type": "image",
        "metadata": {},
    },
    "ground_truths": {
        "ground_truth_dataset": 123,
        "ground_truth_dataset_versions": [123],
        "data_unit": DEFAULT_UNIT,
        "category": "train",
        "data": None,
    },
}
_WITHOUT_MOMENTS = frozenset({"task_tags", "ground_truth_datasets", "ground_truths"})


def new_row(name: str, state: State, fields: JsonObject, now: datetime) -> JsonObject:
    """A row of the table of this name.

    Args:
        name: Name of the table.
        state: Gets the content of files.
        fields: What is given. Data files and models take `content` and `filename`, too; the files of a data unit may be
            the ids of data files.
        now: When it is created, unless that is given.

    Raises:
        ValueError: The content is not bytes, or the files of a data unit are none that the mock has.
    """
    moments = {} if name in _WITHOUT_MOMENTS else dict.fromkeys(("created_at", "updated_at"), wire(now))
    given = {key: wire(value) if isinstance(value, datetime) else value for key, value in fields.items()}
    row: JsonObject = {**_DEFAULTS[name], **moments, **given}
    if name in ("data_files", "models"):
        return _with_content(name, state, row)
    if name == "data_units":
        row["files"] = _files(state, row["files"])
        return {"checksum": checksum_of(info["checksum"] for info in row["files"].values()), **row}
    return row


def _with_content(name: str, state: State, row: JsonObject) -> JsonObject:
    content, filename = row.pop("content", b"new"), row.pop("filename", "new.bin")
    if not isinstance(content, bytes) or not isinstance(filename, str):
        raise ValueError("content must be bytes, and filename text")  # noqa: TRY004  # as for other bad fields
    if "file" in row:
        return row
    if name == "data_files":
        row = {"meta": {"filename": filename}, **row}
    return {**store(state.files, name, filename, content, "application/octet-stream"), **row}


def _files(state: State, wanted: object) -> JsonObject:
    files = wanted if isinstance(wanted, dict) else {}
    rows = {name: state.data_files.get(pk) for name, pk in files.items()}
    if files is not wanted or None in rows.values():
        raise ValueError(f"files of a data unit must be ids of data files by name, not {wanted!r:.100}")
    return {name: file_info(name, row, is_primary=name == next(iter(rows))) for name, row in rows.items() if row}


def file_info(name: str, file: JsonObject, original: str = "", *, is_primary: bool) -> JsonObject:
    """A data file as part of a data unit.

    Args:
        name: Its name in the unit.
        file: The data file.
        original: The name that it had when it was uploaded, where the unit says so.
        is_primary: Whether it is the main file of the unit.
    """
    return {
        "url": file["file"],
        "name": name,
        # The contract leaves the notes on a file open.
        "file_name_original": original or str(file["meta"].get("filename", name)),
        "is_primary": is_primary,
        "checksum": file["checksum"],
        "size": file["size"],
    }


def add_task(state: State, row: JsonObject) -> JsonObject:
    """Add a task; one that has an assignee gets an assignment of its own, unless it names one.

    Returns:
        The task.
    """
    if row["assignee"] is None or row["assignment"] is not None:
        return state.tasks.add(row)
    task = state.tasks.add({**row, "assignment": state.assignments.next_id})
    fields = ("project", "status", "assignee", "priority", "data", "tags", "created_at", "updated_at")
    state.assignments.add({**{name: task[name] for name in fields}, "task": task["id"], "metadata": {}})
    return task
