"""Many calls and many faults: nothing is lost, nothing is done twice, and every error has a type."""

from __future__ import annotations

import itertools
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from synapse_api.operations import OPERATIONS
from synapse_backend import ClientError, HTTPError, OutcomeUnknownError, ServerError
from synapse_backend.testing import MockBackend, faults
from synapse_backend.testing.faults import Fault
from tests.support.canary import TOKEN, forms
from tests.support.clients import DRIVERS, Driver

AT_ONCE = 10
CALLS = 5000
"""Of each client; ten thousand in all."""
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


@pytest.mark.parametrize("kind", DRIVERS)
def test_no_create_is_lost_or_made_twice(kind: str) -> None:
    names = [f"plugin {number}" for number in range(1000)]
    with MockBackend(seed=1) as backend:
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
    assert 150 < lost.fired == len(unknown)
    assert 50 < busy.fired == len(refused)
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


STORAGE = {"provider": "sftp", "category": "external", "configuration": {"host": "sftp.example.org", "port": 22}}


def made(backend: MockBackend) -> dict[str, Counter[object]]:
    """Return how often each call that makes something made it, by operation and by what the call names."""
    return {
        "create_plugin": Counter(row["name"] for row in backend.plugins.values()),
        "create_plugin_release": Counter(row["version"] for row in backend.releases.values()),
        "create_storage": Counter(row["name"] for row in backend.storages.values()),
        "run_plugin": Counter(row["parameters"].get("number") for row in backend.jobs.values()),
    }


def named(outcome: Outcome) -> object:
    """Return what a call that makes something names."""
    data = outcome.arguments[-1]
    return data["parameters"]["number"] if "parameters" in data else data.get("version", data.get("name"))


def mixed(backend: MockBackend, number: int) -> list[tuple[str, tuple[Any, ...]]]:
    """Return calls of all sorts, the same in every run; no two that are made at once write the same object."""
    choose = random.Random(7)
    plugins, jobs, storages = sorted(backend.plugins), sorted(backend.jobs), sorted(backend.storages)
    releases = sorted(backend.releases)
    updated = itertools.cycle(plugins)
    calls: list[tuple[str, tuple[Any, ...]]] = []
    for count in range(number):
        some = {
            "get_plugin": (choose.choice(plugins),),
            "get_job": (choose.choice(jobs),),
            "list_jobs": ({"page_size": 5, "page": choose.randint(1, 2)},),
            "list_job_console_logs": (choose.choice(jobs),),
            "list_storages": (),
            "get_storage": (choose.choice(storages),),
            "get_plugin_release": (choose.choice(releases), {"expand": "plugin"}),
            "health_check_agent": (backend.agents[1]["token"],),
            "update_job": (choose.choice(jobs), {"metadata": {"number": count}}),
            "update_plugin": (next(updated), {"description": f"update {count}"}),
            "create_plugin": ({"name": f"plugin {count}"},),
            "create_plugin_release": ({"plugin": plugins[0], "version": f"9.0.{count}", "file": b"0123456789"},),
            "create_storage": ({**STORAGE, "name": f"storage {count}"},),
            "run_plugin": (choose.choice(plugins), {"parameters": {"number": count}}),
        }
        method = choose.choices(list(some), weights=[3, 4, 3, 2, 1, 1, 1, 1, 1, 2, 3, 1, 1, 2])[0]
        calls.append((method, some[method]))
    return calls


def check(backend: MockBackend, outcome: Outcome) -> None:
    """Require that a call which returned did what it says."""
    method, arguments, value = outcome.method, outcome.arguments, outcome.value
    if method in ("get_plugin", "get_job", "get_storage") and value is not None:
        assert value["id"] == arguments[0]
    if method == "update_plugin":
        assert backend.plugins[arguments[0]]["description"] == arguments[1]["description"]
    if method == "create_plugin" and value is not None:
        assert backend.plugins[value["id"]]["name"] == arguments[0]["name"]
    if method == "run_plugin" and value is not None:
        assert backend.jobs[value["job_id"]]["parameters"] == arguments[1]["parameters"]


@pytest.mark.parametrize("kind", DRIVERS)
def test_of_calls_of_which_every_third_meets_a_fault_none_is_lost_or_made_twice(
    kind: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    outcomes: list[Outcome] = []
    seen: set[str] = set()
    with MockBackend(seed=3) as backend:
        with backend.client() as client:
            for number in range(2 * AT_ONCE):
                client.create_plugin({"name": f"to be updated {number}"})
        calls = mixed(backend, CALLS)
        armed = backend.faults.on("*", probability=0.38).sequence(*FAULTS)
        for number, arm in enumerate(CONNECTING * 5, 1):
            arm(backend.faults.on_connect(nth=20 * number))
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
        count = counts[outcome.method][named(outcome)]
        assert count <= 1, outcome
        if outcome.error is None:
            assert count == 1, outcome
        if isinstance(outcome.error, HTTPError) or not getattr(outcome.error, "sent", True):
            assert count == 0, outcome
    assert {outcome.method for outcome in outcomes} == set(OPERATIONS)
    assert [text[:200] for text in shown if TOKEN in text] == []
    assert armed.fired >= 0.3 * len(calls)
    assert len(played) >= 25
