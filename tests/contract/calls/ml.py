"""Models and ground truth."""

from __future__ import annotations

from tests.contract.calls.example import Calls, Example

_EVENT_FILTERS = [
    Example(),
    Example(params={"ground_truth_dataset_versions": 123}, query="ground_truth_dataset_versions=123"),
    Example(
        params={"ground_truth_dataset_versions": [123, 124], "project": 123},
        query="ground_truth_dataset_versions=123&ground_truth_dataset_versions=124&project=123",
    ),
    Example(
        params={"data_type": "image", "created_after": "2025-09-01T09:30:00", "search": "street"},
        query="data_type=image&created_after=2025-09-01T09%3A30%3A00&search=street",
    ),
    Example(params={"ordering": "-id", "page": 1, "page_size": 20}, query="ordering=-id&page=1&page_size=20"),
]

CALLS: Calls = {
    "list_models": [
        Example(),
        Example(
            params={"project": 123, "model_type": "detection", "is_active": True},
            query="project=123&model_type=detection&is_active=true",
        ),
        Example(
            params={"created_after": "2025-09-01T09:30:00", "search": "street", "ordering": "-id"},
            query="created_after=2025-09-01T09%3A30%3A00&search=street&ordering=-id",
        ),
        Example(params={"page": 1, "page_size": 20}, query="page=1&page_size=20"),
    ],
    "get_model": [
        Example((456,)),
        Example((456,), params={"expand": "metrics"}, query="expand=metrics"),
        Example(
            (456,),
            params={"expand": ["metrics", "evaluations", "versions"], "include_file": True},
            query="expand=metrics&expand=evaluations&expand=versions&include_file=true",
        ),
    ],
    # Without a file there is nothing to upload, and the one request is the whole call.
    "create_model": [
        Example(
            data={
                "name": "보행자 검출기",
                "model_type": "detection",
                "project": 123,
                "chunked_upload": 123,
                "description": "Finds people in street scenes",
                "metrics": {"accuracy": 0.92, "precision": 0.9, "recall": 0.88, "f1_score": 0.89},
                "configuration": {"input_size": [640, 640], "num_classes": 4, "framework": "pytorch"},
                "is_active": True,
            }
        ),
        Example(data={"name": "Street detector", "project": 123, "chunked_upload": 123}),
    ],
    "list_ground_truth_events": _EVENT_FILTERS,
    "list_ground_truth_events_data": _EVENT_FILTERS,
    "list_ground_truth_events_files": _EVENT_FILTERS,
    "list_ground_truths": [
        Example(),
        Example(
            params={"ground_truth_dataset": 123, "ground_truth_dataset_versions": [123], "page_size": 20},
            query="ground_truth_dataset=123&ground_truth_dataset_versions=123&page_size=20",
        ),
    ],
    "list_ground_truth_versions": [
        Example(),
        Example(
            params={"ground_truth_dataset": 123, "is_archived": False, "page": 1},
            query="ground_truth_dataset=123&is_archived=false&page=1",
        ),
    ],
    "get_ground_truth_version": [Example((123,))],
}
