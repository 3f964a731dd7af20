"""Assignments of the tasks that have one."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from synapse_backend.testing.data import annotation

if TYPE_CHECKING:
    from synapse_backend.testing.messages import JsonObject

# Whoever has these has to do them again.
_REJECTED = frozenset({793, 798})


@lru_cache(maxsize=8)
def assignments(seed: int, start: datetime) -> tuple[JsonObject, ...]:
    """All of them."""
    return tuple(
        {
            "id": task["assignment"],
            "project": task["project"],
            "task": task["id"],
            "status": "rejected" if task["assignment"] in _REJECTED else task["status"],
            "assignee": task["assignee"],
            "priority": task["priority"],
            "data": task["data"],
            "tags": task["tags"],
            "metadata": {"note": "Boxes are too wide"} if task["assignment"] in _REJECTED else {},
            "created_at": task["created_at"],
            "updated_at": task["updated_at"],
        }
        for task in annotation.rows(seed, start).tasks
        if task["assignment"] is not None
    )
