"""Lists whose pages lead astray, do not fit together, or break off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from synapse_backend import ResponseError, ServerError
from synapse_backend.testing.faults import PageLink, Status
from tests.reliability.stage import Call, Failure, Run, Scenario, Success, mocked, played
from tests.reliability.statuses import waited

ALL = Call("list_jobs", ({"page_size": 5},), {"list_all": True})
PAGES = 5
"""The mock has 25 jobs. The first page is fetched alone, then two and two at once."""
TWO = Call("list_jobs", ({"page_size": 13},), {"list_all": True})
"""Two pages, one after the other."""


def every_job(jobs: Any) -> bool:
    """Tell whether each job is there, once."""
    return sorted(job["id"] for job in jobs) == list(range(765, 790))


def at_home(run: Run) -> None:
    """Require that every request was meant for the list, and that nothing else was asked for."""
    assert {request.operation_id for request in run.backend.requests} == {"list_jobs"}
    hosts = {request.headers["host"] for request in run.backend.requests}
    assert hosts == {run.backend.url.removeprefix("http://")}


def followed(number: int, kind: Any, where: str, **options: Any) -> Scenario:
    """Return the scenario of a link of which nothing but the query is used."""
    return mocked(
        number,
        f"a next page {where}, of which only the query is used",
        ALL,
        Success(PAGES, every_job),
        lambda faults: faults.on("list_jobs").page_link(kind),
        also=at_home,
        **options,
    )


def not_followed(number: int, kind: Any, where: str, says: str) -> Scenario:
    """Return the scenario of a link that is refused before any request."""
    return mocked(
        number,
        f"a next page {where}",
        ALL,
        Failure(ResponseError, f"a next page that {says}", 1, {"kind": "pagination"}),
        lambda faults: faults.on("list_jobs").page_link(kind),
        also=at_home,
    )


def in_circles(kind: Any, name: str, requests: int) -> Scenario:
    """Return the scenario of links that never end."""
    return mocked(
        52,
        name,
        ALL,
        Failure(ResponseError, "a next page that was read before", requests, {"kind": "pagination"}),
        lambda faults: faults.on("list_jobs", times=requests).sequence(PageLink(kind)),
        also=at_home,
    )


def drifting(number: int, kind: Any, name: str, call: Call, expected: Success, *, is_told: bool) -> Scenario:
    """Return the scenario of pages that do not fit together, which ends, and says so where something may be missing."""

    @played(number, name, "the mock", str(call), str(expected) + (" and a warning" if is_told else ""))
    def play(run: Run) -> None:
        mock = run.mock()
        mock.faults.on("list_jobs", times=None if kind == "count_changing" else 1).page_drift(kind)
        run.client(mock.url)
        told = Told()
        logging.getLogger("synapse_backend").addHandler(told)
        run.make(call)
        logging.getLogger("synapse_backend").removeHandler(told)
        expected.check(run)
        assert bool(told.messages) == is_told, told.messages
        assert all("the list changed while it was read" in message for message in told.messages)
        run.prove_mock()

    return play


class Told(logging.Handler):
    """Keeps the warnings of the client."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        self.messages.append(record.getMessage())


def without(number: int) -> Callable[[Any], bool]:
    """Return what tells whether every job is there once, but for so many."""

    def tell(jobs: Any) -> bool:
        ids = [job["id"] for job in jobs]
        return len(set(ids)) == len(ids) == 25 - number

    return tell


@played(
    57, "a page in the middle that fails for long", "the mock", "`iter_jobs`", "`ServerError` that says where to go on"
)
def page_that_fails_for_long(run: Run) -> None:
    mock = run.mock()
    mock.faults.on("list_jobs", nth=3, times=4).status(503)
    driver = run.client(mock.url)
    jobs: list[Any] = []
    try:
        jobs.extend(driver.items("iter_jobs", ({"page_size": 5},)))
    except ServerError as error:
        run.error = error
        run.errors.append(error)
    # A generator that raises has given what came before.
    assert isinstance(run.error, ServerError)
    assert len(mock.requests) == 6
    # One of the two that are fetched at once.
    assert run.error.resume is not None
    assert run.error.resume == {"page_size": ["5"], "page": [str(1 + len(jobs) // 5)]}
    assert len(jobs) in (5, 10)
    jobs += list(driver.items("iter_jobs", (run.error.resume,)))
    assert every_job(jobs)
    run.prove_mock()


def one_again(run: Run) -> None:
    """Require that only one page was asked for again."""
    # The mock does not read the query of a request that it refuses.
    asked = [request.query.get("page", ["1"])[0] for request in run.backend.requests if request.status == 200]
    assert sorted(asked) == ["1", "2", "3", "4", "5"]
    assert [request.status for request in run.backend.requests].count(503) == 2
    waited(0.5, 1.0)(run)


LINKS = [
    followed(50, "private_address", "on a private address that the client was told of", host_aliases=["10.0.0.1"]),
    followed(51, "foreign_host", "on a host that the client was told of", host_aliases=["elsewhere.example"]),
    followed(51, "foreign_port", "on another port"),
    followed(51, "relative", "without scheme and host"),
    followed(51, "absolute", "on the same host"),
    not_followed(50, "private_address", "on a private address", r"leads to another host, '10\.0\.0\.1'"),
    not_followed(51, "foreign_host", "on another host", r"leads to another host, 'elsewhere\.example'"),
    not_followed(51, "no_scheme", "on another host, without a scheme", r"leads to another host, 'elsewhere\.example'"),
    not_followed(51, "at_sign", "that begins with @host", "leads away from this list"),
    not_followed(50, "file", "in a file", "is not a plain http URL"),
    not_followed(51, "foreign_scheme", "with another scheme", "is not a plain http URL"),
    not_followed(51, "user_info", "with the backend as the name of a user", "is not a plain http URL"),
    not_followed(51, "climbing", "on another path", "leads away from this list"),
    not_followed(51, "backslashes", "after backslashes", "is not a plain http URL"),
    not_followed(51, "leading_space", "after a space", "is not a plain http URL"),
    in_circles("repeat", "a next page that is the page itself", 2),
    in_circles("cycle", "next pages that lead back to the first", 4),
]
PAGING = [
    *LINKS,
    mocked(
        53,
        "pages that are shorter than asked for",
        ALL,
        Success(13, every_job),
        lambda faults: faults.on("list_jobs", times=13).page_drift("clamped"),
        also=at_home,
    ),
    drifting(54, "empty", "an empty page before others", ALL, Success(PAGES, without(5)), is_told=True),
    drifting(55, "count_high", "a count that is too high once", ALL, Success(PAGES, every_job), is_told=True),
    drifting(55, "count_low", "a count that is too low once", ALL, Success(PAGES, every_job), is_told=True),
    drifting(55, "count_changing", "a count that changes", ALL, Success(PAGES + 2, every_job), is_told=True),
    drifting(55, "count_missing", "a count that is missing once", ALL, Success(PAGES, every_job), is_told=True),
    drifting(56, "insert", "an item inserted between two pages", TWO, Success(2, without(1)), is_told=True),
    drifting(56, "delete", "an item deleted between two pages", TWO, Success(2, without(1)), is_told=True),
    mocked(
        57,
        "a page in the middle that fails twice",
        ALL,
        Success(PAGES + 2, every_job),
        lambda faults: faults.on("list_jobs", nth=3).sequence(Status(503), Status(503)),
        also=one_again,
    ),
    page_that_fails_for_long,
]
