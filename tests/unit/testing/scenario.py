"""A run through all that the mock does."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.testing.fronts import TOKEN, Front, multipart, release_form


def annotations_and_data(call: Callable[..., None]) -> None:
    """Call what deals with tasks, files, models and ground truth."""
    for target in (
        "/projects/123/",
        "/tasks/456/?expand=data_unit,assignment,annotations",
        "/sdk/tasks/?project=123&tags=1,6&search=street&ordering=-assignee",
        "/sdk/tasks/files/?page_size=3&page=2",
        "/task_tags/?search=quality",
        "/sdk/assignments/?status=rejected&updated_after=2025-08-01T00:00:00",
        "/data_collections/123/?expand=file_specifications",
        "/data_units/?expand=files&page_size=3",
        "/models/?model_type=detection",
        "/models/456/?expand=evaluations,versions&include_file=false",
        "/sdk/ground_truth_events/?ground_truth_dataset_versions=121,122&page_size=3",
        "/ground_truth_dataset_versions/",
        "/ground_truths/?page_size=3",
    ):
        call("GET", target)
    call("POST", "/tasks/", [{"project": 123, "data_unit": 789, "assignee": 456}, {"project": 124, "data_unit": 760}])
    call("POST", "/tasks/", {"project": 999, "data_unit": 999})
    call("PUT", "/tasks/471/annotate_task_data/", {"annotations": [{"type": "bbox"}], "metadata": {"b": 1, "a": 2}})
    call("POST", "/tasks/set_tags/?replace=true", {"task_ids": [456, 471], "tag_ids": [6, 1, 123]})
    call("POST", "/assignments/set_tags/?notify=true", {"ids": [789], "tags": [2], "action": "remove"})
    call("POST", "/data_files/", *multipart(("file", "a.png", b"content")))
    call("POST", "/data_files/verify_checksums/", {"checksums": ["9a0364b9e99bb480dd25e1f0284c8555", "0" * 32]})
    call("POST", "/data_units/", [{"id": 1, "file": {"image": 127, "mask": "file_id_126"}, "meta": {}}])
    call("POST", "/data_units/", [{"data_collection": 123, "files": {"x": {"checksum": "1"}}}])


def transcript(front: Front) -> bytes:
    """Call everything and return all that came back: status, headers and body of each answer."""
    lines: list[bytes] = []

    def call(method: str, target: str, body: object = None, headers: dict[str, str] | None = None) -> None:
        answer = front.send(method, target, body, headers)
        shown = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
        lines.append(f"{method} {target}\n{answer.status}\n{shown}\n".encode() + answer.body)

    for target in (
        "/jobs/?page_size=4",
        "/jobs/?page=2&page_size=4&status=completed",
        "/jobs/?plugin=123&user=456&created_after=2025-08-25T00:00:00",
        "/jobs/789/?expand=logs,metrics,result",
        "/jobs/789/console_logs/",
        "/plugins/123/",
        "/plugin_releases/456/?expand=plugin",
        "/storages/",
        "/storages/123/",
        "/jobs/?page=99",
        "/jobs/?unknown=1&status=bad",
        "/nothing/",
    ):
        call("GET", target)
    call("POST", "/agents/agent-token-123/connect/")
    call("POST", "/plugins/", {"name": "New", "configuration": {"parameters": {"b": {}, "a": {}}}})
    call("PUT", "/plugins/126/", {"version": "1.1.0"})
    call("POST", "/plugins/", {"code": 5, "name": None, "configuration": []})
    call("POST", "/plugin_releases/", *release_form())
    call("POST", "/plugin_releases/", *release_form())
    call("GET", "/plugin_releases/457/")
    call("POST", "/storages/", {"name": "Local", "provider": "file_system", "configuration": {"base_path": "/x"}})
    for body in ({"parameters": {"threshold": 0.8}}, {"context": {"mock": {"outcome": "failed"}}}):
        call("POST", "/plugins/123/run/", body)
        for _ in range(16):
            call("GET", "/jobs/?page_size=2")
    for job in (790, 791):
        call("GET", f"/jobs/{job}/?expand=logs,metrics,result")
        call("PATCH", f"/jobs/{job}/", {"status": "running", "progress": 10})
    annotations_and_data(call)
    call("GET", "/jobs/", headers={})
    call("HEAD", "/jobs/")
    call("DELETE", "/jobs/")
    call("POST", "/plugins/", b"{", {**TOKEN, "Content-Type": "application/json"})
    return b"\n\n".join(lines)
