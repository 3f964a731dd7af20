"""Assignments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synapse_backend.testing import showing
from synapse_backend.testing.clock import wire
from synapse_backend.testing.listing import Listing, page_of
from synapse_backend.testing.messages import JsonObject, not_found
from synapse_backend.testing.rules import Answer, rule
from synapse_backend.testing.rules.annotation import task_text
from synapse_backend.testing.tagging import set_tags

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call
    from synapse_backend.testing.state import State


def _text(state: State, row: JsonObject) -> str:
    task = state.tasks.get(row["task"])
    own = json.dumps([row["metadata"], row["data"]], ensure_ascii=False)
    return own if task is None else own + task_text(state, task)


_ASSIGNMENTS = Listing(
    exact=("project", "status", "assignee", "priority"),
    any_of=(("tags", "tags"),),
    ordering=("id", "project", "task", "status", "priority", "assignee", "created_at", "updated_at"),
    text=_text,
)


def assignment_by_id(call: Call) -> JsonObject:
    """The assignment that the path names."""
    assignment = call.state.assignments.get(call.path["pk"])
    if assignment is None:
        raise not_found()
    return assignment


@rule(target=assignment_by_id)
def get_assignment(call: Call) -> Answer:
    """The assignment."""
    return 200, _shown(call, call.target)


@rule()
def list_assignments(call: Call) -> Answer:
    """One page of the assignments that match, newest first."""
    return 200, page_of(call, call.state.assignments, _ASSIGNMENTS, "/sdk/assignments/", lambda row: _shown(call, row))


@rule()
def list_assignments_data(call: Call) -> Answer:
    """The same with nothing but the annotation data."""
    return 200, page_of(call, call.state.assignments, _ASSIGNMENTS, "/sdk/assignments/data/", showing.data_only)


@rule()
def list_assignments_files(call: Call) -> Answer:
    """The same with nothing but the files."""
    return 200, page_of(
        call,
        call.state.assignments,
        _ASSIGNMENTS,
        "/sdk/assignments/files/",
        lambda row: showing.file_list(_shown(call, row)),
    )


def _shown(call: Call, row: JsonObject) -> JsonObject:
    return showing.assignment(call.state, row, call.base_url)


@rule()
def set_tags_assignments(call: Call) -> Answer:
    """Set tags of assignments; when the assignees are to be told, the metadata says when they were."""
    table = call.state.assignments
    done = set_tags(call, table, "assignment_ids")
    if call.query.get("notify", False):
        for row in done:
            table.put({**row, "metadata": {**row["metadata"], "notified_at": wire(call.now)}})
    return 200, {"updated": len(done)}
