"""Projects, task tags and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.clock import wire
from synapse_backend.testing.data.basics import (
    DEFAULT_COLLECTION,
    DEFAULT_PROJECT,
    OTHER_COLLECTION,
    OTHER_PROJECT,
    OTHER_UNITS,
    UNITS,
    USERS,
    scenes,
)

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject

_PROJECTS: tuple[tuple[int, str, str, int | None], ...] = (
    (121, "Shelf audit", "Products on shelves, planned for winter", None),
    (122, "Road surfaces", "Cracks and potholes, finished", None),
    (DEFAULT_PROJECT, "Street scenes", "Cars, people and lights at crossings", DEFAULT_COLLECTION),
    (OTHER_PROJECT, "Lidar sweeps", "Objects in point clouds", OTHER_COLLECTION),
)
# Id, name, description, colour, project.
_TAGS: tuple[tuple[int, str, str, str, int | None], ...] = (
    (1, "needs review", "Somebody shall look at it again", "#fb8c00", DEFAULT_PROJECT),
    (2, "quality checked", "Passed the check", "#43a047", DEFAULT_PROJECT),
    (3, "low quality", "Blurred or too dark", "#e53935", DEFAULT_PROJECT),
    (4, "occluded", "Something stands in front of it", "#1e88e5", DEFAULT_PROJECT),
    (5, "night", "Taken after dark", "#3949ab", OTHER_PROJECT),
    (6, "export ready", "May leave the project", "#43a047", None),
    (123, "gold standard", "Annotators are measured against it", "#fdd835", DEFAULT_PROJECT),
)
_PRIORITIES = ("normal", "high", "low")
_FIRST_TASK = 450
# The first tasks of the project of the documentation belong to nobody; the others have an assignment each.
_UNASSIGNED = 5
_STATUSES = (
    *("pending", "pending", "pending", "pending", "pending", "completed", "in_progress"),
    *("completed", "pending", "completed", "pending", "in_progress", "completed", "in_progress"),
    *("completed", "pending", "completed", "in_progress", "in_progress", "completed", "pending"),
)
# More than a page of tasks, for the other project.
_OTHER_TASKS = range(340, 450)


@dataclass(frozen=True, slots=True)
class Rows:
    """What there is at the start."""

    projects: tuple[JsonObject, ...]
    task_tags: tuple[JsonObject, ...]
    tasks: tuple[JsonObject, ...]


@lru_cache(maxsize=8)
def rows(seed: int, start: datetime) -> Rows:
    """All of it."""
    return Rows(
        projects=tuple(_project(start, *values) for values in _PROJECTS),
        task_tags=tuple(
            {"id": pk, "project": project, "name": name, "description": description, "color": color, "meta": {}}
            for pk, name, description, color, project in _TAGS
        ),
        tasks=(*_other_tasks(seed, start), *_tasks(seed, start)),
    )


def _project(start: datetime, pk: int, name: str, description: str, collection: int | None) -> JsonObject:
    moment = wire(start - timedelta(days=180 - pk))
    return {
        "id": pk,
        "name": name,
        "description": description,
        "category": "data" if pk == OTHER_PROJECT else "image",
        "data_collection": collection,
        "configuration": {
            "schema_type": "dm_schema_v1",
            "classes": ["car", "person", "bicycle", "traffic light", "truck"],
            "tools": ["bbox", "polygon"],
        },
        "settings": {"assignments_per_task": 1, "needs_review": pk == DEFAULT_PROJECT},
        "metadata": {},
        "created_at": moment,
        "updated_at": moment,
    }


def _tasks(seed: int, start: datetime) -> list[JsonObject]:
    tasks: list[JsonObject] = []
    for position, status in enumerate(_STATUSES):
        pk, unit = _FIRST_TASK + position, UNITS[position]
        assigned = position >= _UNASSIGNED
        task = _task(seed, start, pk, DEFAULT_PROJECT, unit, status)
        tags = {1: [4], 2: [2], 4: [1, 6]}.get(position % 7, [])
        assignee = USERS[pk % 3] if assigned else None
        tasks.append({**task, "tags": tags, "assignee": assignee, "assignment": pk + 330 if assigned else None})
    return tasks


def _other_tasks(seed: int, start: datetime) -> list[JsonObject]:
    tasks: list[JsonObject] = []
    for pk in _OTHER_TASKS:
        status = ("pending", "in_progress", "completed")[pk % 3]
        task = _task(seed, start, pk, OTHER_PROJECT, OTHER_UNITS[pk % len(OTHER_UNITS)], status)
        assigned = status != "pending"
        assignee = USERS[pk % 2] if assigned else None
        tasks.append({**task, "assignee": assignee, "assignment": pk + 260 if assigned else None})
    return tasks


def _task(seed: int, start: datetime, pk: int, project: int, unit: int, status: str) -> JsonObject:
    created = start - timedelta(days=12, minutes=-20 * pk)
    shapes = [] if status == "pending" else scenes(seed)[unit]
    changed = created if status == "pending" else created + timedelta(minutes=15)
    return {
        "id": pk,
        "project": project,
        "data_unit": unit,
        "status": status,
        "priority": _PRIORITIES[pk % 3],
        "assignee": None,
        "assignment": None,
        "annotations": shapes,
        "data": {"annotations": shapes} if shapes else None,
        "metadata": {"batch": f"batch-{unit % 3 + 1}"},
        "tags": [],
        "created_at": wire(created),
        "updated_at": wire(changed),
    }
