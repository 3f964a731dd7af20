"""The data that the mock has at first: what the documents mention is there, and everything in it fits together."""

from __future__ import annotations

import hashlib
import json
from xml.etree import ElementTree

import pytest

from synapse_backend.testing import MockBackend
from tests.support.work import instructions
from tests.unit.testing.fronts import InProcessFront

PATHS = {
    "projects": "/projects/{}/",
    "tasks": "/tasks/{}/?expand=data_unit,assignment,annotations",
    "task_tags": "/task_tags/{}/",
    "assignments": "/assignments/{}/",
    "data_collections": "/data_collections/{}/?expand=file_specifications",
    "data_units": "/data_units/{}/?expand=files",
    "models": "/models/{}/?expand=metrics,evaluations,versions",
    "ground_truth_versions": "/ground_truth_dataset_versions/{}/",
}
LISTS = (
    *("/sdk/tasks/", "/sdk/tasks/data/", "/sdk/tasks/files/", "/task_tags/", "/data_collections/", "/data_units/"),
    *("/sdk/assignments/", "/sdk/assignments/data/", "/sdk/assignments/files/", "/models/", "/ground_truths/"),
    *("/sdk/ground_truth_events/", "/sdk/ground_truth_events/data/", "/sdk/ground_truth_events/files/"),
    "/ground_truth_dataset_versions/",
)
KINDS = (*PATHS, "data_files", "ground_truth_datasets", "ground_truth_events", "ground_truths")


@pytest.mark.parametrize("seed", range(5))
def test_what_the_documents_mention_is_there_with_every_seed(seed: int) -> None:
    backend = MockBackend(seed)
    assert {123} <= set(backend.projects) & set(backend.data_collections) & set(backend.ground_truth_versions)
    assert set(range(450, 471)) == {pk for pk, task in backend.tasks.items() if task["project"] == 123}
    assert set(range(785, 801)) == {pk for pk, item in backend.assignments.items() if item["project"] == 123}
    assert set(range(780, 801)) == {pk for pk, unit in backend.data_units.items() if unit["data_collection"] == 123}
    assert {*range(1, 61), *range(123, 127)} <= set(backend.data_files)
    assert {*range(1, 7), 123} == set(backend.task_tags)
    assert set(range(450, 461)) == set(backend.models)
    for kind in KINDS:
        assert not {999, 999_999} & set(getattr(backend, kind))
    for kind, field, values in (
        ("tasks", "status", {"pending", "in_progress", "completed"}),
        ("tasks", "priority", {"low", "normal", "high"}),
        ("tasks", "assignee", {456, 457, 458, None}),
        ("assignments", "status", {"pending", "in_progress", "completed", "rejected"}),
        ("assignments", "assignee", {456, 457, 458}),
        ("models", "model_type", {"classification", "detection", "segmentation"}),
        ("models", "is_active", {True, False}),
        ("ground_truth_events", "category", {"train", "validation", "test"}),
    ):
        assert {row[field] for row in getattr(backend, kind).values()} == values
    assert backend.ground_truth_versions[123]["event_count"] >= 250
    assert any("quality" in tag["name"] for tag in backend.task_tags.values())


@pytest.mark.parametrize("seed", [0, 7])
def test_everything_fits_together(seed: int) -> None:
    backend = MockBackend(seed)
    tasks, assignments, units, files = backend.tasks, backend.assignments, backend.data_units, backend.data_files
    for pk, task in tasks.items():
        assert units[task["data_unit"]]["data_collection"] == backend.projects[task["project"]]["data_collection"]
        assert (task["assignment"] is None) == (task["assignee"] is None)
        assert bool(task["annotations"]) == (task["status"] != "pending")
        if task["assignment"] is not None:
            assert assignments[task["assignment"]]["task"] == pk
        assert set(task["tags"]) <= set(backend.task_tags)
        assert task["created_at"] <= task["updated_at"] < "2025-09-03T09:00:00Z"
    for pk, item in assignments.items():
        task = tasks[item["task"]]
        assert task["assignment"] == pk
        assert (item["assignee"], item["data"], item["priority"]) == (task["assignee"], task["data"], task["priority"])
        assert item["status"] in (task["status"], "rejected")
    checksums = {row["checksum"]: row for row in files.values()}
    for unit in units.values():
        names = [file["name"] for file in backend.data_collections[unit["data_collection"]]["file_specifications"]]
        assert set(unit["files"]) <= set(names)
        assert names[0] in unit["files"]
        for file in unit["files"].values():
            assert checksums[file["checksum"]]["file"] == file["url"]
    for event in backend.ground_truth_events.values():
        assert event["ground_truth_dataset_version"] in backend.ground_truth_versions
        assert event["data"]["annotations"]


def test_stored_content_is_what_its_checksum_and_its_name_say() -> None:
    backend = MockBackend()
    for row in (*backend.data_files.values(), *backend.models.values()):
        content = backend.files[row["file"]].content
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == row["checksum"]
        assert len(content) == row["size"] < 1000
        suffix = row["file"].rpartition(".")[2]
        if suffix == "json":
            assert json.loads(content)
        elif suffix == "xml":
            assert len(ElementTree.fromstring(content)) >= 0  # noqa: S314  # made by this project
        else:
            assert content.startswith({"png": b"\x89PNG\r\n\x1a\n", "zip": b"PK\x03\x04"}[suffix])
    assert len({row["checksum"] for row in backend.data_files.values()}) > 60


def test_what_is_seeded_satisfies_the_contract() -> None:
    backend = MockBackend(3)
    front = InProcessFront(backend)
    for kind, path in PATHS.items():
        for pk in getattr(backend, kind):
            assert front.send("GET", path.format(pk)).status == 200
    for path in LISTS:
        assert front.send("GET", f"{path}?page_size=1000").status == 200
    assert backend.contract_errors == []


def test_seeds_decide_about_every_byte() -> None:
    def everything(seed: int) -> str:
        return json.dumps(MockBackend(seed).export_state())

    assert everything(5) == everything(5)
    assert everything(5) != everything(6)


def test_tenants_and_resets_start_with_data_of_their_own() -> None:
    backend = MockBackend(tenants=["a", "b"])
    front = InProcessFront(backend)

    def headers(tenant: str) -> dict[str, str]:
        return {"Authorization": "Token t", "Synapse-Tenant": f"Token {tenant}", "Content-Type": "application/json"}

    body = json.dumps({"project": 123, "data_unit": 789}).encode()
    assert front.send("POST", "/tasks/", body, headers("a")).json["id"] == 471
    assert front.send("GET", "/tasks/471/", None, headers("b")).status == 404
    pages = [front.send("GET", "/sdk/tasks/data/", None, headers(tenant)).json for tenant in "ab"]
    assert [page["count"] for page in pages] == [132, 131]
    assert pages[0]["results"][2] != pages[1]["results"][1]
    backend.reset()
    assert front.send("GET", "/tasks/471/", None, headers("a")).status == 404


def test_tables_are_filled_when_somebody_looks() -> None:
    backend = MockBackend(99)
    front = InProcessFront(backend)
    front.send("POST", "/plugins/", {"name": "A"})
    tables = backend._app.state.tables()
    assert [name for name, table in tables.items() if "_rows" in vars(table) and name in KINDS] == []
    front.send("GET", "/tasks/456/")
    assert {name for name, table in tables.items() if "_rows" in vars(table)} >= {"tasks", "data_units"}
    backend.tasks.add()
    assert instructions(backend.reset) < 3_000
    tables = backend._app.state.tables()
    assert [name for name, table in tables.items() if "_rows" in vars(table) and name in KINDS] == []
    assert len(backend.tasks) == 131
