"""Projects, tasks, annotations and tags of tasks."""

from __future__ import annotations

from tests.contract.calls.example import Calls, Example

_FILTERS = [
    Example(),
    Example(params={"project": 123}, query="project=123"),
    Example(params={"status": "pending", "assignee": 456}, query="status=pending&assignee=456"),
    Example(params={"created_after": "2025-09-01T09:30:00"}, query="created_after=2025-09-01T09%3A30%3A00"),
    Example(
        params={"tags": [1, 2], "search": "street", "ordering": "-id", "page": 1, "page_size": 20},
        query="tags=1&tags=2&search=street&ordering=-id&page=1&page_size=20",
    ),
    Example(params={"data_unit": 789}, query="data_unit=789"),
]

CALLS: Calls = {
    "get_project": [Example((123,))],
    "get_task": [
        Example((456,)),
        Example((456,), params={"expand": "data_unit"}, query="expand=data_unit"),
        Example(
            (456,),
            params={"expand": ["data_unit", "assignment", "annotations"], "include_annotations": True},
            query="expand=data_unit&expand=assignment&expand=annotations&include_annotations=true",
        ),
    ],
    "annotate_task_data": [
        Example(
            (456,),
            data={
                "annotations": [
                    {"type": "bbox", "coordinates": [12, 8, 96, 64], "label": "자전거", "confidence": 0.91},
                    {"type": "polygon", "points": [[0, 0], [40, 0], [40, 30]], "label": "crossing"},
                ],
                "metadata": {"annotator_id": 7, "timestamp": "2025-09-01T09:30:00"},
            },
        ),
        Example((456,), data={"action": "submit", "data": {"boxes": []}}, params={"schema": "any"}, query="schema=any"),
        Example((456,), data={"action": "save", "data": None}),
    ],
    "list_tasks": _FILTERS,
    "list_tasks_data": _FILTERS,
    "list_tasks_files": _FILTERS,
    "create_tasks": [
        Example(data={"project": 123, "data_unit": 789, "priority": "high", "metadata": {"lot": "b-17"}}),
        Example(data=[{"project": 123, "data_unit": 789}, {"project": 123, "data_unit": 790, "priority": "low"}]),
        Example(data={"project": 123, "data": [{"data_unit": 789}]}),
    ],
    "set_tags_tasks": [
        Example(data={"task_ids": [456, 457], "tag_ids": [1, 2]}),
        Example(data={"task_ids": [456], "tag_ids": [1]}, params={"replace": True}, query="replace=true"),
        Example(data={"task_ids": [456], "tag_ids": [1]}, params={"replace": False}, query="replace=false"),
        Example(data={"ids": [456], "tags": [2], "action": "remove"}),
        Example(data={"ids": [456], "tags": [2]}),
    ],
    "get_task_tag": [Example((123,))],
    "list_task_tags": [
        Example(),
        Example(params={"project": 123, "color": "#d9480f"}, query="project=123&color=%23d9480f"),
        Example(params={"search": "긴급", "page_size": 20}, query="search=%EA%B8%B4%EA%B8%89&page_size=20"),
    ],
}
