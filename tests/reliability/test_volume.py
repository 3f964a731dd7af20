"""Many calls and many faults: nothing is lost, nothing is done twice, and every error has a type."""

from __future__ import annotations

import hashlib
import itertools
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

import httpx
import pytest

from synapse_api.operations import OPERATIONS
from synapse_backend import ClientError, HTTPError, OutcomeUnknownError, ServerError
from synapse_backend.testing import MockBackend, faults
from synapse_backend.testing.faults import Fault
from tests.support.campaign import chance, count
from tests.support.canary import TOKEN, forms
from tests.support.clients import DRIVERS, Driver
from tests.support.odds import surely

AT_ONCE = 10
CREATES = count(1000, 100)
CALLS = count(5000, 200)
"""Of each client; ten thousand in all of a campaign."""
SETTINGS: dict[str, Any] = {
    "api_token": TOKEN,
    "agent_token": TOKEN,
    "authorization_token": TOKEN,
    # Silence is waited for in the time of the machine; so are the answers of a busy one, but nothing depends on them.
    "timeout": {"connect": 5, "read": 0.05, "pool": 5},
    "max_response_bytes": 256 * 1024,
}


@dataclass(frozen=True)
class Outcome:
    """What came of a call."""

    method: str
    arguments: tuple[Any, ...]
    value: Any
    error: BaseException | None


def make(driver: Driver, calls: Sequence[tuple[str, tuple[Any, ...]]]) -> Iterator[Outcome]:
    """Make calls, some at the same time, from threads or tasks, and yield what came of each."""
    for start in range(0, len(calls), AT_ONCE):
        group = calls[start : start + AT_ONCE]
        for (method, arguments), result in zip(group, driver.together(group), strict=True):
            failed = isinstance(result, BaseException)
            yield Outcome(method, arguments, None if failed else result, result if failed else None)


# --- creates ------------------------------------------------------------------------------------------------------


@pytest.mark.campaign("creates", CREATES)
@pytest.mark.parametrize("kind", DRIVERS)
def test_no_create_is_lost_or_made_twice(kind: str) -> None:
    names = [f"plugin {number}" for number in range(CREATES)]
    with MockBackend(seed=chance(f"creates {kind}").getrandbits(32)) as backend:
        before = len(backend.plugins)
        lost = backend.faults.on("create_plugin", probability=0.2).commit_then_reset()
        busy = backend.faults.on("create_plugin", probability=0.1).status(503)
        driver = DRIVERS[kind](backend.url, clock=backend.clock, **SETTINGS | {"timeout": 30})
        outcomes = list(make(driver, [("create_plugin", ({"name": name},)) for name in names]))
        driver.close()
        kept = Counter(row["name"] for row in backend.plugins.values())
        ids = {row["name"]: pk for pk, row in backend.plugins.items()}

    acknowledged = {outcome.arguments[0]["name"]: outcome.value["id"] for outcome in outcomes if outcome.value}
    unknown = {outcome.arguments[0]["name"] for outcome in outcomes if type(outcome.error) is OutcomeUnknownError}
    refused = {outcome.arguments[0]["name"] for outcome in outcomes if type(outcome.error) is ServerError}
    assert len(acknowledged) + len(unknown) + len(refused) == len(names)
    assert surely(CREATES, 0.2) <= lost.fired == len(unknown)
    assert surely(CREATES, 0.8 * 0.1) <= busy.fired == len(refused)
    assert [name for name in names if kept[name] > 1] == []
    assert {name: ids.get(name) for name in acknowledged} == acknowledged
    assert {name for name in names if kept[name]} == acknowledged.keys() | unknown
    assert len(backend.requests) == len(names)
    assert sum(kept.values()) - before == len(acknowledged) + len(unknown)
    assert TOKEN.encode() not in backend.transcript()


# --- everything ---------------------------------------------------------------------------------------------------

FAULTS: list[Fault] = [
    *(faults.Status(status) for status in (400, 404, 409, 500, 502, 503, 504)),
    faults.Status(429, retry_after=2),
    faults.Status(503, body=f"the token {TOKEN} is not welcome"),
    *(faults.RetryAfter(form) for form in ("word", "empty", "negative", "infinite", "digits", "past", "hour", "date")),
    faults.Html(),
    faults.Html(502),
    faults.Empty(),
    faults.Empty(500),
    faults.NoContent(),
    faults.NoContent(with_body=True),
    faults.Redirect("https://elsewhere.example/"),
    faults.Redirect("self", status=307),
    faults.Reset(),
    faults.CloseBeforeAnswer(),
    faults.CommitThenReset(),
    faults.CommitThenClose(),
    faults.NoAnswer(),
    faults.NoAnswer(commit=True),
    faults.StopReading(),
    faults.ExpireIdle(),
    faults.ExpireIdle(race=True),
    faults.Truncate(after=10),
    faults.TruncateChunked(after=10),
    faults.ResetMidBody(after=10),
    faults.Drip(bytes_per_s=5),
    faults.Informational(50),
    faults.Informational(500),
    faults.Endless(),
    *(faults.Garbage(kind) for kind in ("status_line", "half_status_line", "conflicting_length", "huge_header")),
    faults.Garbage(),
    faults.BadGzip(),
    faults.TruncatedGzip(),
    faults.MultiMemberGzip(),
    faults.Bomb(2 * 1024 * 1024),
    faults.ManyCodings(),
    *(faults.MalformedJson(kind) for kind in ("bad_utf8", "nan", "deep", "long_integer", "duplicate_keys", "broken")),
    *(faults.WrongShape(kind) for kind in ("extra", "unknown_enum", "odd_dates")),
    faults.HostileText(),
    faults.HostileText(500),
    faults.PageLink(),
    faults.PageDrift(),
]
"""What happens to requests, in this order, again and again."""
CONNECTING: list[Callable[[faults.ConnectionSelection], object]] = [
    faults.ConnectionSelection.reset_on_connect,
    faults.ConnectionSelection.close_on_connect,
    faults.ConnectionSelection.silence,
    faults.ConnectionSelection.tls_only,
]


ELSEWHERE = {
    # Several requests each, which put right what happens to them; uploads have a test of many of their own.
    *("create_chunked_upload", "append_chunked_upload", "complete_chunked_upload", "complete_empty_chunked_upload"),
    # A stream that goes on by itself; so do those of many consoles.
    "tail_job_console_logs",
}
"""What is called in large numbers in tests of their own."""
METHODS = sorted(OPERATIONS.keys() - ELSEWHERE)
STORAGE = {"provider": "sftp", "category": "external", "configuration": {"host": "sftp.example.org", "port": 22}}


@dataclass(frozen=True)
class Prepared:
    """What was uploaded before the calls."""

    uploads: Sequence[int | str]
    objects: Sequence[Mapping[str, Any]]


def prepare(backend: MockBackend, methods: Sequence[str]) -> Prepared:
    """Upload what these calls make into something, each once, and create what is updated."""
    with backend.client() as client:
        for number in range(2 * AT_ONCE):
            client.create_plugin({"name": f"to be updated {number}"})
        models = range(methods.count("create_model"))
        uploads = [client.create_chunked_upload(BytesIO(b"model %d" % number))["id"] for number in models]
        contents = [b"object %d" % number for number in range(methods.count("confirm_presigned_upload"))]
        files = [{"filename": f"{number}.txt", "size": len(data)} for number, data in enumerate(contents)]
        wanted = client.request_presigned_upload({"files": files})["files"]
    objects = []
    with httpx.Client() as storage:
        for one, data in zip(wanted, contents, strict=True):
            storage.put(str(one["presigned_url"]), content=data).raise_for_status()
            objects.append({"file_key": one["file_key"], "checksum": md5(data), "size": len(data)})
    return Prepared(uploads, objects)


def md5(data: bytes) -> str:
    """Return the checksum that the backend knows a file by."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def made(backend: MockBackend) -> dict[str, Counter[object]]:
    """Return how often each call that makes something made it, by operation and by what the call names."""
    files = Counter[object](row["checksum"] for row in backend.data_files.values())
    return {
        "create_plugin": Counter(row["name"] for row in backend.plugins.values()),
        "create_plugin_release": Counter(row["version"] for row in backend.releases.values()),
        "create_storage": Counter(row["name"] for row in backend.storages.values()),
        "run_plugin": Counter(row["parameters"].get("number") for row in backend.jobs.values()),
        "create_tasks": Counter(row["metadata"].get("number") for row in backend.tasks.values()),
        "create_data_file": files,
        "confirm_presigned_upload": files,
        "create_data_units": Counter(row["meta"].get("number") for row in backend.data_units.values()),
        "create_model": Counter(row["name"] for row in backend.models.values()),
        "create_logs": Counter(row["data"].get("message") for row in backend.logs.values()),
        "create_serve_application": Counter(row["data"].get("number") for row in backend.serve_applications.values()),
    }


NAMED: dict[str, Callable[[Any], list[object]]] = {
    "create_plugin": lambda data: [data["name"]],
    "create_plugin_release": lambda data: [data["version"]],
    "create_storage": lambda data: [data["name"]],
    "run_plugin": lambda data: [data["parameters"]["number"]],
    "create_tasks": lambda data: [one["metadata"]["number"] for one in data],
    "create_data_file": lambda file: [md5(file.getvalue())],
    "confirm_presigned_upload": lambda data: [one["checksum"] for one in data["files"]],
    "create_data_units": lambda data: [one["meta"]["number"] for one in data],
    "create_model": lambda data: [data["name"]],
    "create_logs": lambda data: [data["data"]["message"]],
    "create_serve_application": lambda data: [data["data"]["number"]],
}
"""What a call that makes something names, from its last argument."""
PAGES = [
    *("list_agents", "list_serve_applications", "list_tasks", "list_tasks_data"),
    *("list_tasks_files", "list_task_tags", "list_assignments", "list_assignments_data", "list_assignments_files"),
    *("list_models", "list_ground_truth_events", "list_ground_truth_events_data", "list_ground_truth_events_files"),
    *("list_ground_truths", "list_ground_truth_versions", "list_data_units", "list_data_collection"),
]
OBJECTS = {
    "get_project": "projects",
    "get_task": "tasks",
    "get_task_tag": "task_tags",
    "get_assignment": "assignments",
    "get_model": "models",
    "get_ground_truth_version": "ground_truth_versions",
    "get_data_collection": "data_collections",
    "get_data_unit": "data_units",
    "get_chunked_upload": "uploads",
}
"""What gets an object, and where the backend has it."""


def _one_of(choose: random.Random, pks: Sequence[int], _: int) -> tuple[int]:
    return (choose.choice(pks),)


def chosen(choose: random.Random) -> list[str]:
    """Return what is called, each method at least once."""
    weights = {method: 3 if method in NAMED else 1 for method in METHODS} | {"get_job": 6, "create_plugin": 6}
    methods = choose.choices(list(weights), weights=list(weights.values()), k=CALLS - len(METHODS))
    return choose.sample([*METHODS, *methods], k=CALLS)


def mixed(
    backend: MockBackend, prepared: Prepared, methods: Sequence[str], choose: random.Random
) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the calls of these methods; no two that are made at once write the same object."""
    plugins, jobs, storages = sorted(backend.plugins), sorted(backend.jobs), sorted(backend.storages)
    releases, tasks, assignments = sorted(backend.releases), sorted(backend.tasks), sorted(backend.assignments)
    objects = {method: sorted(getattr(backend, table)) for method, table in OBJECTS.items()}
    unit, file = backend.data_units[min(backend.data_units)]["id"], min(backend.data_files)
    checksum = backend.data_files[file]["checksum"]
    updated, annotated = itertools.cycle(plugins), itertools.cycle(tasks)
    uploads, stored = iter(prepared.uploads), iter(prepared.objects)
    arguments: dict[str, Callable[[int], tuple[Any, ...]]] = {
        "get_plugin": lambda _: (choose.choice(plugins),),
        "get_job": lambda _: (choose.choice(jobs),),
        "list_jobs": lambda _: ({"page_size": 5, "page": choose.randint(1, 2)},),
        "list_job_console_logs": lambda _: (choose.choice(jobs),),
        "list_storages": lambda _: (),
        "list_plugin_releases": lambda _: (choose.choice(plugins), {"page_size": 5}),
        "get_storage": lambda _: (choose.choice(storages),),
        "get_plugin_release": lambda _: (choose.choice(releases), {"expand": "plugin"}),
        "health_check_agent": lambda _: (backend.agents[1]["token"],),
        "update_job": lambda count: (choose.choice(jobs), {"metadata": {"number": count}}),
        "update_plugin": lambda count: (next(updated), {"description": f"update {count}"}),
        "create_plugin": lambda count: ({"name": f"plugin {count}"},),
        "create_plugin_release": lambda count: (
            {"plugin": plugins[0], "version": f"9.0.{count}", "file": b"0123456789"},
        ),
        "create_storage": lambda count: ({**STORAGE, "name": f"storage {count}"},),
        "run_plugin": lambda count: (choose.choice(plugins), {"parameters": {"number": count}}),
        "create_logs": lambda count: ({"job": choose.choice(jobs), "data": {"message": f"entry {count}"}},),
        "create_serve_application": lambda count: ({"job": choose.choice(jobs), "data": {"number": count}},),
        "create_tasks": lambda count: (
            [{"project": 123, "data_unit": unit, "metadata": {"number": f"{count} {one}"}} for one in range(3)],
        ),
        "annotate_task_data": lambda count: (
            next(annotated),
            {"annotations": [{"type": "bbox", "coordinates": [1, 2, 3, 4], "label": f"annotation {count}"}]},
        ),
        "set_tags_tasks": lambda _: ({"task_ids": [choose.choice(tasks)], "tag_ids": [1]},),
        "set_tags_assignments": lambda _: ({"assignment_ids": [choose.choice(assignments)], "tag_ids": [1]},),
        "create_model": lambda count: ({"name": f"model {count}", "project": 123, "chunked_upload": next(uploads)},),
        "create_data_file": lambda count: (BytesIO(b"file %d" % count),),
        "verify_data_files_checksums": lambda _: ([checksum],),
        "request_presigned_upload": lambda count: ({"files": [{"filename": f"{count}.txt", "size": count}]},),
        "confirm_presigned_upload": lambda _: ({"files": [next(stored)]},),
        "create_data_units": lambda count: (
            [{"file": {"image": file}, "meta": {"number": f"{count} {one}"}} for one in range(3)],
        ),
        **{method: lambda _: ({"page_size": 5},) for method in PAGES},
        **{method: partial(_one_of, choose, pks) for method, pks in objects.items()},
    }
    assert arguments.keys() == set(METHODS)
    return [(method, arguments[method](count)) for count, method in enumerate(methods)]


def check(backend: MockBackend, outcome: Outcome) -> None:
    """Require that a call which returned did what it says."""
    method, arguments, value = outcome.method, outcome.arguments, outcome.value
    if method in ("get_plugin", "get_job", "get_storage", *OBJECTS) and value is not None:
        assert value["id"] == arguments[0]
    if method == "update_plugin":
        assert backend.plugins[arguments[0]]["description"] == arguments[1]["description"]
    if method == "annotate_task_data":
        assert backend.tasks[arguments[0]]["annotations"] == arguments[1]["annotations"]
    if method == "create_plugin" and value is not None:
        assert backend.plugins[value["id"]]["name"] == arguments[0]["name"]
    if method == "run_plugin" and value is not None:
        assert backend.jobs[value["job_id"]]["parameters"] == arguments[1]["parameters"]
    if method == "verify_data_files_checksums" and value is not None:
        assert value.keys() == set(arguments[0])


@pytest.mark.campaign("calls of all operations", CALLS)
@pytest.mark.parametrize("kind", DRIVERS)
def test_of_calls_of_which_every_third_meets_a_fault_none_is_lost_or_made_twice(
    kind: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    outcomes: list[Outcome] = []
    seen: set[str] = set()
    choose = chance(f"calls {kind}")
    with MockBackend(seed=choose.getrandbits(32)) as backend:
        methods = chosen(choose)
        calls = mixed(backend, prepare(backend, methods), methods, choose)
        armed = backend.faults.on("*", probability=0.38).sequence(*FAULTS)
        for number, arm in enumerate(CONNECTING * -(-CALLS // 1000), 1):
            # Every fifth call or so needs a new connection.
            arm(backend.faults.on_connect(nth=min(20, CALLS // 60) * number))
        driver = DRIVERS[kind](backend.url, clock=backend.clock, **SETTINGS)
        for outcome in make(driver, calls):
            outcomes.append(outcome)
            error = outcome.error
            if error is None:
                check(backend, outcome)
                continue
            shown += [str(error), repr(vars(error))]
            # What it takes long to look at is looked at once for every sort of error.
            sort = f"{type(error)} {getattr(error, 'status_code', '')} {str(error).partition('(')[0][18:]}"
            if sort not in seen and len(seen) < 300:
                seen.add(sort)
                shown += forms(error)
        shown += [repr(driver.client), repr(backend.requests)]
        driver.close()
        counts = made(backend)
        played = Counter(name for request in backend.requests for name in request.faults)
    shown += [caplog.text, *capfd.readouterr()]

    assert [outcome for outcome in outcomes if not isinstance(outcome.error, ClientError | None)] == []
    for outcome in outcomes:
        if outcome.method not in counts:
            continue
        # What one call makes is made once and as a whole, or not at all.
        number_made = {counts[outcome.method][name] for name in NAMED[outcome.method](outcome.arguments[-1])}
        assert number_made in ({0}, {1}), outcome
        if outcome.error is None:
            assert number_made == {1}, outcome
        if isinstance(outcome.error, HTTPError) or not getattr(outcome.error, "sent", True):
            assert number_made == {0}, outcome
    assert counts.keys() == NAMED.keys()
    assert [outcome.method for outcome in outcomes] == methods
    assert [text[:200] for text in shown if TOKEN in text] == []
    # Some requests are none that the next fault could happen to.
    assert surely(armed.seen, 0.3) <= armed.fired == sum(played.values())
    assert armed.fired < len(FAULTS) or len(played) >= 25
