"""Consoles of jobs that are followed: what comes, when, in which form, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, get_args

import httpx
import pytest

from synapse_backend.testing import ContractError, MockBackend, Plan, TailOptions
from synapse_backend.testing.faults.events import StreamFlaw
from synapse_backend.testing.rules import RULES, Rule
from synapse_backend.testing.streams import Stream
from tests.unit.testing.fronts import TOKEN

TAIL = "/jobs/{}/tail_console_logs/"
# A job that runs and that nobody simulates.
FOREIGN = 787


@pytest.fixture(params=["socket", "in process"])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., httpx.Client]]:
    """Makes a client of a mock over one of the fronts."""
    backends: list[MockBackend] = []
    clients: list[httpx.Client] = []

    def make(backend: MockBackend, timeout: float | httpx.Timeout = 60) -> httpx.Client:
        transport: httpx.BaseTransport | None = None
        url = "http://localhost"
        if request.param == "socket":
            backends.append(backend.start())
            url = backend.url
        else:
            transport = backend.transport()
        clients.append(httpx.Client(base_url=url, headers=TOKEN, timeout=timeout, transport=transport))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
    for backend in backends:
        backend.stop()


def start(client: httpx.Client) -> int:
    """Start a job."""
    job: int = client.post("/plugins/123/run/", json={}).json()["job_id"]
    return job


def events(text: str) -> list[dict[str, Any]]:
    """The events of a stream."""
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def follow(client: httpx.Client, job: object) -> list[dict[str, Any]]:
    """Follow a console to its end."""
    answer = client.get(TAIL.format(job))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
    return events(answer.text)


# --- what comes -------------------------------------------------------------------------------------------------------


def test_a_job_is_followed_from_its_beginning_to_its_end(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend()
    client = connect(backend)
    job = start(client)
    first, *lines, last = follow(client, job)
    assert first == {"type": "connected", "job_id": job}
    assert {line["type"] for line in lines} == {"log"}
    assert [line["data"] for line in lines] == client.get(f"/jobs/{job}/console_logs/").json()
    assert [line["data"]["message"] for line in lines][:2] == [f"Job {job} queued", "Started on agent 1"]
    assert last == {"type": "complete", "message": f"Job {job} completed"}
    assert backend.jobs[job]["status"] == "completed"


def test_following_takes_no_time_and_moves_the_clock_to_the_end(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend(tick=0)
    client = connect(backend)
    backend.jobs.plan_next(Plan(queued_for=100, runs_for=1000))
    job = start(client)
    before = backend.clock.now
    follow(client, job)
    assert (backend.clock.now - before).total_seconds() == 1100


def test_a_job_that_failed_ends_the_stream_too(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend()
    client = connect(backend)
    backend.jobs.fail_next("Out of memory")
    *_, line, last = follow(client, start(client))
    assert (line["data"]["level"], line["data"]["message"]) == ("error", "Out of memory")
    assert last["message"].endswith(" failed")


def test_a_job_that_is_over_is_told_at_once(connect: Callable[..., httpx.Client]) -> None:
    first, *lines, last = follow(connect(MockBackend()), 789)
    assert (first["type"], len(lines), last["type"]) == ("connected", 4, "complete")


def test_two_who_follow_hear_the_same(connect: Callable[..., httpx.Client]) -> None:
    client = connect(MockBackend())
    job = start(client)
    assert follow(client, job) == follow(client, job)


@pytest.mark.parametrize("framing", ["chunked", "close"])
def test_both_framings(connect: Callable[..., httpx.Client], framing: Any) -> None:
    client = connect(MockBackend(tails=TailOptions(framing=framing)))
    answer = client.get(TAIL.format(789))
    assert ("transfer-encoding" in answer.headers) == (framing == "chunked")
    assert (answer.headers.get("connection") == "close") == (framing == "close")
    assert "content-length" not in answer.headers
    assert events(answer.text)[-1]["type"] == "complete"
    assert client.get("/jobs/789/").status_code == 200


def test_lines_in_every_form(connect: Callable[..., httpx.Client]) -> None:
    found = {}
    for form in ("object", "text", "event"):
        client = connect(MockBackend(tails=TailOptions(form=form)))
        found[form] = follow(client, 789)[1]["data"]
    assert found["object"]["message"] == found["text"] == "Job 789 queued"
    assert json.loads(found["event"].removeprefix("data: ")) == {"type": "log", "message": "Job 789 queued"}


def test_the_head_of_a_stream(connect: Callable[..., httpx.Client]) -> None:
    client = connect(MockBackend())
    answer = client.head(TAIL.format(789))
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.get("/jobs/789/").status_code == 200


@pytest.mark.parametrize("job", [5, "b4a2e1f0-0000-4000-8000-000000000000"])
def test_an_unknown_job(connect: Callable[..., httpx.Client], job: object) -> None:
    assert follow(connect(MockBackend()), job) == [{"type": "error", "message": f"Job {job} does not exist."}]


def test_an_unknown_job_can_be_a_404(connect: Callable[..., httpx.Client]) -> None:
    client = connect(MockBackend(tails=TailOptions(unknown_job="not_found")))
    answer = client.get(TAIL.format(5))
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


# --- jobs that others run ---------------------------------------------------------------------------------------------


def test_what_others_write_comes_as_it_is_written_and_heartbeats_between() -> None:
    with (
        MockBackend(tails=TailOptions(heartbeat=0.02)) as backend,
        httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client,
        httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as agent,
        client.stream("GET", TAIL.format(FOREIGN)) as answer,
    ):
        lines = (line for line in answer.iter_lines() if line)

        def until(text: str) -> list[str]:
            seen = []
            for line in lines:
                seen.append(line)
                if text in line:
                    break
            return seen

        until("Processed")
        assert until("heartbeat") == [": heartbeat"]
        for number in range(3):
            entry = {"job": FOREIGN, "level": "warning", "data": {"message": f"Frame {number}"}}
            assert agent.post("/logs/", json=entry).json() == {"count": 1}
            assert f'"message": "Frame {number}"' in until(f"Frame {number}")[-1]
        backend.jobs.log(FOREIGN, "By hand")
        until("By hand")
        agent.patch(f"/jobs/{FOREIGN}/", json={"status": "completed"})
        assert '"type": "complete"' in until("complete")[-1]
        assert list(lines) == []


def test_others_are_served_while_a_stream_is_open() -> None:
    with MockBackend() as backend:
        with socket.create_connection(("127.0.0.1", int(backend.url.rpartition(":")[2])), timeout=60) as raw:
            raw.sendall(f"GET {TAIL.format(FOREIGN)} HTTP/1.1\r\nHost: h\r\nAuthorization: Token t\r\n\r\n".encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 200 OK")
            with httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client:
                assert client.get("/jobs/789/").status_code == 200
        with httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client:
            assert client.get("/jobs/789/").status_code == 200


def test_a_job_that_moves_can_be_written_to(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend(tick=0)
    client = connect(backend)
    job = start(client)
    backend.clock.advance(1.5)
    moment = "2025-09-01T08:00:00+00:00"
    client.post("/logs/", json={"job": job, "message": "In between", "level": "debug", "datetime": moment})
    saved = backend.export_state()
    backend.import_state(saved)
    lines = [event["data"] for event in follow(client, job)[1:-1]]
    assert [line["message"] for line in lines][:3] == [f"Job {job} queued", "Started on agent 1", "In between"]
    assert lines[2] == {"timestamp": moment, "level": "debug", "message": "In between"}
    assert client.get(f"/jobs/{job}/console_logs/").json() == lines


def test_a_reset_ends_the_streams() -> None:
    with (
        MockBackend() as backend,
        httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client,
        client.stream("GET", TAIL.format(FOREIGN)) as answer,
    ):
        lines = answer.iter_lines()
        next(lines)
        backend.reset()
        assert all("complete" not in line for line in lines)


# --- pace -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_in_real_time_a_job_takes_as_long_as_it_takes(connect: Callable[..., httpx.Client], clock: Any) -> None:
    backend = MockBackend(clock=clock, tick=0, tails=TailOptions(pace="real", heartbeat=0.01))
    client = connect(backend)
    backend.jobs.plan_next(Plan(queued_for=0.05, runs_for=0.2))
    job = start(client)
    started = time.monotonic()
    text = client.get(TAIL.format(job)).text
    took = time.monotonic() - started
    assert events(text)[-1]["type"] == "complete"
    assert ": heartbeat" in text
    # Without a socket the client waits on the clock of the mock.
    if clock == "real":
        assert took > 0.2


def test_heartbeats_on_the_clock_of_the_mock(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend(tails=TailOptions(heartbeat=10))
    client = connect(backend)
    backend.jobs.plan_next(Plan(queued_for=0, runs_for=100))
    text = client.get(TAIL.format(start(client))).text
    # Four stretches of 25 seconds.
    assert text.count(": heartbeat\n\n") == 8


def test_nobody_runs_the_job_and_the_client_has_enough(connect: Callable[..., httpx.Client]) -> None:
    client = connect(MockBackend(), timeout=httpx.Timeout(60, read=0.1))
    with pytest.raises(httpx.ReadTimeout), client.stream("GET", TAIL.format(FOREIGN)) as answer:
        answer.read()


@pytest.mark.parametrize("job", [789, FOREIGN])
def test_through_the_asynchronous_transport(job: int) -> None:
    backend = MockBackend(tails=TailOptions(pace="real", heartbeat=0.02))

    async def hear() -> str:
        transport = backend.async_transport()
        async with httpx.AsyncClient(transport=transport, base_url="http://h", headers=TOKEN, timeout=0.2) as client:
            text = ""
            async with client.stream("GET", TAIL.format(job)) as answer:
                async for piece in answer.aiter_text():
                    text += piece
                    if "heartbeat" in text:
                        break
            return text

    text = asyncio.run(hear())
    assert (": heartbeat" in text) == (job == FOREIGN)
    assert ('"type": "complete"' in text) == (job == 789)


# --- what goes wrong --------------------------------------------------------------------------------------------------

ENDS: dict[StreamFlaw, type[Exception]] = {
    "cut": httpx.RemoteProtocolError,
    "half_event": httpx.RemoteProtocolError,
    "reset": httpx.ReadError,
    "silence": httpx.ReadTimeout,
}


@pytest.mark.parametrize("kind", get_args(StreamFlaw))
@pytest.mark.parametrize("after", [0, 2])
def test_streams_that_break(connect: Callable[..., httpx.Client], kind: StreamFlaw, after: int) -> None:
    backend = MockBackend()
    client = connect(backend)

    def listen(limit: float) -> tuple[bytes, Exception | None]:
        backend.faults.clear()
        backend.faults.on("tail_job_console_logs").break_stream(kind, after=after)
        heard = b""
        try:
            with client.stream("GET", TAIL.format(789), timeout=httpx.Timeout(60, read=limit)) as answer:
                for piece in answer.iter_raw():
                    heard += piece
        except httpx.TransportError as raised:
            return heard, raised
        return heard, None

    # Nobody waits for long for what does not come. Where a busy machine was late with what does, it gets more time.
    limit = 0.3 if kind == "silence" else 60.0
    heard, error = listen(limit)
    while kind == "silence" and heard.count(b"data: ") < after:
        limit *= 10
        heard, error = listen(limit)
    while backend.faults.unfired:
        time.sleep(0.001)
    assert type(error) is ENDS.get(kind, type(None))
    frames = heard.split(b"\n\n")
    assert [frame.partition(b'"type": ')[2][:4] for frame in frames[:after]] == [b'"con', b'"log'][:after]
    if kind in ("cut", "silence"):
        assert heard.count(b"data: ") == after
    said = {
        "error": b'"type": "error"',
        "half_event": b'data: {"type": "log", "da',
        "no_json": b"data: {not json",
        "no_object": b"data: [1, null]",
        "unknown_type": b'"brand_new"',
        "bad_utf8": b"\xff\xfe",
        "endless_line": b"x" * 1_000_000,
    }
    assert said.get(kind, b"") in heard
    assert (b'"complete"' in heard) == (kind in ("no_json", "no_object", "unknown_type", "bad_utf8", "endless_line"))
    assert follow(client, 789)[-1]["type"] == "complete"


@pytest.mark.parametrize("kind", ["error", "no_json"])
def test_a_stream_that_ends_with_the_connection_breaks_as_well(connect: Callable[..., httpx.Client], kind: Any) -> None:
    backend = MockBackend(tails=TailOptions(framing="close"))
    client = connect(backend)
    backend.faults.on("tail_job_console_logs").break_stream(kind, after=1)
    text = client.get(TAIL.format(789)).text
    assert ('"type": "complete"' in text) == (kind == "no_json")


def test_a_short_stream_may_end_before_it_breaks(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend()
    client = connect(backend)
    backend.faults.on("tail_job_console_logs").break_stream(after=50)
    assert follow(client, 789)[-1]["type"] == "complete"


def test_an_answer_that_is_no_stream_does_not_break(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend(tails=TailOptions(unknown_job="not_found"))
    client = connect(backend)
    backend.faults.on("tail_job_console_logs").break_stream()
    assert client.get(TAIL.format(5)).status_code == 404


def test_other_faults_meet_streams_too(connect: Callable[..., httpx.Client]) -> None:
    backend = MockBackend()
    client = connect(backend)
    backend.faults.on("tail_job_console_logs").status(503)
    backend.faults.on("tail_job_console_logs").drip(1_000_000)
    assert client.get(TAIL.format(789)).status_code == 503
    assert follow(client, 789)[-1]["type"] == "complete"
    backend.faults.on("tail_job_console_logs").informational(3)
    backend.faults.on("tail_job_console_logs").latency(0.01)
    assert follow(client, 789)[-1]["type"] == "complete"
    backend.faults.on("tail_job_console_logs").truncate_chunked()
    with pytest.raises(httpx.RemoteProtocolError):
        follow(client, 789)


def test_a_drip_keeps_the_pauses_of_a_stream() -> None:
    with MockBackend(tails=TailOptions(heartbeat=0.01)) as backend:
        backend.faults.on("tail_job_console_logs").drip(1_000_000)
        with (
            httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client,
            client.stream("GET", TAIL.format(FOREIGN)) as answer,
        ):
            assert any("heartbeat" in line for line in answer.iter_lines())


def test_an_event_that_violates_the_contract_is_a_defect_of_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    def rule(_call: object) -> tuple[int, object]:
        return 200, Stream(lambda _clock: iter([{"no": "type"}]))

    monkeypatch.setitem(RULES, "tail_job_console_logs", Rule(rule, None, "integration"))
    backend = MockBackend()
    with httpx.Client(transport=backend.transport(), base_url="http://h", headers=TOKEN) as client:
        client.get(TAIL.format(789))
    with pytest.raises(ContractError, match="Defect of the mock in tail_job_console_logs: an event violates"):
        backend.check()


def test_a_stream_where_the_contract_has_none_is_a_defect_of_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    def rule(_call: object) -> tuple[int, object]:
        return 200, Stream(lambda _clock: iter([{"type": "log"}]))

    monkeypatch.setitem(RULES, "get_job", Rule(rule, None, "integration"))
    backend = MockBackend()
    with httpx.Client(transport=backend.transport(), base_url="http://h", headers=TOKEN) as client:
        client.get("/jobs/789/")
    assert len(backend.contract_errors) == 1


# --- what is left of it -----------------------------------------------------------------------------------------------


def test_what_was_streamed_is_in_the_transcript() -> None:
    def told() -> bytes:
        backend = MockBackend()
        with httpx.Client(transport=backend.transport(), base_url="http://h", headers=TOKEN) as client:
            follow(client, start(client))
        return backend.transcript()

    assert b'"type": "complete"' in told()
    assert told() == told()


def test_where_only_some_requests_are_kept_nothing_is_gathered() -> None:
    backend = MockBackend(record_limit=5)
    with httpx.Client(transport=backend.transport(), base_url="http://h", headers=TOKEN) as client:
        follow(client, 789)
    assert backend.requests[-1].answer == b""


def test_many_follow_at_once() -> None:
    with MockBackend() as backend:
        heard: list[str] = []

        def one() -> None:
            with httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client:
                heard.append(client.get(TAIL.format(FOREIGN)).text)

        threads = [threading.Thread(target=one) for _ in range(8)]
        for thread in threads:
            thread.start()
        with httpx.Client(base_url=backend.url, headers=TOKEN, timeout=60) as client:
            while len([request for request in backend.requests if request.operation_id == "tail_job_console_logs"]) < 8:
                time.sleep(0.001)
            client.patch(f"/jobs/{FOREIGN}/", json={"status": "failed"})
        for thread in threads:
            thread.join()
        assert len(set(heard)) == 1
        assert events(heard[0])[-1] == {"type": "complete", "message": f"Job {FOREIGN} failed"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "xml"}, "form must be 'object' or 'text' or 'event', not 'xml'"),
        ({"unknown_job": "404"}, "unknown_job must be 'event' or 'not_found', not '404'"),
        ({"pace": "slow"}, "pace must be 'clock' or 'real', not 'slow'"),
        ({"framing": "none"}, "framing must be 'chunked' or 'close', not 'none'"),
        ({"heartbeat": 0}, "heartbeat must be a number from 0.001 to 1e+06, not 0"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="must be") as caught:
        TailOptions(**options)
    assert str(caught.value) == message
