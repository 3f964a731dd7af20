"""Objects that tests add, and the state with them saved and loaded."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from synapse_backend.testing import MockBackend
from tests.unit.testing.rest import Api

LATER = (
    *("projects", "tasks", "task_tags", "assignments", "data_collections", "data_files", "data_units", "models"),
    *("ground_truth_datasets", "ground_truth_versions", "ground_truth_events", "ground_truths"),
)


@pytest.mark.parametrize("kind", LATER)
def test_everything_can_be_added_with_nothing_given(kind: str) -> None:
    backend = MockBackend()
    view = getattr(backend, kind)
    count = len(view)
    added = view.add()
    assert view[added["id"]] == added
    assert added["id"] == max(view)
    assert len(view) == count + 1
    view.add(id=5000)
    assert view.add()["id"] == 5001
    with pytest.raises(ValueError, match=r"5000 exists already"):
        view.add(id=5000)
    with pytest.raises(ValueError, match=r"violate the contract at id"):
        view.add(id="x")
    backend.reset()
    assert len(view) == count


def test_what_is_added_is_answered(api: Api) -> None:
    backend = api.backend
    project = backend.projects.add(name="Mine")
    collection = backend.data_collections.add(project=project["id"])
    file = backend.data_files.add(content=b"pixels", filename="a.png")
    unit = backend.data_units.add(data_collection=collection["id"], files={"image": file["id"], "mask": 123})
    task = backend.tasks.add(project=project["id"], data_unit=unit["id"], status="completed", assignee=457)
    shown = api.get(f"/tasks/{task['id']}/", expand="assignment")
    assert shown["assignment"]["task"] == task["id"]
    assert (shown["assignment"]["status"], shown["assignment"]["assignee"]) == ("completed", 457)
    assert api.download(shown["files"]["image"]["url"]) == b"pixels"
    assert (shown["files"]["image"]["is_primary"], shown["files"]["mask"]["is_primary"]) == (True, False)
    assert api.ids("/sdk/tasks/", project=project["id"]) == [task["id"]]
    model = backend.models.add(name="Mine", content=b"weights", filename="m.pt")
    assert api.download(api.get(f"/models/{model['id']}/")["file"]) == b"weights"
    elsewhere = backend.data_files.add(file="/media/a.bin", checksum="0" * 32, size=0)
    assert (elsewhere["file"], elsewhere.get("meta")) == ("/media/a.bin", None)
    assert backend.writes == {}


def test_an_assignment_that_is_named_is_kept(api: Api) -> None:
    task = api.backend.tasks.add(assignee=456, assignment=789)
    assert task["assignment"] == 789
    assert len(api.backend.assignments) == 90


def test_moments_may_be_datetimes(api: Api) -> None:
    task = api.backend.tasks.add(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert task["created_at"] == "2020-01-01T00:00:00Z"
    assert api.ids("/sdk/tasks/", page=2, page_size=131) == [task["id"]]


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("tasks", {"status": "done"}, "the task would violate the contract at status"),
        ("tasks", {"data_unit": "x"}, "the task would violate the contract at data_unit"),
        ("tasks", {"tags": 5}, "the task would violate the contract at tags"),
        ("assignments", {"assignee": None}, "the assignment would violate the contract at assignee"),
        ("data_files", {"content": "text"}, "content must be bytes, and filename text"),
        ("models", {"filename": None}, "content must be bytes, and filename text"),
        ("models", {"metrics": []}, "the model would violate the contract at metrics"),
        ("data_units", {"files": {"image": 999}}, "files of a data unit must be ids of data files by name, not {"),
        ("data_units", {"files": 5}, "files of a data unit must be ids of data files by name, not 5"),
        ("ground_truth_versions", {"ground_truth_dataset": 999}, "would violate the contract at ground_truth_dataset"),
        ("ground_truth_events", {"data_unit": 999}, "would violate the contract at data_unit"),
    ],
)
def test_what_would_violate_the_contract_is_refused(kind: str, fields: dict[str, Any], message: str) -> None:
    backend = MockBackend()
    count = len(getattr(backend, kind))
    with pytest.raises(ValueError, match=r".") as caught:
        getattr(backend, kind).add(**fields)
    assert message in str(caught.value)
    assert len(getattr(backend, kind)) == count


# --- saved and loaded -----------------------------------------------------------------------------------------------


def test_a_state_is_the_same_after_it_was_saved(api: Api) -> None:
    api.post("/tasks/", {"project": 123, "data_unit": 789, "assignee": 456})
    api.post("/tasks/set_tags/", {"task_ids": [456], "tag_ids": [6]}, 200)
    api.post("/data_units/", {"id": 1, "file": {"image": api.send_file(b"new")["id"]}})
    api.backend.ground_truth_events.add()
    saved = api.backend.export_state()
    other = MockBackend(state=copy.deepcopy(saved))
    assert other.export_state() == saved
    for kind in LATER:
        assert dict(getattr(other, kind)) == dict(getattr(api.backend, kind))
    assert other.tasks.add()["id"] == 472
    assert [file.content for file in other.files.values()] == [other.files[path].content for path in other.files]


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("tasks", {"status": "done"}, "tasks[1].status violates the contract: "),
        ("assignments", {"id": None}, "assignments[1].id must be an integer that no other has, not None"),
        ("assignments", {"assignee": None}, "assignments[1].assignee violates the contract: "),
        ("assignments", {"tags": None}, "assignments[1].tags violates the contract: "),
        ("ground_truth_events", {"data_unit": 999}, "ground_truth_events[1].data_unit violates the contract: "),
        ("ground_truth_events", {"category": None}, "ground_truth_events[1].category violates the contract: "),
        (
            "ground_truth_versions",
            {"ground_truth_dataset": 9},
            "ground_truth_versions[1].ground_truth_dataset violates",
        ),
    ],
)
def test_a_damaged_state_is_refused_where_it_is_damaged(kind: str, changes: dict[str, Any], message: str) -> None:
    saved = MockBackend().export_state()
    saved[kind][1].update(changes)
    with pytest.raises(ValueError, match=r".") as caught:
        MockBackend(state=saved)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("kind", ["assignments", "ground_truth_events", "ground_truth_versions", "ground_truths"])
@pytest.mark.parametrize("damage", ["nothing", "no object"])
def test_rows_that_are_no_rows_are_refused(kind: str, damage: str) -> None:
    saved = MockBackend().export_state()
    saved[kind][1] = {"id": saved[kind][1]["id"]} if damage == "nothing" else 5
    with pytest.raises(ValueError, match=rf"^the exported state is damaged: |^{kind}\[1\]"):
        MockBackend(state=saved)
