"""Assignments."""

from __future__ import annotations

from typing import Any

import pytest

from synapse_backend.testing.accounting import Writes
from tests.unit.testing.rest import Api


def test_get_assignment(api: Api) -> None:
    assignment = api.get("/assignments/789/")
    assert (assignment["project"], assignment["task"], assignment["status"]) == (123, 459, "completed")
    assert assignment["assignee"] == api.backend.tasks[459]["assignee"]
    assert assignment["data"] == api.backend.tasks[459]["data"]
    assert assignment["file"] == assignment["files"]["image"]["url"]
    assert api.download(assignment["file"]).startswith(b"\x89PNG")
    assert api.get("/assignments/999/", 404) == {"detail": "Not found."}


def test_an_assignment_of_a_task_without_files_has_no_file(api: Api) -> None:
    unit = api.backend.data_units.add()
    task = api.backend.tasks.add(data_unit=unit["id"], assignee=458)
    assignment = api.get(f"/assignments/{task['assignment']}/")
    assert (assignment["file"], assignment["files"]) == (None, {})
    lost = api.backend.assignments.add(task=5)
    assert api.get(f"/assignments/{lost['id']}/")["file"] is None
    assert lost["id"] not in api.ids("/sdk/assignments/", search="street", project=123)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"project": 123}, range(800, 784, -1)),
        ({"project": 123, "status": "rejected"}, [798, 793]),
        ({"project": 123, "assignee": 457}, [799, 796, 793, 790, 787]),
        ({"project": 123, "priority": "high"}, [799, 796, 793, 790, 787]),
        ({"tags": 6}, [798, 791]),
        ({"search": "too wide"}, [798, 793]),
        ({"search": "street_0789"}, [789]),
        ({"project": 123, "ordering": "task", "page_size": 2}, [785, 786]),
        ({"project": 123, "ordering": "-updated_at", "page_size": 3}, [800, 799, 798]),
    ],
)
def test_list_assignments_filters_searches_and_orders(api: Api, query: dict[str, Any], expected: Any) -> None:
    for form in ("", "data/", "files/"):
        assert api.ids(f"/sdk/assignments/{form}", **query) == list(expected)


def test_list_assignments_takes_what_changed_after_a_moment(api: Api) -> None:
    moment = api.backend.assignments[798]["updated_at"]
    assert api.ids("/sdk/assignments/", updated_after=moment) == [800, 799]
    api.put("/tasks/456/annotate_task_data/", {"action": "submit"})
    assert api.ids("/sdk/assignments/", updated_after=moment) == [800, 799, 786]
    assert api.ids("/sdk/assignments/", created_after=api.backend.assignments[798]["created_at"]) == [800, 799]
    assert list(api.get("/sdk/assignments/", 400, ordering="file")) == ["ordering"]


def test_parts_of_assignments_are_lists_of_their_own(api: Api) -> None:
    (data,) = api.get("/sdk/assignments/data/", search="street_0789")["results"]
    assert data == {"id": 789, "data": api.backend.assignments[789]["data"]}
    (files,) = api.get("/sdk/assignments/files/", search="street_0789")["results"]
    assert list(files) == ["id", "files"]
    assert [file["is_primary"] for file in files["files"]] == [True, False, False]


def test_tags_are_set_and_stay(api: Api) -> None:
    body = {"assignment_ids": [789, 790, 791], "tag_ids": [1, 123]}
    assert api.post("/assignments/set_tags/?replace=true", body, 200) == {"updated": 3}
    assert api.ids("/sdk/assignments/", tags=123) == [791, 790, 789]
    assert api.get("/assignments/790/")["tags"] == [1, 123]
    later = {"ids": [790], "tags": [1], "action": "remove"}
    assert api.post("/assignments/set_tags/", later, 200) == {"updated": 1}
    assert api.get("/assignments/790/")["tags"] == [123]
    assert api.backend.tasks[460]["tags"] == []
    assert api.backend.writes["assignments"] == Writes(created=0, updated=2)


@pytest.mark.parametrize(("notify", "told"), [("true", True), ("True", True), ("false", False), (None, False)])
def test_who_is_told_about_tags_can_be_seen(api: Api, notify: str | None, told: bool) -> None:
    query = "" if notify is None else f"?notify={notify}"
    api.post(f"/assignments/set_tags/{query}", {"assignment_ids": [789], "tag_ids": [1]}, 200)
    assert ("notified_at" in api.backend.assignments[789]["metadata"]) is told
    assert "notified_at" not in api.backend.assignments[790]["metadata"]
    assert api.backend.assignments[789]["tags"] == [1, 2]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"assignment_ids": [789, 999], "tag_ids": [1]}, 404, "Assignment 999 does not exist."),
        ({"ids": [789], "tags": [999]}, 404, "Task tag 999 does not exist."),
        ({"assignment_ids": [789], "tag_ids": [1], "tags": [2], "ids": [1]}, 400, ""),
        ({"task_ids": [456], "tag_ids": [1], "assignment_ids": []}, 200, ""),
    ],
)
def test_tags_that_cannot_be_set_change_nothing(api: Api, body: object, status: int, message: str) -> None:
    before = dict(api.backend.assignments)
    assert api.post("/assignments/set_tags/?notify=true", body, status).get("detail", "") == message
    assert dict(api.backend.assignments) == before
