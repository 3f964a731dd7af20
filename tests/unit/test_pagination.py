"""`_pagination`: what a page holds and where the next one is."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from synapse_api import operations
from synapse_api.operations import ListOperation, list_jobs
from synapse_backend import BackendClient, NotFoundError, Page, ResponseError, ServerError, _pagination
from synapse_backend._pagination import PageError, PageWalk, next_query, read_page

URL = "https://api.synapse.sh/jobs/"
BASE = urlsplit("https://api.synapse.sh/base")
NESTED: ListOperation[Any] = replace(list_jobs, path="/collections/{id}/units/")


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
        ("http://api.synapse.sh:8000/prefix/jobs/?page=2", [("page", "2")]),
        ("http://backend.internal/jobs/?page=2", [("page", "2")]),
        ("//API.synapse.sh./jobs/?page=2", [("page", "2")]),
        ("/jobs/?page=2", [("page", "2")]),
        ("?page=2", [("page", "2")]),
        (f"{URL}?page=2#top", [("page", "2")]),
    ],
)  # fmt: skip
def test_only_the_query_of_a_link_is_used(link: str, query: list[tuple[str, str]]) -> None:
    assert next_query(link, "/jobs/", BASE, {"backend.internal"}) == query


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://api.synapse.sh/plugins/?page=2", "leads away from this list"),
        ("https://api.synapse.sh/jobs/../../admin?page=2", "leads away from this list"),
        ("https://api.synapse.sh/jobs?page=2", "leads away from this list"),
        ("jobs/?page=2", "leads away from this list"),
        ("@evil.example/jobs/?page=2", "leads away from this list"),
        (URL, "has no query"),
        (f"{URL}?", "has no query"),
        ("ftp://api.synapse.sh/jobs/?page=2", "is not a plain http URL"),
        ("http:/jobs/?page=2", "is not a plain http URL"),
        ("javascript:alert(1)", "is not a plain http URL"),
        ("https://api.synapse.sh@evil/jobs/?page=2", "is not a plain http URL"),
        ("\\\\evil/jobs/?page=2", "is not a plain http URL"),
        (f" {URL}?page=2", "is not a plain http URL"),
        ("https://[evil/jobs/?page=2", "is not a URL"),
        ("https://api.synapse.sh:port/jobs/?page=2", "is not a URL"),
        ("https://evil/jobs/?page=2", "leads to another host"),
        ("//evil/jobs/?page=2", "leads to another host"),
        ("https://api.synapse.sh.evil/jobs/?page=2", "leads to another host"),
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: str, problem: str) -> None:
    with pytest.raises(PageError, match=problem):
        next_query(link, "/jobs/", BASE, ())


@pytest.mark.parametrize(
    ("link", "pk"),
    [
        (f"https://api.synapse.sh/collections/{pk}/units/?page=2", pk)
        for pk in ("7", "a%20b", "%EC%97%A3%EC%A7%80", "a%2Fb")
    ],
)
def test_a_link_is_compared_with_the_path_that_was_called(link: str, pk: str) -> None:
    walk = walk_of(NESTED, arguments=(unquote(pk),))
    assert read(walk, page(1, link=link)) == [1]
    other = walk_of(NESTED, arguments=("8",))
    with pytest.raises(ResponseError, match="leads away from this list"):
        read(other, page(1, link=link))


def walk_of(
    operation: ListOperation[Any] = list_jobs,
    *,
    params: dict[str, Any] | None = None,
    arguments: tuple[object, ...] = (),
    **settings: Any,
) -> PageWalk[Any]:
    client = BackendClient("https://api.synapse.sh", **settings)
    return PageWalk(client._config, operation, arguments, params)


def read(walk: PageWalk[Any], *answers: object) -> list[Any]:
    """Have a walk ask for as many pages as there are answers, and return their items."""
    assert len(walk.ask()) == len(answers)
    return [item for items in walk.read(answers) for item in items]


def walk_through(*answers: object, params: dict[str, Any] | None = None) -> tuple[list[Any], list[Any]]:
    """Return the items of all pages and the parameters of every request that was needed."""
    walk = walk_of(params=params)
    items, asked = [], []
    for answer in answers:
        assert not walk.done
        wanted = walk.ask()[:1]
        asked += wanted
        # What is asked for ahead differs each time, and is dropped.
        items += [item for items in walk.read([answer, *[NotFoundError()] * (len(walk._asked) - 1)]) for item in items]
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
    walk = walk_of()
    for number in cycle:
        read(walk, page(1, count=1, link=f"{URL}?page={number}"))
    with pytest.raises(ResponseError, match="a next page that was read before") as caught:
        read(walk, page(1, count=1, link=f"{URL}?page={cycle[0]}"))
    assert caught.value.kind == "pagination"
    assert caught.value.resume == {"page": [str(cycle[-1])]}


def test_a_walk_that_cannot_go_on_is_an_error() -> None:
    with pytest.raises(ResponseError, match="a next page that leads away from this list") as caught:
        read(walk_of(), page(1, link="https://api.synapse.sh/secret-place/?page=2"))
    assert caught.value.kind == "pagination"
    assert "secret-place" not in str(caught.value)


def test_a_link_to_another_host_names_it_and_says_what_to_do() -> None:
    with pytest.raises(ResponseError) as caught:
        read(walk_of(params={"page": 1}), page(1, link="http://backend.internal:8000/jobs/?page=2"))
    assert str(caught.value) == (
        "GET /jobs/ answered 200 with a next page that leads to another host, 'backend.internal'. Nothing of it was used."
        " If the backend calls itself by 'backend.internal', make the client with host_aliases=[...] that holds it;"
        " only the query of a link is ever used."
    )
    assert (caught.value.kind, caught.value.resume) == ("pagination", {"page": 1})
    aware = walk_of(host_aliases=["Backend.Internal"])
    assert read(aware, page(1, count=1, link="http://backend.internal:8000/jobs/?page=2")) == [1]


@pytest.mark.parametrize("host", ["canary-ACCESS-0a1b", "evil%1b31m", "x" * 300])
def test_a_host_that_may_do_harm_is_not_named(host: str) -> None:
    with pytest.raises(ResponseError, match="that leads to another host, that name") as caught:
        read(walk_of(api_token="canary-ACCESS-0a1b"), page(1, link=f"http://{host}/jobs/?page=2"))
    assert host.lower() not in str(caught.value).lower()


# --- pages that are fetched ahead -----------------------------------------------------------------------------------


def numbered(number: int, count: int = 100, size: int = 1, link: str | None = None) -> dict[str, Any]:
    """Return a page of a list whose pages are numbered."""
    following = f"{URL}?page={number + 1}&page_size={size}" if number * size < count else None
    items = range((number - 1) * size, min(number * size, count))
    return page(*({"id": item} for item in items), count=count, link=link or following)


def numbers(asked: Sequence[Mapping[str, Any] | None]) -> list[str | None]:
    return [params["page"][0] if params else None for params in asked]


def test_ever_more_pages_are_fetched_at_once_up_to_a_limit() -> None:
    walk = walk_of(params={"page_size": 1})
    sizes: list[int] = []
    ids: list[int] = []
    while not walk.done:
        asked = walk.ask()
        sizes.append(len(asked))
        first = len(ids) + 1
        ids += [item["id"] for items in walk.read([numbered(first + n) for n in range(len(asked))]) for item in items]
    assert sizes == [1, 2, 4, 8, 16, 16, 16, 16, 16, 5]
    assert ids == list(range(100))


def test_what_is_fetched_ahead_is_the_link_with_another_number() -> None:
    walk = walk_of(params={"status": "running", "page": 4, "page_size": 1, "user": None})
    read(walk, numbered(4, link=f"{URL}?page_size=1&status=running&page=5"))
    assert [*map(list, (params or {} for params in walk.ask()))] == [["page_size", "status", "page"]] * 2
    assert walk._asked[1] == {"status": ["running"], "page": ["6"], "page_size": ["1"]}


def test_no_page_beyond_the_count_is_fetched_ahead() -> None:
    walk = walk_of()
    read(walk, numbered(1, count=7, size=3))
    assert numbers(walk.ask()) == ["2", "3"]
    assert [*walk.read([numbered(2, count=7, size=3), numbered(3, count=7, size=3)])][-1] == [{"id": 6}]
    assert walk.done


@pytest.mark.parametrize(("size", "sizes"), [(1000, [1, 2, 4, 6, 6, 1]), (5000, [1, 2, 1]), (6000, [1, 1, 1, 1])])
def test_of_large_pages_fewer_are_fetched_at_once(size: int, sizes: list[int]) -> None:
    walk = walk_of(params={"page_size": size})
    found: list[int] = []
    count = 20_000
    while not walk.done:
        found.append(len(walk.ask()))
        first = sum(found[:-1]) + 1
        for _ in walk.read([numbered(first + n, count=count, size=size) for n in range(found[-1])]):
            pass
    assert found == sizes


@pytest.mark.parametrize(
    ("params", "link"),
    [
        (None, "?cursor=abc"),
        (None, "?offset=2&limit=1"),
        (None, "?page=3"),
        (None, "?page=2&page=2"),
        (None, "?page=two"),
        (None, "?page=%D9%A2"),
        (None, "?page=2&page_size=2"),
        ({"page": "x"}, "?page=2"),
        ({"page": [1, 1]}, "?page=2"),
        ({"page": 3}, "?page=5"),
        ({"status": "running"}, "?page=2"),
        ({"status": "running"}, "?page=2&status=stopped"),
        ({"page": 1}, "?page=1&cursor=x"),
    ],
)
def test_pages_that_are_not_numbered_one_by_one_are_read_one_by_one(params: dict[str, Any] | None, link: str) -> None:
    walk = walk_of(params=params)
    read(walk, page(1, count=100, link=f"{URL}{link}"))
    assert len(walk.ask()) == 1


@pytest.mark.parametrize("flaw", ["no count", "no items"])
def test_without_a_number_of_pages_they_are_read_one_by_one(flaw: str) -> None:
    answer = numbered(1)
    if flaw == "no count":
        del answer["count"]
    else:
        answer["results"] = []
    walk = walk_of()
    read(walk, answer)
    assert len(walk.ask()) == 1


def begun() -> PageWalk[Any]:
    """Return a walk that is about to read pages 2 and 3."""
    walk = walk_of(params={"page_size": 1})
    read(walk, numbered(1))
    assert numbers(walk.ask()) == ["2", "3"]
    return walk


@pytest.mark.parametrize(
    "ahead",
    [numbered(3, count=99), numbered(3, count=101), {"results": []}, [], None, NotFoundError("no such page")],
    ids=["deleted", "inserted", "no count", "array", "null", "missing"],
)
def test_a_page_that_does_not_fit_to_the_one_before_is_fetched_again(ahead: object) -> None:
    walk = begun()
    assert [*walk.read([numbered(2), ahead])] == [[{"id": 1}]]
    assert numbers(walk.ask()) == ["3"]
    assert [*walk.read([numbered(3)])] == [[{"id": 2}]]
    assert numbers(walk.ask()) == ["4", "5"]


@pytest.mark.parametrize("ahead", [numbered(3), ServerError("beyond")], ids=["page", "error"])
def test_what_the_link_does_not_lead_to_is_dropped(ahead: object) -> None:
    walk = begun()
    assert [*walk.read([numbered(2, link=f"{URL}?page=7&page_size=1"), ahead])] == [[{"id": 1}]]
    assert numbers(walk.ask()) == ["7"]
    over = begun()
    assert [*over.read([{**numbered(2), "next": None}, ahead])] == [[{"id": 1}]]
    assert over.done


@pytest.mark.parametrize("error", [ServerError("broken"), RuntimeError("a hook")])
def test_an_error_of_a_page_that_is_due_comes_after_the_items_before_it(error: Exception) -> None:
    pages = begun().read([numbered(2), error])
    assert next(pages) == [{"id": 1}]
    with pytest.raises(type(error)) as caught:
        next(pages)
    assert caught.value is error
    if isinstance(error, ServerError):
        assert error.resume == {"page": ["3"], "page_size": ["1"]}


def test_where_much_was_dropped_little_is_fetched_ahead() -> None:
    walk = walk_of(params={"page_size": 1})
    number, asked = 1, []
    while number <= 400:
        asked.append(len(walk.ask()))
        # The count is another one each time.
        answers = [numbered(number + n, count=10_000 + number + n) for n in range(asked[-1])]
        number += sum(1 for _ in walk.read(answers))
    assert sum(asked) <= 400 + 15 + 400 // 8
    assert asked[-1] <= 2


def test_pages_that_were_read_are_not_kept() -> None:
    class Watched(dict[str, Any]):
        pass

    walk = begun()
    answers = [Watched(numbered(2)), Watched(numbered(3))]
    watching = [weakref.ref(answer) for answer in answers]
    pages = walk.read([answers.pop(0), answers.pop(0)])
    for left in (1, 0):
        next(pages)
        assert sum(answer() is not None for answer in watching) == left


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


# --- the contract ----------------------------------------------------------------------------------------------------


def test_the_pages_of_every_list_are_counted_by_the_same_parameter() -> None:
    lists = [operation for operation in vars(operations).values() if isinstance(operation, ListOperation)]
    assert len(lists) > 1
    for operation in lists:
        if operation.minimums:
            counter = _pagination.counter_of({}, {"page": ["2"]}, operation.minimums)
            assert counter == "page", operation.id
