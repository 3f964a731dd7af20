"""Projects, tasks and task tags."""

from __future__ import annotations

from typing import Any

import pytest

from synapse_backend.testing.accounting import Writes
from tests.unit.testing.rest import Api

BOX = {"type": "bbox", "coordinates": [10, 10, 50, 40.5], "label": "car", "confidence": 0.95}


def test_get_project(api: Api) -> None:
    project = api.get("/projects/123/")
    assert (project["name"], project["data_collection"]) == ("Street scenes", 123)
    assert api.get("/projects/999/", 404) == {"detail": "Not found."}


# --- one task -------------------------------------------------------------------------------------------------------


def test_get_task_is_plain_unless_asked(api: Api) -> None:
    task = api.get("/tasks/456/")
    assert (task["project"], task["data_unit"], task["status"], task["assignee"]) == (123, 786, "in_progress", 456)
    assert task["assignment"] == 786
    assert "annotations" not in task
    assert api.download(task["files"]["image"]["url"]).startswith(b"\x89PNG")
    assert api.get("/tasks/999/", 404) == {"detail": "Not found."}


@pytest.mark.parametrize("expand", ["data_unit,assignment,annotations", ["data_unit", "assignment", "annotations"]])
def test_get_task_expands(api: Api, expand: str | list[str]) -> None:
    task = api.get("/tasks/456/", expand=expand)
    assert task["annotations"] == api.backend.tasks[456]["annotations"] != []
    assert task["data_unit"]["id"] == 786
    assert task["data_unit"]["files"] == task["files"]
    assert task["assignment"]["id"] == 786
    assert task["assignment"]["file"] == task["files"]["image"]["url"]
    assert api.get("/tasks/450/", expand="assignment")["assignment"] is None


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"include_annotations": "true"}, True),
        ({"include_annotations": "True"}, True),
        ({"include_annotations": "false", "expand": "annotations"}, False),
        ({"expand": "annotations"}, True),
        ({"expand": "data_unit"}, False),
    ],
)
def test_annotations_are_shown_when_asked(api: Api, query: dict[str, Any], shown: bool) -> None:
    assert ("annotations" in api.get("/tasks/457/", **query)) is shown


# --- lists ----------------------------------------------------------------------------------------------------------


def test_list_tasks_is_newest_first_in_pages(api: Api) -> None:
    page = api.get("/sdk/tasks/")
    assert (page["count"], len(page["results"]), page["previous"]) == (131, 100, None)
    assert page["results"][0]["id"] == 470
    second = api.call("GET", page["next"].removeprefix(api.backend.url), 200)
    assert len(second["results"]) == 31
    assert second["next"] is None
    ids = [task["id"] for task in page["results"] + second["results"]]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"project": 123}, range(470, 449, -1)),
        ({"project": 123, "status": "in_progress"}, [468, 467, 463, 461, 456]),
        ({"project": 123, "assignee": 456}, [468, 465, 462, 459, 456]),
        ({"data_unit": 786}, [456]),
        ({"tags": 6}, [468, 461, 454]),
        ({"tags": [2, 6]}, [468, 466, 461, 459, 454, 452]),
        ({"tags": "2,6", "status": "completed"}, [466, 459]),
        ({"search": "STREET_0786"}, [456]),
        ({"search": "street_0786", "project": 124}, []),
        ({"data_unit": 999}, []),
        ({"project": 123, "status": "completed", "ordering": "id"}, [455, 457, 459, 462, 464, 466, 469]),
        ({"project": 123, "status": "completed", "ordering": "-id"}, [469, 466, 464, 462, 459, 457, 455]),
        ({"project": 123, "ordering": "assignee", "page_size": 6}, [450, 451, 452, 453, 454, 456]),
        ({"project": 123, "ordering": "-assignee", "page_size": 2}, [470, 467]),
        ({"project": 123, "ordering": "created_at", "page_size": 2}, [450, 451]),
        ({"project": 123, "ordering": "-created_at", "page_size": 2}, [470, 469]),
        ({"project": 123, "ordering": "priority", "page_size": 3}, [451, 454, 457]),
    ],
)
def test_list_tasks_filters_searches_and_orders(api: Api, query: dict[str, Any], expected: Any) -> None:
    assert api.ids("/sdk/tasks/", **query) == list(expected)
    assert api.ids("/sdk/tasks/data/", **query) == list(expected)
    assert api.ids("/sdk/tasks/files/", **query) == list(expected)


def test_list_tasks_takes_what_was_created_after_a_moment(api: Api) -> None:
    moment = api.backend.tasks[468]["created_at"]
    assert api.ids("/sdk/tasks/", created_after=moment) == [470, 469]
    assert api.ids("/sdk/tasks/", created_after="2030-01-01T00:00:00") == []
    assert len(api.ids("/sdk/tasks/", created_after="2020-01-01T00:00:00", project=123)) == 21


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"ordering": "foo"}, "ordering"),
        ({"ordering": "annotations", "project": 999}, "ordering"),
        ({"status": "done"}, "status"),
        ({"tags": "a"}, "tags"),
        ({"project": "x"}, "project"),
    ],
)
def test_list_tasks_refuses_what_it_does_not_know(api: Api, query: dict[str, Any], field: str) -> None:
    assert list(api.get("/sdk/tasks/", 400, **query)) == [field]


def test_parts_of_tasks_are_lists_of_their_own(api: Api) -> None:
    data = api.get("/sdk/tasks/data/", data_unit=786)["results"]
    assert data == [{"id": 456, "data": api.backend.tasks[456]["data"]}]
    (files,) = api.get("/sdk/tasks/files/", data_unit=786)["results"]
    assert list(files) == ["id", "files"]
    assert [file["name"] for file in files["files"]] == ["image", "annotation", "metadata"]
    assert all(api.download(file["url"]) for file in files["files"])


# --- creation -------------------------------------------------------------------------------------------------------


def test_create_tasks_answers_as_it_was_asked(api: Api) -> None:
    task = api.post("/tasks/", {"project": 123, "data_unit": 789, "priority": "high", "metadata": {"a": 1}})
    assert task["id"] == 471
    assert (task["status"], task["priority"], task["assignee"], task["assignment"]) == ("pending", "high", None, None)
    assert task["metadata"] == {"a": 1}
    assert api.get("/tasks/471/") == task
    tasks = api.post("/tasks/", [{"project": 123, "data_unit": unit} for unit in (790, 791)])
    assert [(task["id"], task["data_unit"], task["priority"]) for task in tasks] == [
        (472, 790, "normal"),
        (473, 791, "normal"),
    ]
    assert api.post("/tasks/", []) == []
    assert api.ids("/sdk/tasks/", page_size=3) == [473, 472, 471]
    assert api.backend.writes["tasks"] == Writes(created=3, updated=0)


def test_a_task_for_somebody_has_an_assignment(api: Api) -> None:
    task = api.post("/tasks/", {"project": 123, "data_unit": 789, "assignee": 457, "priority": "low"})
    assignment = api.get(f"/assignments/{task['assignment']}/")
    assert assignment["task"] == task["id"]
    assert (assignment["assignee"], assignment["priority"], assignment["status"]) == (457, "low", "pending")
    assert assignment["project"] == 123
    assert assignment["files"] == task["files"]
    assert api.backend.writes["assignments"] == Writes(created=1, updated=0)
    assert api.backend.writes["tasks"] == Writes(created=1, updated=0)


def test_the_later_form_makes_a_task_of_each_item(api: Api) -> None:
    body = {"project": 123, "priority": "high", "data": [{"data_unit": 789}, {"data_unit": 790, "priority": 5}]}
    tasks = api.post("/tasks/", body)
    assert [(task["data_unit"], task["priority"]) for task in tasks] == [(789, "high"), (790, "high")]
    assert len(api.post("/tasks/", [body, {"project": 124, "data_unit": 760}])) == 3
    assert api.post("/tasks/", {"project": 123, "data": []}) == []


MISSING = 'Invalid pk "999" - object does not exist.'


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"project": 999, "data_unit": 999}, {"project": [MISSING], "data_unit": [MISSING]}),
        ({"project": 123}, {"data_unit": ["This field is required."]}),
        ([{"project": 123, "data_unit": 789}, {"project": 999, "data_unit": 789}], {"1": {"project": [MISSING]}}),
        (
            {"project": 123, "data": [{"data_unit": 789}, {"data_unit": 999}, {}, {"data_unit": [1]}]},
            {
                "data": {
                    "1": {"data_unit": [MISSING]},
                    "2": {"data_unit": ["This field is required."]},
                    "3": {"data_unit": ['Invalid pk "[1]" - object does not exist.']},
                }
            },
        ),
        (
            {"project": 123, "data_unit": 789, "data": [{"data_unit": 789}]},
            {"non_field_errors": ["data_unit and data belong to different forms of this call."]},
        ),
        ({"project": 123, "data_unit": 789, "priority": "urgent"}, {"priority": ['"urgent" is not a valid choice.']}),
    ],
)
def test_tasks_that_cannot_be_are_refused_all_together(api: Api, body: object, errors: object) -> None:
    assert api.post("/tasks/", body, 400) == errors
    assert len(api.backend.tasks) == 131
    assert api.backend.writes["tasks"] == Writes()


# --- annotations ----------------------------------------------------------------------------------------------------


def test_annotations_complete_the_task_and_its_assignment(api: Api) -> None:
    body = {"annotations": [BOX], "metadata": {"annotator_id": 456}}
    task = api.put("/tasks/456/annotate_task_data/", body)
    assert (task["status"], task["annotations"]) == ("completed", [BOX])
    assert task["metadata"] == {"batch": "batch-1", "annotator_id": 456}
    assert task["updated_at"] > task["created_at"]
    assert api.get("/tasks/456/", expand="annotations") == task
    assert api.get("/sdk/tasks/data/", data_unit=786)["results"] == [{"id": 456, "data": {"annotations": [BOX]}}]
    assignment = api.get("/assignments/786/")
    assert (assignment["status"], assignment["data"]) == ("completed", {"annotations": [BOX]})
    assert assignment["updated_at"] == task["updated_at"]


@pytest.mark.parametrize(
    ("action", "status"), [({"action": "save"}, "in_progress"), ({"action": "submit"}, "completed"), ({}, "completed")]
)
def test_data_is_saved_or_submitted(api: Api, action: dict[str, str], status: str) -> None:
    data = {"shapes": [1]}
    task = api.put("/tasks/463/annotate_task_data/", {"data": data, **action})
    assert (task["status"], task["data"], task["annotations"]) == (status, data, [])
    assert api.backend.assignments[793]["status"] == status
    assert api.ids("/sdk/tasks/", status=status, data_unit=793) == [463]


def test_what_was_saved_is_submitted(api: Api) -> None:
    before = api.backend.tasks[456]
    task = api.put("/tasks/456/annotate_task_data/", {"action": "submit"})
    assert (task["status"], task["data"], task["annotations"]) == ("completed", before["data"], before["annotations"])
    assert api.put("/tasks/456/annotate_task_data/", {"action": "save", "data": None})["data"] is None


def test_a_task_of_nobody_can_be_annotated(api: Api) -> None:
    assert api.put("/tasks/450/annotate_task_data/", {"annotations": []})["status"] == "completed"
    assert api.backend.writes["assignments"] == Writes()


@pytest.mark.parametrize(
    ("target", "body", "errors"),
    [
        ("450", {"annotations": [], "data": {}}, {"non_field_errors"}),
        ("450", {"metadata": {}}, {"annotations"}),
        ("450", {"action": "reject"}, {"action"}),
        ("450", {"annotations": [{"confidence": 2}]}, {"annotations"}),
        ("450", {"data": [1]}, {"data"}),
        ("450?schema=dm_schema_v1", {"data": None}, {"data"}),
        ("450?schema=dm_schema_v1", {"action": "submit"}, {"data"}),
        ("450?schema=v7", {"data": {}}, {"schema"}),
    ],
)
def test_what_is_no_annotation_is_refused(api: Api, target: str, body: object, errors: set[str]) -> None:
    pk, _, query = target.partition("?")
    assert set(api.put(f"/tasks/{pk}/annotate_task_data/?{query}", body, 400)) == errors
    assert api.backend.tasks[450]["status"] == "pending"


def test_the_schema_lets_objects_pass(api: Api) -> None:
    path = "/tasks/450/annotate_task_data/?schema="
    assert api.put(f"{path}dm_schema_v1", {"data": {"a": 1}})["data"] == {"a": 1}
    assert api.put(f"{path}dm_schema_v1", {"action": "submit"})["data"] == {"a": 1}
    assert api.put(f"{path}dm_schema_v1", {"annotations": []})["data"] == {"annotations": []}
    assert api.put(f"{path}any", {"data": None})["data"] is None
    assert api.put("/tasks/999/annotate_task_data/", {"data": {}}, 404) == {"detail": "Not found."}


# --- tags -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "body", "tags"),
    [
        ("", {"task_ids": [456, 457], "tag_ids": [3, 1]}, {456: [1, 3], 457: [1, 3]}),
        ("", {"task_ids": [458], "tag_ids": [3]}, {458: [3, 4]}),
        ("replace=true", {"task_ids": [458], "tag_ids": [3]}, {458: [3]}),
        ("replace=True", {"ids": [458], "tags": []}, {458: []}),
        ("replace=false", {"task_ids": [458, 458], "tag_ids": [3, 3]}, {458: [3, 4]}),
        ("", {"ids": [458], "tags": [3], "action": "add"}, {458: [3, 4]}),
        ("", {"ids": [458], "tags": [3, 4], "action": "remove"}, {458: []}),
    ],
)
def test_tags_are_set_and_stay(api: Api, query: str, body: object, tags: dict[int, list[int]]) -> None:
    assert api.post(f"/tasks/set_tags/?{query}", body, 200) == {"updated": len(tags)}
    for pk, expected in tags.items():
        assert api.get(f"/tasks/{pk}/")["tags"] == expected
        assert api.backend.tasks[pk]["tags"] == expected
        for tag in (1, 2, 3, 4):
            assert (pk in api.ids("/sdk/tasks/", project=123, tags=tag)) is (tag in expected)
    assert api.backend.writes["tasks"] == Writes(created=0, updated=1)


@pytest.mark.parametrize(
    ("query", "body", "status", "message"),
    [
        ("", {"task_ids": [456, 999999], "tag_ids": [1]}, 404, "Task 999999 does not exist."),
        ("", {"task_ids": [456], "tag_ids": [1, 999]}, 404, "Task tag 999 does not exist."),
        ("", {"task_ids": [456], "tags": [1]}, 400, ""),
        ("", {"task_ids": [456], "tag_ids": [1], "action": "remove"}, 400, ""),
        ("", {"task_ids": [456], "tag_ids": [1], "ids": [457], "tags": [1]}, 400, ""),
        ("", {"action": "add", "more": 1}, 400, ""),
        ("", {"task_ids": [456]}, 400, ""),
        ("", {"ids": [456], "tags": [1], "action": "toggle"}, 400, ""),
        ("replace=true", {"ids": [456], "tags": [1], "action": "remove"}, 400, ""),
    ],
)
def test_tags_that_cannot_be_set_change_nothing(api: Api, query: str, body: object, status: int, message: str) -> None:
    before = dict(api.backend.tasks)
    answer = api.post(f"/tasks/set_tags/?{query}", body, status)
    assert answer.get("detail", "") == message
    assert dict(api.backend.tasks) == before


def test_mixed_forms_of_tags_are_named(api: Api) -> None:
    body = {"task_ids": [456], "tag_ids": [1], "action": "add"}
    assert api.post("/tasks/set_tags/", body, 400) == {
        "non_field_errors": ["action and tag_ids and task_ids belong to different forms of this call."]
    }


def test_task_tags(api: Api) -> None:
    assert api.get("/task_tags/123/")["name"] == "gold standard"
    assert api.get("/task_tags/999/", 404) == {"detail": "Not found."}
    assert sorted(api.ids("/task_tags/")) == [1, 2, 3, 4, 5, 6, 123]
    assert api.ids("/task_tags/", project=123) == [123, 4, 3, 2, 1]
    assert api.ids("/task_tags/", search="Quality") == [3, 2]
    assert api.ids("/task_tags/", search="dark", project=124) == [5]
    assert api.ids("/task_tags/", color="#43a047") == [6, 2]
