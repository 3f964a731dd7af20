"""Lists of many pages, over real connections: what is asked for, how often, and what comes of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from synapse_backend import AsyncBackendClient, NotFoundError, ResponseError, ServerError
from tests.support.clock import FakeClock
from tests.support.recorder import Recorded, Recorder, Reply, record

SIZE = 5
"""Items on a page."""
MOST = 16
"""Pages that are fetched at once."""


class Numbered:
    """A list that comes in numbered pages, newest first.

    Attributes:
        ids: Of its items.
        asked: The number of each page that was asked for.
        before: Called with the number of a page before it is made.
        change: Called with the number of a page and the page, to change it.
    """

    def __init__(self, url: str, pages: int) -> None:
        self.url = url
        self.ids = list(range(pages * SIZE, 0, -1))
        self.asked: list[int] = []
        self.before: Callable[[int], object] = lambda number: None
        self.change: Callable[[int, dict[str, Any]], object] = lambda number, page: None
        self.largest = SIZE

    def __call__(self, request: Recorded) -> Reply:
        """Answer a request for a page."""
        query = dict(request.query)
        number, size = int(query.get("page", "1")), min(int(query.get("page_size", SIZE)), self.largest)
        self.asked.append(number)
        status = self.before(number)
        if isinstance(status, int):
            return Reply.of_json(status, {"detail": "as it was told"})
        ids = self.ids[:]
        items = ids[(number - 1) * size : number * size]
        if not items and number > 1:
            return Reply.of_json(404, {"detail": "Invalid page."})
        rest = "".join(f"&{name}={value}" for name, value in query.items() if name != "page")
        page = {
            "count": len(ids),
            "next": f"{self.url}/jobs/?page={number + 1}{rest}" if number * size < len(ids) else None,
            "previous": f"{self.url}/jobs/?page={number - 1}{rest}" if number > 1 else None,
            "results": [{"id": pk} for pk in items],
        }
        self.change(number, page)
        return Reply.of_json(200, page)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with record() as recorder:
        yield recorder


@pytest.fixture
def backend(recorder: Recorder) -> Numbered:
    """A backend with 20 pages of jobs."""
    backend = Numbered(recorder.url, 20)
    recorder.reply = backend
    return backend


@pytest.fixture
async def client(recorder: Recorder) -> AsyncIterator[AsyncBackendClient]:
    async with AsyncBackendClient(recorder.url, clock=FakeClock()) as client:
        yield client


def ids_of(jobs: list[Any]) -> list[int]:
    return [job["id"] for job in jobs]


# --- what is asked for ------------------------------------------------------------------------------------------------


async def test_each_page_is_asked_for_once_and_the_items_keep_their_order(
    client: AsyncBackendClient, backend: Numbered
) -> None:
    assert ids_of(await client.list_jobs(list_all=True)) == backend.ids
    assert sorted(backend.asked) == list(range(1, 21))
    backend.asked.clear()
    assert ids_of([job async for job in client.iter_jobs()]) == backend.ids
    assert sorted(backend.asked) == list(range(1, 21))


async def test_pages_are_fetched_at_once(client: AsyncBackendClient, backend: Numbered) -> None:
    # None of the last pages is answered before all of them were asked for.
    last_pages = threading.Barrier(5, timeout=60)

    def wait(number: int) -> None:
        if number >= 16:
            last_pages.wait()

    backend.before = wait
    assert len(await client.list_jobs(list_all=True)) == 100


async def test_every_page_is_asked_for_with_the_parameters_of_the_first(
    client: AsyncBackendClient, backend: Numbered, recorder: Recorder
) -> None:
    await client.list_jobs({"status": "running", "page_size": SIZE}, list_all=True)
    assert {(dict(request.query)["status"], dict(request.query)["page_size"]) for request in recorder.requests} == {
        ("running", str(SIZE))
    }


async def test_who_stops_after_the_first_item_has_asked_for_one_page(
    client: AsyncBackendClient, backend: Numbered
) -> None:
    async for job in client.iter_jobs():
        assert job["id"] == 100
        break
    assert backend.asked == [1]


async def test_no_more_pages_are_in_memory_than_are_fetched_at_once(recorder: Recorder) -> None:
    backend = recorder.reply = Numbered(recorder.url, 200)
    answered: list[object] = []
    begun, most = 0, 0
    async with AsyncBackendClient(recorder.url, on_response=answered.append) as client:
        async for job in client.iter_jobs():
            begun += (1000 - int(job["id"])) % SIZE == 0
            most = max(most, len(answered) - begun)
    assert (begun, most) == (200, MOST - 1)
    assert len(backend.asked) == 200


async def test_a_page_size_that_the_server_cuts_loses_nothing(client: AsyncBackendClient, backend: Numbered) -> None:
    assert ids_of(await client.list_jobs({"page_size": 1000}, list_all=True)) == backend.ids
    assert sorted(backend.asked) == list(range(1, 21))


async def test_a_list_may_begin_in_the_middle(client: AsyncBackendClient, backend: Numbered) -> None:
    assert ids_of(await client.list_jobs({"page": 12}, list_all=True)) == backend.ids[11 * SIZE :]
    assert sorted(backend.asked) == list(range(12, 21))


async def test_pages_behind_cursors_are_read_one_by_one(client: AsyncBackendClient, recorder: Recorder) -> None:
    def by_cursor(request: Recorded) -> Reply:
        number = int(dict(request.query).get("cursor", "0"))
        link = f"/jobs/?cursor={number + 1}" if number < 9 else None
        return Reply.of_json(200, {"next": link, "previous": None, "results": [{"id": number}]})

    recorder.reply = by_cursor
    assert ids_of(await client.list_jobs(list_all=True)) == list(range(10))
    assert [dict(request.query).get("cursor") for request in recorder.requests] == [None, *map(str, range(1, 10))]


# --- pages that fail --------------------------------------------------------------------------------------------------


async def test_a_page_that_fails_twice_is_asked_for_again_and_no_other(
    client: AsyncBackendClient, backend: Numbered
) -> None:
    failures = iter([503, 503])
    backend.before = lambda number: next(failures, None) if number == 7 else None
    assert ids_of(await client.list_jobs(list_all=True)) == backend.ids
    assert Counter(backend.asked) == {number: 3 if number == 7 else 1 for number in range(1, 21)}


async def test_a_walk_that_breaks_off_gives_what_came_before_and_goes_on_from_there(
    client: AsyncBackendClient, backend: Numbered
) -> None:
    backend.before = lambda number: 503 if number == 7 else None
    jobs: list[Any] = []

    async def walk() -> None:
        async for job in client.iter_jobs({"page_size": SIZE}):
            jobs.append(job)

    with pytest.raises(ServerError, match="4 attempts") as caught:
        await walk()
    assert ids_of(jobs) == backend.ids[: 6 * SIZE]
    assert caught.value.resume == {"page": ["7"], "page_size": [str(SIZE)]}
    backend.before = lambda number: None
    jobs += await client.list_jobs(caught.value.resume, list_all=True)
    assert ids_of(jobs) == backend.ids


async def test_a_page_that_is_gone_is_an_error_and_never_a_short_list(
    client: AsyncBackendClient, backend: Numbered
) -> None:
    backend.before = lambda number: 404 if number == 7 else None
    with pytest.raises(NotFoundError) as caught:
        await client.list_jobs(list_all=True)
    assert caught.value.resume == {"page": ["7"]}


async def test_a_page_that_was_not_there_yet_is_found(client: AsyncBackendClient, backend: Numbered) -> None:
    misses = iter([404])
    backend.before = lambda number: next(misses, None) if number == 7 else None
    assert ids_of(await client.list_jobs(list_all=True)) == backend.ids


# --- counts that lie --------------------------------------------------------------------------------------------------


def count_too_high(number: int, page: dict[str, Any]) -> None:
    page["count"] = 10_000


def count_too_low(number: int, page: dict[str, Any]) -> None:
    page["count"] = 0


def count_that_changes(number: int, page: dict[str, Any]) -> None:
    page["count"] = 10_000 + number


def count_that_is_missing(number: int, page: dict[str, Any]) -> None:
    del page["count"]


def count_that_is_missing_later(number: int, page: dict[str, Any]) -> None:
    if number > 5:
        del page["count"]


@pytest.mark.parametrize(
    "lie", [count_too_high, count_too_low, count_that_changes, count_that_is_missing, count_that_is_missing_later]
)
async def test_whatever_the_count_says_every_item_comes_once(
    lie: Callable[[int, dict[str, Any]], None], client: AsyncBackendClient, backend: Numbered
) -> None:
    backend.change = lie
    assert ids_of(await client.list_jobs(list_all=True)) == backend.ids
    assert len(backend.asked) <= 20 + MOST


# --- lists that change while they are read ----------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(1, 21))
async def test_an_item_that_is_inserted_makes_none_come_twice_and_loses_none(
    at: int, client: AsyncBackendClient, backend: Numbered, caplog: pytest.LogCaptureFixture
) -> None:
    before, inserted = backend.ids[:], iter([1000])

    def insert(number: int) -> None:
        if number == at:
            backend.ids[:0] = inserted

    backend.before = insert
    ids = ids_of(await client.list_jobs(list_all=True))
    assert [pk for pk in ids if pk != 1000] == before
    assert any("the list changed while it was read" in message for message in caplog.messages) == (at > 1)


async def test_a_page_that_was_fetched_before_an_item_was_inserted_is_fetched_again(
    client: AsyncBackendClient, backend: Numbered, caplog: pytest.LogCaptureFixture
) -> None:
    before, inserted = backend.ids[:], iter([1000])
    fetched = threading.Event()

    def insert(number: int) -> None:
        # Page 5 is made of the old list and page 4, which comes before it, of the new one.
        if number == 4:
            assert fetched.wait(60)
            backend.ids[:0] = inserted

    backend.before = insert
    backend.change = lambda number, page: fetched.set() if number == 5 else None
    ids = ids_of(await client.list_jobs(list_all=True))
    assert ids == before
    assert "the count was 100, then 101" in caplog.text
    assert Counter(backend.asked)[5] == 2


async def test_an_item_that_is_deleted_makes_none_come_twice_and_is_told(
    client: AsyncBackendClient, backend: Numbered, caplog: pytest.LogCaptureFixture
) -> None:
    deleted = iter([98])

    def delete(number: int) -> None:
        if number == 9 and (pk := next(deleted, None)):
            backend.ids.remove(pk)

    backend.before = delete
    ids = ids_of(await client.list_jobs(list_all=True))
    assert len(set(ids)) == len(ids) >= 98
    assert "the list changed while it was read" in caplog.text


# --- links that lead astray -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("back", "asked"), [(5, 20), (2, 20), (1, 20)])
async def test_links_that_go_in_circles_end_in_an_error(
    back: int, asked: int, client: AsyncBackendClient, backend: Numbered
) -> None:
    def turn(number: int, page: dict[str, Any]) -> None:
        if number == 5:
            page["next"] = f"{backend.url}/jobs/?page={back}"

    backend.change = turn
    with pytest.raises(ResponseError, match="a next page that was read before") as caught:
        await client.list_jobs(list_all=True)
    assert caught.value.kind == "pagination"
    assert len(backend.asked) <= asked


async def test_a_link_to_another_host_is_refused_before_anything_else_is_asked_for(
    client: AsyncBackendClient, backend: Numbered
) -> None:
    backend.change = lambda number, page: page.update(next="http://backend.internal/jobs/?page=2")
    with pytest.raises(ResponseError, match=r"another host, 'backend\.internal'.*host_aliases") as caught:
        await client.list_jobs(list_all=True)
    assert caught.value.kind == "pagination"
    assert backend.asked == [1]


async def test_a_backend_may_call_itself_by_another_name(recorder: Recorder, backend: Numbered) -> None:
    backend.url = "http://backend.internal:8000"
    async with AsyncBackendClient(recorder.url, host_aliases={"Backend.internal"}) as client:
        assert ids_of(await client.list_jobs(list_all=True)) == backend.ids
    assert {request.values("Host")[0] for request in recorder.requests} == {recorder.url.removeprefix("http://")}
