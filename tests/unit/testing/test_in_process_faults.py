"""Faults through the asynchronous transport, and the clock that both transports wait on."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from synapse_backend import ClientTimeoutError, OutcomeUnknownError
from synapse_backend.testing import FaultError, MockBackend, faults
from synapse_backend.testing.clock import RealClock, VirtualClock
from synapse_backend.testing.contract import load_spec
from synapse_backend.testing.delivery import Wait
from synapse_backend.testing.hearing import hear
from tests.unit.testing.fronts import TOKEN, InProcessFront


def fetch(backend: MockBackend, timeout: float | None = 5) -> bytes:
    async def get() -> bytes:
        async with httpx.AsyncClient(
            transport=backend.async_transport(), base_url="http://localhost", headers=TOKEN, timeout=timeout
        ) as http:
            return (await http.get("/jobs/789/")).content

    return asyncio.run(get())


def test_an_answer_in_steps_is_whole() -> None:
    backend = MockBackend(tick=0)
    whole = fetch(backend)
    backend.faults.on("get_job").drip(100)
    before = backend.clock.now
    assert fetch(backend) == whole
    assert (backend.clock.now - before).total_seconds() > len(whole) / 100
    backend.check()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.Reset(), httpx.ReadError),
        (faults.CommitThenClose(), httpx.RemoteProtocolError),
        (faults.Truncate(), httpx.RemoteProtocolError),
        (faults.ResetMidBody(), httpx.ReadError),
        (faults.NoAnswer(), httpx.ReadTimeout),
        (faults.Latency(6), httpx.ReadTimeout),
        (faults.Drip(0.1), httpx.ReadTimeout),
        (faults.Garbage("huge_header"), httpx.RemoteProtocolError),
    ],
)
def test_errors_are_those_of_a_connection(
    fault: faults.Fault, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"waits for {seconds} s"))
    backend = MockBackend()
    backend.faults.on("get_job").sequence(fault)
    with pytest.raises(error):
        fetch(backend)
    backend.check()


def test_an_answer_that_stops_in_the_middle_times_out() -> None:
    events = hear(iter([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"]), "GET", 2.0)
    next(events)
    assert list(itertools.islice(events, 2)) == [b"abc", Wait(2.0)]
    with pytest.raises(httpx.ReadTimeout):
        next(events)


def test_nobody_waits_without_a_limit() -> None:
    backend = MockBackend()
    backend.faults.on("get_job").latency(10**6)
    backend.faults.on("get_job").no_answer()
    with pytest.raises(FaultError, match="needs a read timeout"):
        fetch(backend, None)


def test_the_asynchronous_client_sees_the_same() -> None:
    backend = MockBackend()
    backend.faults.on("create_plugin").commit_then_reset()
    backend.faults.on("get_job").sequence(faults.Status(503), faults.TruncatedGzip(), faults.Reset())
    backend.faults.on("list_jobs", times=None).no_answer()

    async def use() -> None:
        async with backend.async_client(clock=backend.clock) as client:
            with pytest.raises(OutcomeUnknownError):
                await client.create_plugin({"name": "A"})
            assert (await client.get_job(789))["id"] == 789
            with pytest.raises(ClientTimeoutError):
                await client.list_jobs()

    before = backend.clock.monotonic()
    asyncio.run(use())
    assert backend.clock.monotonic() - before >= 4 * 30  # the silence, waited for on the clock of the mock
    assert backend.attempts("get_job") == [4]
    assert backend.attempts("list_jobs") == [4]
    assert backend.writes["plugins"].created == 1


def test_a_fault_that_fails_is_a_defect_of_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = MockBackend()
    backend.faults.on("get_job").reset()

    def play(_self: object, _exchange: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(faults.Reset, "play", play)
    answer = InProcessFront(backend).send("GET", "/jobs/789/")
    assert (answer.status, answer.json) == (500, {"detail": "Defect of the mock in get_job: KeyError: 'x'"})
    with pytest.raises(AssertionError, match="Defect of the mock in get_job"):
        backend.check()


def test_an_offset_can_be_wrong_where_the_contract_has_one() -> None:
    spec = load_spec()
    spec["components"]["schemas"]["Job"]["properties"]["offset"] = {"type": "integer"}
    backend = MockBackend(spec=spec)
    job = backend.jobs.add(offset=100)
    backend.faults.on("list_jobs").offset_lie(-10)
    jobs = InProcessFront(backend).send("GET", "/jobs/").json["results"]
    assert next(found["offset"] for found in jobs if found["id"] == job["id"]) == 90


def test_a_success_without_a_body_has_nothing_to_change() -> None:
    spec = load_spec()
    for answer in spec["paths"]["/jobs/{pk}/"]["get"]["responses"].values():
        answer.pop("content", None)
    backend = MockBackend(spec=spec)
    with pytest.raises(ValueError, match="wrong_shape needs an answer with fields of that kind"):
        backend.faults.on("get_job").wrong_shape()


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_the_virtual_clock_is_one_for_clients() -> None:
    clock = VirtualClock(step=0.5)
    assert clock.pause(2) == 2
    assert clock.monotonic() == 2
    assert clock.time() == datetime(2025, 9, 3, 9, 0, 2, tzinfo=UTC).timestamp()
    clock.sleep(3)
    clock.sleep(-1)
    asyncio.run(clock.asleep(1))
    clock.tick()
    assert clock.monotonic() == 6.5
    assert clock.pause(100) == 0
    clock.reset()
    assert clock.now == datetime(2025, 9, 3, 9, tzinfo=UTC)
    # It is still the same clock to a client that measures with it.
    assert clock.monotonic() == 106.5
    clock.set(clock.now - timedelta(days=1))
    assert clock.now == datetime(2025, 9, 2, 9, tzinfo=UTC)
    assert clock.monotonic() == 106.5


def test_the_real_clock_waits() -> None:
    clock = RealClock()
    before = clock.monotonic(), clock.time(), time.monotonic()
    clock.sleep(0.02)
    asyncio.run(clock.asleep(0.02))
    assert time.monotonic() - before[2] >= 0.04
    assert clock.monotonic() - before[0] >= 0.04
    assert clock.time() - before[1] >= 0.04
    clock.advance(100)
    assert clock.monotonic() - before[0] >= 100
    assert clock.pause(3) == 3
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    assert clock.now - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(minutes=1)
