"""Projects, tasks and task tags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synapse_backend.testing import showing
from synapse_backend.testing.adding import add_task, new_row
from synapse_backend.testing.clock import wire
from synapse_backend.testing.listing import Listing, page_of
from synapse_backend.testing.messages import JsonObject, RequestError, invalid, not_found
from synapse_backend.testing.rules import Answer, rule
from synapse_backend.testing.tagging import set_tags

if TYPE_CHECKING:
    from synapse_backend.testing.app import Call
    from synapse_backend.testing.state import State


def task_text(state: State, row: JsonObject) -> str:
    """What a search of tasks looks at: notes, labels, and the original names of the files."""
    unit = state.data_units.get(row["data_unit"])
    names = [] if unit is None else [info.get("file_name_original", "") for info in unit["files"].values()]
    return json.dumps([row["metadata"], row["data"], names], ensure_ascii=False)


_TASKS = Listing(
    exact=("project", "status", "assignee", "data_unit"),
    any_of=(("tags", "tags"),),
    ordering=("id", "project", "data_unit", "status", "priority", "assignee", "created_at", "updated_at"),
    text=task_text,
)
_TASK_TAGS = Listing(exact=("project", "color"), text=lambda _state, row: f"{row['name']}\n{row['description']}")


# --- projects -------------------------------------------------------------------------------------------------------


def project_by_id(call: Call) -> JsonObject:
    """The project that the path names."""
    project = call.state.projects.get(call.path["pk"])
    if project is None:
        raise not_found()
    return project


@rule(target=project_by_id)
def get_project(call: Call) -> Answer:
    """The project."""
    return 200, call.target


# --- tasks ----------------------------------------------------------------------------------------------------------


def task_by_id(call: Call) -> JsonObject:
    """The task that the path names."""
    task = call.state.tasks.get(call.path["pk"])
    if task is None:
        raise not_found()
    return task


@rule(target=task_by_id)
def get_task(call: Call) -> Answer:
    """The task, with annotations when asked and related objects whole when asked."""
    task = _shown(call, call.target)
    expand = call.query.get("expand", ())
    if call.query.get("include_annotations", "annotations" in expand):
        task["annotations"] = call.target["annotations"]
    unit = call.state.data_units.get(task["data_unit"])
    if "data_unit" in expand and unit is not None:
        task["data_unit"] = showing.data_unit(call.state, unit, call.base_url)
    assignment = call.state.assignments.get(task["assignment"])
    if "assignment" in expand and assignment is not None:
        task["assignment"] = showing.assignment(call.state, assignment, call.base_url)
    return 200, task


@rule()
def list_tasks(call: Call) -> Answer:
    """One page of the tasks that match, newest first."""
    return 200, page_of(call, call.state.tasks, _TASKS, "/sdk/tasks/", lambda row: _shown(call, row))


@rule()
def list_tasks_data(call: Call) -> Answer:
    """The same with nothing but the annotation data."""
    return 200, page_of(call, call.state.tasks, _TASKS, "/sdk/tasks/data/", showing.data_only)


@rule()
def list_tasks_files(call: Call) -> Answer:
    """The same with nothing but the files."""
    return 200, page_of(
        call, call.state.tasks, _TASKS, "/sdk/tasks/files/", lambda row: showing.file_list(_shown(call, row))
    )


def _shown(call: Call, row: JsonObject) -> JsonObject:
    task = showing.task(call.state, row, call.base_url)
    del task["annotations"]
    return task


@rule()
def create_tasks(call: Call) -> Answer:
    """New tasks, each with an assignment when it is given to somebody; all of them or none."""
    is_array = isinstance(call.body, list)
    found = {str(position): _problems(call.state, item) for position, item in enumerate(call.items)}
    problems = {position: messages for position, messages in found.items() if messages}
    if problems:
        raise RequestError(400, problems if is_array else problems["0"])
    tasks = [
        _shown(call, _create(call, item, part["data_unit"])) for item in call.items for part in item.get("data", [item])
    ]
    return 201, tasks if is_array or "data" in call.body else tasks[0]


def _problems(state: State, item: JsonObject) -> JsonObject:
    problems: JsonObject = {}
    if state.projects.get(item["project"]) is None:
        problems["project"] = [f'Invalid pk "{item["project"]}" - object does not exist.']
    if "data" not in item:
        message = _unit_problem(state, item)
        if message is not None:
            problems["data_unit"] = [message]
        return problems
    if "data_unit" in item:
        problems["non_field_errors"] = ["data_unit and data belong to different forms of this call."]
    messages = {str(position): _unit_problem(state, part) for position, part in enumerate(item["data"])}
    wrong = {position: {"data_unit": [message]} for position, message in messages.items() if message is not None}
    return problems | ({"data": wrong} if wrong else {})


def _unit_problem(state: State, item: JsonObject) -> str | None:
    if "data_unit" not in item:
        return "This field is required."
    # The contract leaves the items of the later form open.
    unit = item["data_unit"]
    return None if state.data_units.get(unit) is not None else f'Invalid pk "{unit!s:.100}" - object does not exist.'


def _create(call: Call, item: JsonObject, unit: int) -> JsonObject:
    given: JsonObject = {name: item[name] for name in ("project", "priority", "assignee", "metadata") if name in item}
    return add_task(call.state, new_row("tasks", call.state, {**given, "data_unit": unit}, call.now))


@rule(target=task_by_id)
def annotate_task_data(call: Call) -> Answer:
    """Save or submit an annotation; the assignment of the task follows."""
    body, task = call.body, call.target
    changes = _annotation(call)
    changes["status"] = "in_progress" if body.get("action") == "save" else "completed"
    changes["metadata"] = {**task["metadata"], **body.get("metadata", {})}
    changes["updated_at"] = wire(call.now)
    task = call.state.tasks.put({**task, **changes})
    assignment = call.state.assignments.get(task["assignment"])
    if assignment is not None:
        call.state.assignments.put({**assignment, **{name: task[name] for name in ("status", "data", "updated_at")}})
    return 200, {**_shown(call, task), "annotations": task["annotations"]}


def _annotation(call: Call) -> JsonObject:
    body = call.body
    if "annotations" in body and "data" in body:
        raise invalid(non_field_errors="annotations and data belong to different forms of this call.")
    if not {"annotations", "data", "action"} & body.keys():
        raise invalid(annotations="This field is required.")
    if "annotations" in body:
        changes: JsonObject = {"annotations": body["annotations"], "data": {"annotations": body["annotations"]}}
    else:
        # Without data, what was saved before is submitted.
        changes = {"annotations": [], "data": body["data"]} if "data" in body else {}
    if call.query.get("schema") == "dm_schema_v1" and changes.get("data", call.target["data"]) is None:
        raise invalid(data="This field may not be null.")
    return changes


@rule()
def set_tags_tasks(call: Call) -> Answer:
    """Set tags of tasks."""
    return 200, {"updated": len(set_tags(call, call.state.tasks, "task_ids"))}


# --- task tags ------------------------------------------------------------------------------------------------------


def task_tag_by_id(call: Call) -> JsonObject:
    """The tag that the path names."""
    tag = call.state.task_tags.get(call.path["pk"])
    if tag is None:
        raise not_found()
    return tag


@rule(target=task_tag_by_id)
def get_task_tag(call: Call) -> Answer:
    """The tag."""
    return 200, call.target


@rule()
def list_task_tags(call: Call) -> Answer:
    """One page of the tags that match."""
    return 200, page_of(call, call.state.task_tags, _TASK_TAGS, "/task_tags/", lambda row: row)
