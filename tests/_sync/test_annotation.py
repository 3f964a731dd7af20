# Derived from tests/_async/test_annotation.py by scripts/unasync.py; do not edit.
"""Projects, tasks, annotations and tags: what an application does with them, on the mock backend."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import pytest

from synapse_api.models.task_create import TaskCreate
from synapse_backend import (
    AuthorizationError,
    BackendClient,
    NotFoundError,
    OutcomeUnknownError,
    Page,
    ValidationError,
)
from synapse_backend.testing import MockBackend
from tests.support.canary import TOKEN
from tests.support.recorder import Recorded, Reply, record

SHAPES = {"annotations": [{"type": "bbox", "coordinates": [12, 8, 96, 64], "label": "bicycle", "confidence": 0.91}]}


# --- projects -----------------------------------------------------------------------------------------------------


def test_get_project(connected: BackendClient) -> None:
    project = connected.get_project(123)
    assert (project["id"], project["name"]) == (123, "Street scenes")
    assert project["configuration"]["classes"]


def test_a_project_that_is_not_there(connected: BackendClient) -> None:
    with pytest.raises(NotFoundError) as caught:
        connected.get_project(999999)
    assert (caught.value.status_code, caught.value.response) == (404, {"detail": "Not found."})


# --- tasks --------------------------------------------------------------------------------------------------------


def test_get_task_sends_whole_what_was_asked_for(connected: BackendClient) -> None:
    plain: Any = connected.get_task(456)
    assert isinstance(plain["data_unit"], int)
    assert "annotations" not in plain
    whole: Any = connected.get_task(456, {"expand": ["data_unit", "assignment"], "include_annotations": True})
    assert whole["data_unit"]["id"] == plain["data_unit"]
    assert whole["assignment"]["task"] == 456
    assert isinstance(whole["annotations"], list)


def test_a_task_of_somebody_else_is_forbidden(connected: BackendClient, backend: MockBackend) -> None:
    backend.faults.on("get_task").status(403, body={"detail": "Not yours."})
    with pytest.raises(AuthorizationError) as caught:
        connected.get_task(456)
    assert (caught.value.status_code, caught.value.response) == (403, {"detail": "Not yours."})


def test_tasks_can_be_filtered(connected: BackendClient) -> None:
    tasks, count = page = connected.list_tasks({"project": 123, "status": "pending"})
    assert isinstance(page, Page)
    assert 0 < len(tasks) == count
    assert {(task["project"], task["status"]) for task in tasks} == {(123, "pending")}
    mine, _ = connected.list_tasks(params={"project": 123, "assignee": 456})
    assert {task["assignee"] for task in mine} == {456}
    assert (connected.list_tasks({"project": 123, "search": "no such thing"})) == ([], 0)


def test_all_tasks_are_those_of_all_pages(connected: BackendClient) -> None:
    first, count = connected.list_tasks({"page_size": 40})
    assert len(first) == 40 < count
    paged = [*first]
    for page in range(2, -(-count // 40) + 1):
        paged += (connected.list_tasks({"page_size": 40, "page": page})).items
    assert connected.list_tasks(None, None, True) == paged
    assert connected.list_tasks({"page_size": 40}, list_all=True) == paged
    assert [task for task in connected.iter_tasks({"page_size": 7})] == paged
    assert len(paged) == count


def test_a_page_past_the_end_is_not_there(connected: BackendClient) -> None:
    with pytest.raises(NotFoundError):
        connected.list_tasks({"page": 99})


def test_data_and_files_come_without_the_rest(connected: BackendClient) -> None:
    project: Any = {"project": 123}
    ids = [task["id"] for task in connected.list_tasks(project, list_all=True)]
    data = connected.list_tasks_data(project, list_all=True)
    assert [item["id"] for item in data] == ids
    assert {frozenset(item) for item in data} == {frozenset({"id", "data"})}
    files, count = connected.list_tasks_files(project)
    assert [item["id"] for item in files] == ids
    assert count == len(ids)
    assert all(file["url"].startswith("http") for item in files for file in item["files"])
    assert [item for item in connected.iter_tasks_data(project)] == data
    assert [item for item in connected.iter_tasks_files(project)] == files
    assert connected.list_tasks_files(project, None, True) == files
    assert (connected.list_tasks_data(project)).items == data


def test_one_task_gives_one_and_a_list_gives_a_list(connected: BackendClient) -> None:
    before = (connected.list_tasks({"project": 123})).total
    task = connected.create_tasks({"project": 123, "data_unit": 789, "priority": "high"})
    assert (task["project"], task["data_unit"], task["priority"]) == (123, 789, "high")
    one = connected.create_tasks([{"project": 123, "data_unit": 789}])
    assert [item["data_unit"] for item in one] == [789]
    units = [790, 788, 789]
    several = connected.create_tasks([{"project": 123, "data_unit": unit} for unit in units])
    assert [item["data_unit"] for item in several] == units
    from_models = connected.create_tasks([TaskCreate(project=123, data_unit=791)])
    assert from_models[0]["data_unit"] == 791
    assert (connected.list_tasks({"project": 123})).total == before + 6


def test_one_wrong_task_and_none_is_created(connected: BackendClient) -> None:
    before = (connected.list_tasks()).total
    with pytest.raises(ValidationError) as caught:
        connected.create_tasks([{"project": 123, "data_unit": 789}, {"project": 999999, "data_unit": 789}])
    assert caught.value.status_code == 400
    assert list(caught.value.response["1"]) == ["project"]
    assert (connected.list_tasks()).total == before


def test_tasks_whose_answer_was_lost_are_not_created_twice(connected: BackendClient, backend: MockBackend) -> None:
    before = (connected.list_tasks()).total
    backend.faults.on("create_tasks").commit_then_reset()
    with pytest.raises(OutcomeUnknownError, match="look with list_tasks"):
        connected.create_tasks({"project": 123, "data_unit": 789})
    assert (connected.list_tasks()).total == before + 1


# --- annotations --------------------------------------------------------------------------------------------------


def test_annotations_are_there_afterwards(connected: BackendClient) -> None:
    task = connected.annotate_task_data(450, {**SHAPES, "metadata": {"annotator_id": 7}})
    assert task["status"] == "completed"
    stored = connected.get_task(450, {"include_annotations": True})
    assert stored["annotations"] == SHAPES["annotations"]
    assert stored["metadata"]["annotator_id"] == 7
    again = connected.annotate_task_data(450, SHAPES)
    assert again["annotations"] == SHAPES["annotations"]


def test_the_later_form_saves_and_submits(connected: BackendClient) -> None:
    data = {"boxes": [1, 2, 3, 4]}
    saved = connected.annotate_task_data(450, {"action": "save", "data": data}, {"schema": "any"})
    assert (saved["status"], saved["data"]) == ("in_progress", data)
    submitted = connected.annotate_task_data(450, {"action": "submit"})
    assert (submitted["status"], submitted["data"]) == ("completed", data)


def test_an_annotation_of_no_form_is_refused(connected: BackendClient) -> None:
    with pytest.raises(ValidationError) as caught:
        connected.annotate_task_data(450, {"metadata": {}})
    assert caught.value.response == {"annotations": ["This field is required."]}


def pairs() -> Iterator[tuple[int | str, dict[str, Any]]]:
    yield from ((task, SHAPES) for task in (450, 999999, 451))


FORMS: dict[str, Any] = {
    "mapping": {450: SHAPES, 999999: SHAPES, 451: SHAPES},
    "pairs": [(450, SHAPES), (999999, SHAPES), (451, SHAPES)],
    "dicts": [{"task_id": task, "data": SHAPES} for task in (450, 999999, 451)],
    "generator": pairs,
}


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("max_workers", [1, 10])
def test_one_annotation_that_fails_does_not_stop_the_others(
    form: str, max_workers: int, connected: BackendClient
) -> None:
    items = FORMS[form]
    outcomes = connected.annotate_task_data_batch(
        items() if callable(items) else items, max_workers=max_workers, params={"schema": "any"}
    )
    assert [(task, outcome["success"]) for task, outcome in outcomes.items()] == [
        (450, True),
        (999999, False),
        (451, True),
    ]
    failed, done = outcomes[999999], outcomes[450]
    assert isinstance(failed["error"], NotFoundError)
    assert failed["response"] is None
    assert done["error"] is None
    assert done["response"] is not None
    assert done["response"]["id"] == 450
    for task in (450, 451):
        stored = connected.get_task(task, {"include_annotations": True})
        assert stored["annotations"] == SHAPES["annotations"]


def test_data_that_cannot_be_sent_fails_alone(connected: BackendClient) -> None:
    outcomes = connected.annotate_task_data_batch([(450, {"annotations": [object()]}), (451, SHAPES)])
    assert isinstance(outcomes[450]["error"], TypeError)
    assert outcomes[451]["success"]


@pytest.mark.parametrize("max_workers", [1, 3])
def test_no_more_calls_are_made_at_a_time_than_there_are_workers(max_workers: int) -> None:
    together = threading.Barrier(max_workers, timeout=60)

    def answer(_: Recorded) -> Reply:
        # None is answered before as many were asked for as there are workers.
        together.wait()
        return Reply.of_json(200, {"id": 450})

    begun_and_ended: list[int] = []
    hooks: dict[str, Any] = {
        "on_request": lambda event: begun_and_ended.append(1),
        "on_response": lambda event: begun_and_ended.append(-1),
    }
    tasks = range(450, 459)
    with record() as recorder:
        recorder.reply = answer
        with BackendClient(recorder.url, TOKEN, timeout=60, **hooks) as client:
            outcomes = client.annotate_task_data_batch(dict.fromkeys(tasks, SHAPES), max_workers=max_workers)
    assert list(outcomes) == list(tasks)
    assert all(outcome["success"] for outcome in outcomes.values())
    assert max(accumulate(begun_and_ended)) == max_workers


class Numbered:
    """An integer of another library."""

    def __index__(self) -> int:
        return 450


def test_an_integer_of_another_library_names_a_task(connected: BackendClient) -> None:
    items: Any = [(Numbered(), SHAPES)]
    assert (connected.annotate_task_data_batch(items))[450]["success"]


def test_an_empty_batch_is_nothing(connected: BackendClient, backend: MockBackend) -> None:
    assert connected.annotate_task_data_batch([]) == {}
    assert len(backend.requests) == 0


BAD_BATCHES: list[Any] = [
    pytest.param([456], TypeError, r"items\[0\] must be a pair", id="no pair"),
    pytest.param([(456, SHAPES), {"data": SHAPES}], TypeError, r"items\[1\] must be a pair", id="no task"),
    pytest.param([(4.5, SHAPES)], TypeError, r"items\[0\]: .* must be an int or a str, not float", id="no id"),
    pytest.param({True: SHAPES}, TypeError, r"items\[0\]: .* must be an int or a str, not bool", id="a bool"),
    pytest.param([(456, SHAPES), (456, {})], ValueError, r"items\[1\]: the task 456 comes twice", id="twice"),
]


@pytest.mark.parametrize(("items", "error", "message"), BAD_BATCHES)
def test_a_batch_that_is_none_is_refused_before_anything_is_sent(
    items: Any, error: type[Exception], message: str, connected: BackendClient, backend: MockBackend
) -> None:
    with pytest.raises(error, match=message):
        connected.annotate_task_data_batch(items)
    assert len(backend.requests) == 0


@pytest.mark.parametrize(("workers", "error"), [(0, ValueError), (-3, ValueError), (2.5, TypeError), (True, TypeError)])
def test_a_number_of_workers_that_is_none_is_refused(
    workers: Any, error: type[Exception], connected: BackendClient, backend: MockBackend
) -> None:
    with pytest.raises(error, match="max_workers must be"):
        connected.annotate_task_data_batch({450: SHAPES}, max_workers=workers)
    assert len(backend.requests) == 0


# --- tags ---------------------------------------------------------------------------------------------------------


def tags_of(client: BackendClient, *tasks: int) -> list[list[int]]:
    return [(client.get_task(task))["tags"] for task in tasks]


def test_tags_stay_set(connected: BackendClient) -> None:
    connected.set_tags_tasks({"task_ids": [450, 451], "tag_ids": [3]}, {"replace": True})
    assert tags_of(connected, 450, 451) == [[3], [3]]
    result = connected.set_tags_tasks({"task_ids": [450], "tag_ids": [1, 2]})
    assert result["updated"] == 1
    assert tags_of(connected, 450, 451) == [[1, 2, 3], [3]]
    found = connected.list_tasks({"project": 123, "tags": [3]}, list_all=True)
    assert {450, 451} <= {task["id"] for task in found}


def test_the_later_form_adds_and_removes(connected: BackendClient) -> None:
    connected.set_tags_tasks({"task_ids": [450], "tag_ids": [1]}, params={"replace": True})
    connected.set_tags_tasks({"ids": [450], "tags": [2]})
    assert tags_of(connected, 450) == [[1, 2]]
    connected.set_tags_tasks({"ids": [450], "tags": [1], "action": "remove"})
    assert tags_of(connected, 450) == [[2]]


def test_a_tag_that_is_not_there_is_set_nowhere(connected: BackendClient) -> None:
    before = tags_of(connected, 450, 451)
    with pytest.raises(NotFoundError, match="404"):
        connected.set_tags_tasks({"task_ids": [450, 451], "tag_ids": [999999]})
    with pytest.raises(ValidationError):
        connected.set_tags_tasks({"task_ids": [450]})
    assert tags_of(connected, 450, 451) == before


def test_get_task_tag(connected: BackendClient) -> None:
    tag = connected.get_task_tag(123)
    assert (tag["id"], tag["name"]) == (123, "gold standard")
    with pytest.raises(NotFoundError):
        connected.get_task_tag(999999)


def test_list_task_tags(connected: BackendClient) -> None:
    tags, count = connected.list_task_tags()
    assert len(tags) == count > 3
    everything = connected.list_task_tags({"page_size": 2}, list_all=True)
    assert [tag["id"] for tag in everything] == [tag["id"] for tag in tags]
    assert [tag for tag in connected.iter_task_tags({"page_size": 3})] == everything
    green, _ = connected.list_task_tags({"color": "#43a047"})
    assert {tag["id"] for tag in green} == {2, 6}
    assert (connected.list_task_tags({"search": "quality", "project": 123})).total == 2
