"""`_pagination`: what a page holds and where the next one is."""

from __future__ import annotations

from typing import Any

import pytest

from synapse_api.operations import list_jobs
from synapse_backend import Page, ResponseError, _pagination
from synapse_backend._pagination import PageError, PageWalk, next_query, read_page

URL = "https://api.synapse.sh/jobs/"


def page(*items: Any, count: int = 3, link: object = None) -> dict[str, Any]:
    return {"count": count, "next": link, "previous": None, "results": list(items)}


def test_a_page_unpacks_and_indexes_as_the_documented_tuple() -> None:
    jobs, count = one = Page(["a"], 3)
    assert (jobs, count, one[0], one[1], one.items, one.total) == (["a"], 3, ["a"], 3, ["a"], 3)
    assert one == (["a"], 3)


@pytest.mark.parametrize(
    ("answer", "items", "total", "link"),
    [
        (page(1, 2, link=f"{URL}?page=2"), [1, 2], 3, f"{URL}?page=2"),
        (page(3), [3], 3, None),
        (page(3, link=""), [3], 3, None),
        ({"results": [1, 2]}, [1, 2], 2, None),
        ([1, 2], [1, 2], 2, None),
        ([], [], 0, None),
    ],
)
def test_a_page_is_read(answer: object, items: list[int], total: int, link: str | None) -> None:
    found: tuple[Page[Any], str | None] = read_page(list_jobs, answer)
    assert found == (Page(items, total), link)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (None, "NoneType where a page of results is due"),
        ("text", "str where a page of results is due"),
        ({}, "no array 'results'"),
        ({"count": 0, "results": None}, "no array 'results'"),
        ({"count": 0, "results": {"a": 1}}, "no array 'results'"),
        ({"count": "3", "results": []}, "'count' is not an integer"),
        ({"count": True, "results": []}, "'count' is not an integer"),
        ({"count": 3, "next": 2, "results": []}, "'next' is neither a URL nor null"),
    ],
)
def test_what_is_no_page_is_an_error_and_never_a_short_list(answer: object, problem: str) -> None:
    with pytest.raises(ResponseError, match=problem) as caught:
        read_page(list_jobs, answer)
    assert (caught.value.kind, caught.value.status_code) == ("schema", 200)
    assert (caught.value.method, caught.value.path) == ("GET", "/jobs/")


@pytest.mark.parametrize(
    ("link", "query"),
    [
        (f"{URL}?page=2", [("page", "2")]),
        (f"{URL}?page=2&status=a%20b&expand=x&expand=y", [("page", "2"), ("status", "a b"), ("expand", "x"), ("expand", "y")]),
        (f"{URL}?cursor=a%2Bb%3D&flag=", [("cursor", "a+b="), ("flag", "")]),
        ("http://internal:8000/prefix/jobs/?page=2", [("page", "2")]),
        ("/jobs/?page=2", [("page", "2")]),
        ("?page=2", [("page", "2")]),
        (f"{URL}?page=2#top", [("page", "2")]),
    ],
)  # fmt: skip
def test_only_the_query_of_a_link_is_used(link: str, query: list[tuple[str, str]]) -> None:
    assert next_query(link, "/jobs/") == query


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://api.synapse.sh/plugins/?page=2", "leads away from this list"),
        ("https://api.synapse.sh/jobs/../../admin?page=2", "leads away from this list"),
        ("https://api.synapse.sh/jobs?page=2", "leads away from this list"),
        (URL, "has no query"),
        (f"{URL}?", "has no query"),
        ("ftp://api.synapse.sh/jobs/?page=2", "is not a plain http URL"),
        ("javascript:alert(1)", "is not a plain http URL"),
        ("https://api.synapse.sh@evil/jobs/?page=2", "is not a plain http URL"),
        ("\\\\evil/jobs/?page=2", "is not a plain http URL"),
        (f" {URL}?page=2", "is not a plain http URL"),
        ("https://[evil/jobs/?page=2", "is not a URL"),
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str, problem: str) -> None:
    with pytest.raises(PageError, match=problem):
        next_query(link, "/jobs/")


def walk_through(*answers: object, params: dict[str, Any] | None = None) -> tuple[list[Any], list[Any]]:
    """Return the items of all pages and the parameters of every request."""
    walk: PageWalk[Any] = PageWalk(list_jobs, params)
    items, asked = [], []
    for answer in answers:
        assert not walk.done
        asked.append(walk.params)
        items += walk.read(answer)
    assert walk.done
    return items, asked


def test_a_walk_ends_with_the_last_page_and_takes_its_parameters_from_the_links() -> None:
    items, asked = walk_through(
        page(1, link=f"{URL}?page=2&page_size=1&expand=a&expand=b"),
        page(2, link=f"{URL}?page=3&page_size=1"),
        page(3),
        params={"page_size": 1},
    )
    assert items == [1, 2, 3]
    assert asked == [
        {"page_size": 1},
        {"page": ["2"], "page_size": ["1"], "expand": ["a", "b"]},
        {"page": ["3"], "page_size": ["1"]},
    ]


def test_an_empty_page_in_the_middle_does_not_end_the_walk() -> None:
    assert walk_through(page(link=f"{URL}?cursor=x"), page(1))[0] == [1]


def test_a_wrong_count_neither_shortens_nor_lengthens_the_walk() -> None:
    assert walk_through(page(1, count=99, link=f"{URL}?page=2"), page(2, count=0))[0] == [1, 2]


@pytest.mark.parametrize("cycle", [[2], [2, 3]])
def test_links_that_go_in_circles_are_an_error(cycle: list[int]) -> None:
    walk: PageWalk[Any] = PageWalk(list_jobs, None)
    for number in cycle:
        walk.read(page(1, link=f"{URL}?page={number}"))
    with pytest.raises(ResponseError, match="a next page that was read before") as caught:
        walk.read(page(1, link=f"{URL}?page={cycle[0]}"))
    assert caught.value.kind == "pagination"


def test_a_walk_that_cannot_go_on_is_an_error() -> None:
    walk: PageWalk[Any] = PageWalk(list_jobs, None)
    with pytest.raises(ResponseError, match="a next page that leads away from this list") as caught:
        walk.read(page(1, link="https://evil/admin/?page=2"))
    assert caught.value.kind == "pagination"
    assert "evil" not in str(caught.value)


# --- lists that change while they are read --------------------------------------------------------------------------


def jobs(*ids: int, link: str | None = None, count: int = 4) -> dict[str, Any]:
    return page(*({"id": pk} for pk in ids), link=link, count=count)


def test_what_was_read_before_is_left_out_and_the_list_called_changed(caplog: pytest.LogCaptureFixture) -> None:
    items, _ = walk_through(
        jobs(4, 3, link=f"{URL}?page=2"), jobs(3, 2, link=f"{URL}?page=3", count=5), jobs(1, count=5)
    )
    assert [item["id"] for item in items] == [4, 3, 2, 1]
    assert caplog.messages == [
        "list_jobs: the list changed while it was read: 4 items came, 1 came again, the count was 4, then 5"
    ]


def test_a_list_that_is_shorter_than_its_count_is_called_changed(caplog: pytest.LogCaptureFixture) -> None:
    walk_through(jobs(4, 3, link=f"{URL}?page=2"), jobs(1))
    assert caplog.messages == [
        "list_jobs: the list changed while it was read: 3 items came, 0 came again, the count was 4"
    ]


def test_a_whole_list_and_the_rest_of_one_are_not_called_changed(caplog: pytest.LogCaptureFixture) -> None:
    walk_through(jobs(4, 3, link=f"{URL}?page=2"), jobs(2, 1))
    walk_through({**jobs(2, 1), "previous": URL}, params={"page": 2})
    assert caplog.messages == []


def test_only_so_many_ids_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pagination, "_REMEMBERED", 2)
    items, _ = walk_through(jobs(4, 3, 2, link=f"{URL}?page=2"), jobs(2, 3, 4))
    assert [item["id"] for item in items] == [4, 3, 2, 4]
