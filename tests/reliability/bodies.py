"""Bodies that cannot be trusted, and some that can."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

from synapse_backend import ResponseError
from synapse_backend.testing.faults import MalformedJson, WrongShape
from tests.reliability.connecting import CREATE, GET, created
from tests.reliability.stage import Call, Failure, Run, Scenario, Success, mocked, played
from tests.reliability.statuses import waited

JOBS = Call("list_jobs")
ALL_JOBS = Call("list_jobs", ({"page_size": 10},), {"list_all": True})
MIB = 1024 * 1024
MEMORY = 32 * MIB


def is_the_job(job: Any) -> bool:
    """Tell whether this is the job that was asked for, whole."""
    return bool(job["id"] == 789 and job["finished_at"])


def distrusted(kind: str, says: str, attempts: int) -> Failure:
    """Return what comes of an answer that cannot be used, however often it is asked for."""
    details = {"kind": kind, "status_code": 200, "attempts": attempts, "sent": True}
    return Failure(ResponseError, says, attempts, details)


def cut(name: str, arm: Callable[[Any], Any]) -> list[Scenario]:
    """Return the scenarios of a body that breaks off: once, for ever, and in answer to a write."""
    taken = r"answered 201, but the body broke off after 20 bytes.*The server took the call; look whether there is"
    return [
        mocked(34, f"{name}, once", GET, Success(2, is_the_job), lambda f: arm(f.on("get_job"))),
        mocked(
            34,
            f"{name}, again and again",
            GET,
            distrusted("truncated", "the body broke off after 20 bytes.*4 attempts", 4),
            lambda f: arm(f.on("get_job", times=4)),
        ),
        mocked(
            34,
            f"{name}, in answer to a write",
            CREATE,
            Failure(ResponseError, taken, 1, {"kind": "truncated", "status_code": 201, "attempts": 1}),
            lambda f: arm(f.on("create_plugin")),
            also=created(1),
        ),
    ]


def bounded(
    number: int, name: str, arm: Callable[[Any], Any], limit: int | None, says: str, memory: int = MEMORY
) -> Scenario:
    """Return the scenario of a body that is too large: an error, and little memory."""

    @played(number, name, "the mock", str(GET), f"`ResponseError`, 1 request, less than {memory // MIB} MiB of memory")
    def play(run: Run) -> None:
        mock = run.mock()
        arm(mock.faults.on("get_job"))
        limits: dict[str, Any] = {} if limit is None else {"max_response_bytes": limit}
        run.client(mock.url, **limits)
        tracemalloc.start()
        run.make(GET)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        Failure(ResponseError, says, 1, {"kind": "too_large", "attempts": 1}).check(run)
        assert peak < memory
        # Nobody reads on: the connection is gone.
        assert run.driver.call("get_job", (788,))["id"] == 788
        run.prove_mock()

    return play


def malformed(kind: Any, says: str) -> Scenario:
    """Return the scenario of JSON that is none, or that programs read differently."""
    return mocked(
        43,
        f"JSON that cannot be relied on: {kind.replace('_', ' ')}",
        GET,
        distrusted("json", f"the body is not valid JSON: .*{says}", 1),
        lambda f: f.on("get_job").sequence(MalformedJson(kind)),
    )


def shaped(number: int, name: str, call: Call, kind: Any, fits: Callable[[Any], bool]) -> Scenario:
    """Return the scenario of JSON of another shape, which is given as it came."""
    return mocked(
        number, name, call, Success(1, fits), lambda f: f.on(call.method).sequence(WrongShape(kind)), also=waited()
    )


@played(42, "204 with a body", "the mock", "`update_plugin`", "None, and a new connection for the next call")
def no_content_with_a_body(run: Run) -> None:
    mock = run.mock()
    mock.faults.on("update_plugin").no_content(with_body=True)
    run.client(mock.url)
    run.make(Call("update_plugin", (123, {"version": "2.0.0"})))
    assert run.error is None
    assert run.value is None
    run.make(GET)
    Success(2, is_the_job).check(run)
    # What followed the 204 was not taken for the answer to the next call.
    assert [request.status for request in mock.requests] == [204, 200]
    run.prove_mock()


BODIES = [
    *cut("a body of known length that is cut", lambda on: on.truncate(after=20)),
    *cut("a body in chunks that is cut", lambda on: on.truncate_chunked(after=20)),
    *cut("a reset in the middle of the body", lambda on: on.reset_mid_body(after=20)),
    mocked(35, "gzip that is cut, once", GET, Success(2, is_the_job), lambda f: f.on("get_job").truncated_gzip()),
    mocked(
        35,
        "gzip that is cut, again and again",
        GET,
        distrusted("truncated", "the gzip body ends early", 4),
        lambda f: f.on("get_job", times=4).truncated_gzip(),
    ),
    mocked(
        36,
        "gzip of several members",
        ALL_JOBS,
        Success(3, lambda jobs: len({job["id"] for job in jobs}) == 25),
        lambda f: f.on("list_jobs", times=3).multi_member_gzip(),
    ),
    mocked(37, "gzip that is none, once", GET, Success(2, is_the_job), lambda f: f.on("get_job").bad_gzip()),
    mocked(
        37,
        "gzip that is none, again and again",
        GET,
        distrusted("encoding", "labelled gzip but is not", 2),
        lambda f: f.on("get_job", times=2).bad_gzip(),
    ),
    bounded(38, "a body that decompresses to 512 MiB", lambda on: on.bomb(), None, "more than 67108864 bytes"),
    mocked(
        39,
        "a body that is compressed three times over",
        GET,
        distrusted("encoding", "content coding gzip, gzip, gzip is not one that was asked for", 2),
        lambda f: f.on("get_job", times=2).many_codings(),
    ),
    bounded(40, "a body without end", lambda on: on.endless(), 4 * MIB, "more than 4194304 bytes"),
    bounded(
        40, "a body without end, and no limit set", lambda on: on.endless(), None, "more than 67108864 bytes", 96 * MIB
    ),
    mocked(
        41,
        "a sign-in page instead of JSON",
        GET,
        distrusted("content_type", "got text/html; charset=utf-8 .*a proxy or a login page", 1),
        lambda f: f.on("get_job").html(),
    ),
    mocked(
        42,
        "no body where JSON is due",
        GET,
        distrusted("empty", "the body is empty where JSON is due", 1),
        lambda f: f.on("get_job").empty(),
    ),
    mocked(42, "204", GET, Success(1, lambda value: value is None), lambda f: f.on("get_job").no_content()),
    no_content_with_a_body,
    malformed("bad_utf8", "'utf-8' codec"),
    malformed("nan", "NaN is not JSON"),
    malformed("huge_number", "1e999 is beyond the range of a number"),
    malformed("deep", "nested too deeply"),
    malformed("long_integer", "4300"),
    malformed("duplicate_keys", "a name stands twice"),
    malformed("broken", ""),
    shaped(
        44, "fields that nobody knows yet", JOBS, "extra", lambda page: all("added_later" in job for job in page[0])
    ),
    shaped(44, "values that nobody knows yet", GET, "unknown_enum", lambda job: job["status"] == "brand_new"),
    shaped(44, "a field that is missing", GET, "missing", lambda job: "id" not in job and job["plugin"] == 123),
    shaped(44, "null for a list in an object", GET, "null_list", lambda job: job["parameters"] is None),
    mocked(
        44,
        "null for the list of a page",
        JOBS,
        Failure(ResponseError, "a page that has no array 'results'", 1, {"kind": "schema", "status_code": 200}),
        lambda f: f.on("list_jobs").wrong_shape("null_list"),
    ),
    shaped(45, "dates that are none", JOBS, "odd_dates", lambda page: len(page.items) == page.total == 25),
]
