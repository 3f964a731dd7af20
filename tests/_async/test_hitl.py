"""Assignments and their tags: what an application does with them, on the mock backend."""

from __future__ import annotations

from typing import Any

import pytest

from synapse_backend import AsyncBackendClient, AuthorizationError, NotFoundError, ValidationError
from synapse_backend.testing import MockBackend

SHAPES = {"annotations": [{"type": "bbox", "coordinates": [12, 8, 96, 64], "label": "bicycle"}]}


async def test_get_assignment(connected: AsyncBackendClient) -> None:
    assignment = await connected.get_assignment(789)
    assert (assignment["id"], assignment["project"]) == (789, 123)
    assert assignment["assignee"] in (456, 457, 458)
    assert assignment["created_at"] <= assignment["updated_at"]


async def test_an_assignment_that_is_not_there(connected: AsyncBackendClient) -> None:
    with pytest.raises(NotFoundError) as caught:
        await connected.get_assignment(999999)
    assert (caught.value.status_code, caught.value.response) == (404, {"detail": "Not found."})


async def test_an_assignment_of_somebody_else_is_forbidden(connected: AsyncBackendClient, backend: MockBackend) -> None:
    backend.faults.on("get_assignment").status(403, body={"detail": "Not yours."})
    with pytest.raises(AuthorizationError) as caught:
        await connected.get_assignment(789)
    assert (caught.value.status_code, caught.value.response) == (403, {"detail": "Not yours."})


async def test_an_assignment_follows_its_task(connected: AsyncBackendClient) -> None:
    pending, _ = await connected.list_assignments({"project": 123, "status": "pending"})
    assignment = pending[0]
    await connected.annotate_task_data(assignment["task"], SHAPES)
    followed = await connected.get_assignment(assignment["id"])
    assert (followed["status"], followed["data"]) == ("completed", SHAPES)


async def test_assignments_can_be_filtered(connected: AsyncBackendClient) -> None:
    rejected, count = await connected.list_assignments({"project": 123, "status": "rejected"})
    assert {assignment["id"] for assignment in rejected} == {793, 798}
    assert count == 2
    mine, _ = await connected.list_assignments(params={"project": 123, "assignee": 457, "priority": "high"})
    assert {(assignment["assignee"], assignment.get("priority")) for assignment in mine} == {(457, "high")}
    assert (await connected.list_assignments({"search": "no such thing"})) == ([], 0)
    first = min(assignment["updated_at"] for assignment in await connected.list_assignments(list_all=True))
    later = await connected.list_assignments({"updated_after": first}, None, True)
    everything = await connected.list_assignments(None, None, True)
    assert len(later) < len(everything)


async def test_all_assignments_are_those_of_all_pages(connected: AsyncBackendClient) -> None:
    first, count = await connected.list_assignments({"page_size": 20})
    assert len(first) == 20 < count
    paged = [*first]
    for page in range(2, -(-count // 20) + 1):
        paged += (await connected.list_assignments({"page_size": 20, "page": page})).items
    assert await connected.list_assignments({"page_size": 20}, list_all=True) == paged
    assert [assignment async for assignment in connected.iter_assignments({"page_size": 9})] == paged
    assert len(paged) == count


async def test_data_and_files_come_without_the_rest(connected: AsyncBackendClient) -> None:
    project: Any = {"project": 123}
    ids = [assignment["id"] for assignment in await connected.list_assignments(project, list_all=True)]
    data, count = await connected.list_assignments_data(project)
    assert ([item["id"] for item in data], count) == (ids, len(ids))
    assert {frozenset(item) for item in data} == {frozenset({"id", "data"})}
    files, _ = await connected.list_assignments_files(project)
    assert [item["id"] for item in files] == ids
    assert all(file["url"].startswith("http") for item in files for file in item["files"])
    assert await connected.list_assignments_data(project, None, True) == data
    assert await connected.list_assignments_files(project, list_all=True) == files
    assert [item async for item in connected.iter_assignments_data(project)] == data
    assert [item async for item in connected.iter_assignments_files(project)] == files


async def tags_of(client: AsyncBackendClient, *assignments: int) -> list[list[int]]:
    return [(await client.get_assignment(assignment)).get("tags", []) for assignment in assignments]


async def test_tags_stay_set(connected: AsyncBackendClient) -> None:
    await connected.set_tags_assignments({"assignment_ids": [789, 790], "tag_ids": [3]}, {"replace": True})
    assert await tags_of(connected, 789, 790) == [[3], [3]]
    result = await connected.set_tags_assignments({"assignment_ids": [789], "tag_ids": [1, 2]})
    assert result["updated"] == 1
    assert await tags_of(connected, 789, 790) == [[1, 2, 3], [3]]
    found = await connected.list_assignments({"tags": [3]}, list_all=True)
    assert {789, 790} <= {assignment["id"] for assignment in found}


async def test_the_later_form_adds_and_removes(connected: AsyncBackendClient) -> None:
    await connected.set_tags_assignments({"assignment_ids": [789], "tag_ids": [1]}, params={"replace": True})
    await connected.set_tags_assignments({"ids": [789], "tags": [2], "action": "add"})
    assert await tags_of(connected, 789) == [[1, 2]]
    await connected.set_tags_assignments({"ids": [789], "tags": [1], "action": "remove"})
    assert await tags_of(connected, 789) == [[2]]


async def test_those_who_have_the_assignments_are_told_on_request(connected: AsyncBackendClient) -> None:
    await connected.set_tags_assignments({"assignment_ids": [789], "tag_ids": [1]}, {"notify": False})
    assert "notified_at" not in (await connected.get_assignment(789))["metadata"]
    await connected.set_tags_assignments({"assignment_ids": [789], "tag_ids": [1]}, {"notify": True})
    assert "notified_at" in (await connected.get_assignment(789))["metadata"]


async def test_a_tag_that_cannot_be_set_is_set_nowhere(connected: AsyncBackendClient) -> None:
    before = await tags_of(connected, 789, 790)
    with pytest.raises(NotFoundError):
        await connected.set_tags_assignments({"assignment_ids": [789, 999999], "tag_ids": [3]})
    with pytest.raises(ValidationError) as caught:
        await connected.set_tags_assignments({"assignment_ids": [789], "tag_ids": [1], "ids": [790], "tags": [2]})
    assert caught.value.status_code == 400
    assert await tags_of(connected, 789, 790) == before
