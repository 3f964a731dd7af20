"""Assignments and their tags."""

from __future__ import annotations

from tests.contract.calls.example import Calls, Example

_FILTERS = [
    Example(),
    Example(params={"project": 123}, query="project=123"),
    Example(params={"status": "in_progress", "assignee": 456}, query="status=in_progress&assignee=456"),
    Example(params={"created_after": "2025-09-01T09:30:00"}, query="created_after=2025-09-01T09%3A30%3A00"),
    Example(
        params={"tags": [1, 2], "search": "street", "ordering": "-id", "page": 1, "page_size": 20},
        query="tags=1&tags=2&search=street&ordering=-id&page=1&page_size=20",
    ),
    Example(
        params={"priority": "high", "updated_after": "2025-09-01T09:30:00+09:00"},
        query="priority=high&updated_after=2025-09-01T09%3A30%3A00%2B09%3A00",
    ),
]

CALLS: Calls = {
    "get_assignment": [Example((789,))],
    "list_assignments": _FILTERS,
    "list_assignments_data": _FILTERS,
    "list_assignments_files": _FILTERS,
    "set_tags_assignments": [
        Example(data={"assignment_ids": [789, 790], "tag_ids": [1, 2]}),
        Example(
            data={"assignment_ids": [789], "tag_ids": [1]},
            params={"replace": True, "notify": False},
            query="replace=true&notify=false",
        ),
        Example(data={"ids": [789], "tags": [1], "action": "remove"}),
    ],
}
