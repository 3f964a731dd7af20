"""Which requests a fault takes, how it is counted, and what is refused when it is armed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import BackendClient, ClientConnectionError, ClientError, OutcomeUnknownError
from synapse_backend.testing import FaultError, MockBackend, faults
from synapse_backend.testing.contract import load_spec
from synapse_backend.testing.faults.parsing import from_json, from_text
from tests.unit.testing.fronts import InProcessFront, open_again


@pytest.fixture
def backend() -> MockBackend:
    return MockBackend(seed=1)


def statuses(backend: MockBackend, count: int, target: str = "/jobs/789/") -> list[int]:
    front = InProcessFront(backend)
    return [front.send("GET", target).status for _ in range(count)]


# --- selection --------------------------------------------------------------------------------------------------------


def test_the_nth_request_is_counted_from_the_arming_and_by_operation(backend: MockBackend) -> None:
    statuses(backend, 3)
    backend.faults.on("get_job", nth=2).status(500)
    assert statuses(backend, 2, "/jobs/") == [200, 200]
    assert statuses(backend, 3) == [200, 500, 200]


def test_several_times_and_without_end(backend: MockBackend) -> None:
    backend.faults.on("get_job", nth=2, times=2).status(500)
    assert statuses(backend, 4) == [200, 500, 500, 200]
    backend.reset()
    armed = backend.faults.on("get_job", times=None).status(500)
    assert statuses(backend, 5) == [500] * 5
    assert armed.due is None
    backend.check()


def test_every_request_whatever_it_is(backend: MockBackend) -> None:
    backend.faults.on("*", times=3).status(500)
    front = InProcessFront(backend)
    assert [front.send("GET", target).status for target in ("/nothing/", "/jobs/", "/media/x", "/jobs/")] == [
        500,
        500,
        500,
        200,
    ]
    assert [request.operation_id for request in backend.requests] == [None, "list_jobs", None, "list_jobs"]


def test_the_first_that_was_armed_fires_and_the_others_wait(backend: MockBackend) -> None:
    backend.faults.on("get_job").status(500)
    backend.faults.on("get_job").status(502)
    backend.faults.on("get_job", nth=1).status(503)
    assert statuses(backend, 4) == [500, 502, 503, 200]


def test_a_fault_that_wraps_another_waits_for_its_turn_too(backend: MockBackend) -> None:
    backend.faults.on("get_job", times=2).status(500)
    backend.faults.on("get_job", nth=2).latency(0.1)
    assert statuses(backend, 3) == [500, 500, 200]
    assert [request.faults for request in backend.requests] == [("status",), ("status", "latency"), ()]


def test_a_sequence_goes_step_by_step(backend: MockBackend) -> None:
    armed = backend.faults.on("get_job", times=2).sequence(faults.Status(500), None, faults.Status(502))
    assert statuses(backend, 7) == [500, 200, 502, 500, 200, 502, 200]
    assert (armed.fired, armed.due) == (4, 0)
    assert str(armed) == "get_job:times=2:sequence(status(status=500), pass, status(status=502))"


def test_chance_is_the_same_in_every_run_and_not_the_same_for_every_seed() -> None:
    def run(seed: int) -> list[int]:
        backend = MockBackend(seed)
        backend.faults.on("get_job", probability=0.5).status(500)
        return statuses(backend, 40)

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 8 < run(1).count(500) < 32


def test_two_faults_by_chance_are_independent(backend: MockBackend) -> None:
    backend.faults.on("get_job", probability=0.5).status(500)
    backend.faults.on("list_jobs", probability=0.5).status(500)
    front = InProcessFront(backend)
    pairs = [(front.send("GET", "/jobs/789/").status, front.send("GET", "/jobs/").status) for _ in range(30)]
    assert len(set(pairs)) == 4


def test_chance_with_a_limit(backend: MockBackend) -> None:
    backend.faults.on("get_job", probability=0.5, times=3).status(500)
    assert statuses(backend, 40).count(500) == 3


# --- accounting -------------------------------------------------------------------------------------------------------


def test_a_fault_that_never_fired_fails_the_test_by_name() -> None:
    backend = MockBackend().start()
    backend.faults.on("create_plugin", nth=2).commit_then_reset()
    with backend.client() as client:
        client.create_plugin({"name": "A"})
    with pytest.raises(FaultError) as caught:
        backend.__exit__(None, None, None)
    assert str(caught.value) == (
        "armed but not played: create_plugin:nth=2:commit_then_reset fired 0 of 1 times, 1 requests came by"
    )


def test_all_that_did_not_fire_are_named_and_said_once(backend: MockBackend) -> None:
    backend.faults.on("get_job", times=3).status(500)
    backend.faults.on("list_jobs", probability=0.01).reset()
    backend.faults.on("list_jobs", times=None).latency(1)
    statuses(backend, 1)
    assert len(backend.faults.unfired) == 3
    with pytest.raises(FaultError) as caught:
        backend.faults.check()
    assert str(caught.value) == (
        "armed but not played: get_job:times=3:status(status=500) fired 1 of 3 times, 1 requests came by; "
        "list_jobs:times=None:probability=0.01:reset fired 0 times, 0 requests came by; "
        "list_jobs:times=None:latency(seconds=1) fired 0 times, 0 requests came by"
    )
    backend.check()


def test_another_error_is_not_replaced() -> None:
    with pytest.raises(KeyError), MockBackend() as backend:  # noqa: PT012  # what is left open is the point
        backend.faults.on("get_job").reset()
        raise KeyError


def test_a_reset_disarms(backend: MockBackend) -> None:
    backend.faults.on("get_job").status(500)
    assert repr(backend.faults) == "<Faults: get_job:status(status=500)>"
    backend.reset()
    assert repr(backend.faults) == "<Faults: none>"
    assert backend.faults.armed == []
    assert statuses(backend, 1) == [200]
    backend.check()


PLUGIN_TESTS = """
import pytest

def test_armed_and_forgotten(mock_backend):
    mock_backend.faults.on("get_job").reset()

def test_armed_and_failed(mock_backend):
    mock_backend.faults.on("get_job").reset()
    raise KeyError("of the test")

def test_clean(mock_backend):
    assert mock_backend.faults.armed == []
"""


def test_the_fixture_fails_a_test_whose_fault_did_not_fire(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(PLUGIN_TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "1 failed, 2 passed, 1 error" in done.stdout
    assert "ERROR test_it.py::test_armed_and_forgotten" in done.stdout
    assert "armed but not played: get_job:reset fired 0 of 1 times, 0 requests came by" in done.stdout
    assert "FAILED test_it.py::test_armed_and_failed - KeyError: 'of the test'" in done.stdout


# --- what is refused --------------------------------------------------------------------------------------------------

OPERATIONS = sorted(MockBackend().operations)
TARGETS = ", ".join(sorted([*OPERATIONS, "*"]))
WRITTEN = ", ".join(sorted([*OPERATIONS, "*", "connection"]))


def test_an_unknown_operation_names_the_known_ones(backend: MockBackend) -> None:
    with pytest.raises(ValueError, match="there is no operation") as caught:
        backend.faults.on("get_jobs")
    assert str(caught.value) == f"there is no operation 'get_jobs' (did you mean get_job?); there are {TARGETS}"


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        (lambda f: f.on("get_job", nth=0), "nth must be a whole number of at least 1, not 0"),
        (lambda f: f.on("get_job", times=0), "times must be a whole number of at least 1, not 0"),
        (lambda f: f.on("get_job", probability=2), "probability must be a number from 0 to 1, not 2"),
        (lambda f: f.on("get_job", probability=0), "probability must be above 0, or the fault never fires"),
        (lambda f: f.on("get_job").status(99), "status must be a whole number from 200 to 599, not 99"),
        (lambda f: f.on("get_job").status(429, retry_after="\n"), "retry_after must be printable ASCII"),
        (
            lambda f: f.on("get_job").status(429, retry_after=None, body={1}),
            "Object of type set is not JSON serializable",
        ),
        (lambda f: f.on("get_job").status(429, retry_after=[]), "retry_after must be a number, not []"),
        (lambda f: f.on("get_job").redirect("\n"), "url must be printable text, 'self', or None"),
        (lambda f: f.on("get_job").no_content(with_body=1), "with_body must be True or False, not 1"),
        (lambda f: f.on("get_job").no_answer(commit=1), "commit must be True or False, not 1"),
        (lambda f: f.on("get_job").hostile_text(200), "status must be a whole number from 400 to 599, not 200"),
        (
            lambda f: f.on("get_job").garbage("noise"),
            "kind must be 'status_line' or 'half_status_line' or 'conflicting_length' or 'negative_length' or "
            "'huge_header' or 'many_headers' or 'not_http', not 'noise'",
        ),
        (lambda f: f.on("get_job").sequence(), "a sequence needs at least one fault"),
        (lambda f: f.on("get_job").sequence(None), "a sequence needs at least one fault"),
        (lambda f: f.on("get_job").sequence(503), "a fault is due, not 503"),
        (lambda f: f.on("get_job").sequence(faults.Silence()), "silence is armed with faults.on_connect()"),
        (
            lambda f: f.arm(faults.Target("connection"), faults.Reset()),
            "reset is armed with faults.on(operation)",
        ),
        (
            lambda f: f.on("get_job").page_link(),
            "page_link needs an answer in pages; there are list_agents, list_assignments, ...",
        ),
        (
            lambda f: f.on("get_job").wrong_checksum(),
            "wrong_checksum needs an answer with the field checksum; there are append_chunked_upload, ...",
        ),
        (
            lambda f: f.on("get_job").offset_lie(),
            "offset_lie needs an answer with the field offset; there are append_chunked_upload, complete_chunked_upload, "
            "complete_empty_chunked_upload, create_chunked_upload, get_chunked_upload",
        ),
        (
            lambda f: f.on("get_job").range_lie(),
            "range_lie needs a file to download; there are /media/",
        ),
        (
            lambda f: f.on("get_job").flip_bit(),
            "flip_bit needs a request with a file; there are append_chunked_upload, create_chunked_upload, "
            "create_data_file, create_plugin_release, /storage/",
        ),
        (
            lambda f: f.on("/storage/").range_lie(),
            "range_lie needs a file to download; there is none below /storage/",
        ),
        (lambda f: f.on("/media/").page_link(), "page_link needs an answer in pages; there is none below /media/"),
        (lambda f: f.on("get_chunked_upload").upload_gone(500), "status must be 404 or 410, not 500"),
        (
            lambda f: f.on("run_plugin").wrong_shape("odd_dates"),
            "wrong_shape(kind='odd_dates') needs an answer with fields of that kind; there are ...",
        ),
        (lambda f: f.on("create_plugin").stop_reading(), "stop_reading needs the socket: start the mock first"),
        (lambda f: f.on("get_job").expire_idle(), "expire_idle needs the socket: start the mock first"),
        (lambda f: f.on_connect().silence(), "silence needs the socket: start the mock first"),
    ],
)
def test_what_cannot_be_played_is_refused_and_nothing_is_armed(backend: MockBackend, arm: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        arm(backend.faults)
    beginning, more, _ = message.partition("...")
    assert str(caught.value).startswith(beginning)
    assert more or str(caught.value) == message
    assert backend.faults.armed == []


def test_what_no_operation_of_a_contract_has_is_said_so() -> None:
    spec = load_spec()
    del spec["components"]["schemas"]["ChunkedUpload"]["properties"]["offset"]
    with pytest.raises(ValueError, match="field offset; no operation of this contract has that"):
        MockBackend(spec=spec).faults.on("*").offset_lie()


def test_a_fault_of_the_port_takes_no_selection() -> None:
    with MockBackend() as backend, pytest.raises(ValueError, match="starts at once and concerns all connections"):
        backend.faults.on_connect(nth=2).refuse()


def test_in_process_a_fault_that_needs_the_socket_says_so() -> None:
    with MockBackend() as backend:
        every: list[Callable[[], object]] = [
            lambda: backend.faults.on("list_jobs").expire_idle(),
            lambda: backend.faults.on("*").stop_reading(),
            lambda: backend.faults.on_connect().silence(),
        ]
        for arm in every:
            arm()
            front = InProcessFront(backend)
            with pytest.raises(
                FaultError, match=r"cannot be played in process: start the mock and call it over its URL$"
            ):
                front.send("GET", "/jobs/")
            backend.faults.clear()
        backend.faults.on("get_job").expire_idle()
        backend.faults.on("list_jobs").status(500)
        assert InProcessFront(backend).send("GET", "/jobs/").status == 500
        backend.faults.clear()


# --- text and JSON ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("create_plugin:nth=2:commit_then_reset", "create_plugin:nth=2:commit_then_reset"),
        (" get_job : status(503, retry_after=1) ", "get_job:status(status=503, retry_after=1)"),
        ("get_job:status(503, retry_after=soon)", "get_job:status(status=503, retry_after='soon')"),
        ("get_job:status(503, retry_after=-1)", "get_job:status(status=503, retry_after=-1)"),
        ("*:times=None:probability=0.2:reset()", "*:times=None:probability=0.2:reset"),
        ("*:probability=0.2:reset()", "*:times=None:probability=0.2:reset"),
        ("get_job:times=3:garbage(huge_header)", "get_job:times=3:garbage(kind='huge_header')"),
        ("get_job:garbage('not_http')", "get_job:garbage"),
        (
            "get_job:redirect('http://elsewhere.example:80/x:y')",
            "get_job:redirect(url='http://elsewhere.example:80/x:y')",
        ),
        ("get_job:status(503), None, reset", "get_job:sequence(status(status=503), pass, reset)"),
        ("get_job:status(400, body={'detail': ['x']})", "get_job:status(status=400, body={'detail': ['x']})"),
    ],
)
def test_faults_as_text(backend: MockBackend, text: str, shown: str) -> None:
    assert str(from_text(backend.faults, text)) == shown
    assert backend.faults.armed == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reset", "a fault is written like create_plugin:nth=2:commit_then_reset, not 'reset'"),
        ("get_job:", "a fault is written like create_plugin:nth=2:commit_then_reset, not 'get_job:'"),
        ("get_job:status(", "a fault is written like create_plugin:nth=2:commit_then_reset, not 'get_job:status('"),
        ("get_job:1 + 1", "a fault is written like status(503) or reset, not '1 + 1'"),
        ("get_job:nth=x:reset", "nth must be a whole number of at least 1, not 'x'"),
        ("get_job:nth=1 1:reset", "nth must be a whole number of at least 1, not '1 1'"),
        (
            "get_jobb:reset",
            f"there is no operation 'get_jobb' (did you mean get_job?); there are {WRITTEN}",
        ),
        ("get_job:status", "status needs status"),
        ("get_job:status()", "status needs status"),
        ("get_job:status(503, 1, 2, 3)", "status takes 3 arguments, not 4"),
        ("get_job:status(503, later=1)", "status has no argument 'later'; it has status, retry_after, body"),
        ("get_job:reset(1)", "reset takes 0 arguments, not 1"),
        ("get_job:reset(x=1)", "reset has no argument 'x'; it has none"),
        ("get_job:reset(**x)", "reset has no argument '**'; it has none"),
        ("get_job:garbage(1 if 1 else 2)", None),
    ],
)
def test_text_that_is_no_fault(backend: MockBackend, text: str, message: str | None) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        from_text(backend.faults, text)
    if message is not None:
        assert str(caught.value) == message
    assert "\n" not in str(caught.value)


def test_an_unknown_fault_names_the_nearest(backend: MockBackend) -> None:
    with pytest.raises(ValueError, match=r"^there is no fault 'resett' \(did you mean reset\?\); there are bad_gzip, "):
        from_text(backend.faults, "get_job:resett")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "a fault is an object with the keys operation, fault, arguments, sequence, nth, times, probability"),
        ({}, "a fault needs either the key fault or the key sequence"),
        ({"fault": "reset", "sequence": []}, "a fault needs either the key fault or the key sequence"),
        ({"sequence": {}}, "sequence must be a list"),
        ({"sequence": [5]}, "a step is null or an object with the keys fault and arguments"),
        ({"fault": "status", "arguments": []}, "a step is null or an object with the keys fault and arguments"),
        ({"fault": "reset", "operation": 5}, f"there is no operation 5; there are {WRITTEN}"),
        ({"fault": "reset", "nth": "2"}, "nth must be a whole number of at least 1, not '2'"),
        (
            {"fault": "reset", "whem": 1},
            "there is no key 'whem'; there are arguments, fault, nth, operation, probability, sequence, times",
        ),
    ],
)
def test_json_that_is_no_fault(backend: MockBackend, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        from_json(backend.faults, value)
    assert str(caught.value) == message


def test_faults_as_json(backend: MockBackend) -> None:
    one = from_json(backend.faults, {"operation": "get_job", "fault": "status", "arguments": {"status": 503}, "nth": 2})
    many = from_json(backend.faults, {"sequence": [{"fault": "reset"}, None], "times": None})
    assert [str(one), str(many)] == ["get_job:nth=2:status(status=503)", "*:times=None:sequence(reset, pass)"]


# --- with the client --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("started", [True, False])
def test_a_lost_answer_is_not_asked_for_twice(started: bool) -> None:
    backend = MockBackend()
    if started:
        backend.start()
    with backend.client(clock=backend.clock) as client:
        backend.faults.on("create_plugin").commit_then_reset()
        with pytest.raises(OutcomeUnknownError):
            client.create_plugin({"name": "A"})
    assert backend.writes["plugins"].created == 1
    assert backend.attempts("create_plugin") == [1]
    backend.stop()


@pytest.mark.parametrize("started", [True, False])
def test_waits_of_the_client_take_no_time(started: bool) -> None:
    backend = MockBackend()
    if started:
        backend.start()
    before = backend.clock.now
    with backend.client(clock=backend.clock) as client:
        backend.faults.on("list_jobs").sequence(faults.Status(429, retry_after=59), faults.Reset(), faults.Truncate())
        assert client.list_jobs().total == 25
    assert 59 < (backend.clock.now - before).total_seconds() < 120
    assert backend.attempts("list_jobs") == [4]
    backend.stop()


def test_the_deadline_of_a_call_is_on_the_same_clock() -> None:
    with MockBackend() as backend, backend.client(clock=backend.clock, deadline=20) as client:
        backend.faults.on("get_job", times=None).drip(5)
        with pytest.raises(Exception, match=r"deadline|in time"):
            client.get_job(789)


SAME = """
import sys
from synapse_backend.testing import MockBackend, faults
from synapse_backend import ClientError
with MockBackend(seed=int(sys.argv[1])) as backend, backend.client(clock=backend.clock) as client:
    backend.faults.on("*", probability=0.3).status(503, retry_after=1)
    backend.faults.on("list_jobs", probability=0.3).reset()
    backend.faults.on("create_plugin", probability=0.6).commit_then_close()
    backend.faults.on("*", probability=0.3).latency(1, jitter=1)
    backend.faults.on("list_jobs", nth=3).page_drift("count_changing")
    backend.faults.on("list_jobs", nth=5).multi_member_gzip()
    for number in range(20):
        for call in (
            lambda: client.list_jobs({"page_size": 2}),
            lambda: client.create_plugin({"name": f"P{number}"}),
            lambda: client.run_plugin(123, {"parameters": {"threshold": 0.5}}),
            lambda: client.get_plugin_release(456),
        ):
            try:
                call()
            except ClientError:
                pass
    sys.stdout.buffer.write(backend.transcript())
"""


def test_transcripts_are_equal_across_processes_also_with_faults() -> None:
    def run(seed: int, hash_seed: int) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "TZ": "Asia/Seoul"}
        return subprocess.run(
            # The waits of the client are random, and would show in the clock.
            [sys.executable, "-c", "import random; random.random = lambda: 0.5\n" + SAME, str(seed)],
            env=environment,
            capture_output=True,
            check=True,
        ).stdout

    first = run(3, 1)
    assert run(3, 2) == first
    assert run(4, 1) != first
    assert first.count(b"status") > 10
    assert b"mock-token" not in first


def test_a_client_of_the_application_can_be_refused_for_a_while() -> None:
    with MockBackend() as backend, BackendClient(backend.url, "t", retries=0) as client:
        backend.faults.on_connect().refuse(600)
        with pytest.raises(ClientConnectionError):
            client.get_job(789)
        open_again(backend)
        assert client.get_job(789)["id"] == 789


def everything_goes_wrong(backend: MockBackend, url: str) -> bytes:
    """Let a client meet one fault after the other, and return what was said."""
    steps = [
        faults.Status(503, retry_after=2),
        faults.RetryAfter("date"),
        faults.Reset(),
        faults.CloseBeforeAnswer(),
        faults.CommitThenReset(),
        faults.Truncate(40),
        faults.TruncateChunked(40),
        faults.ResetMidBody(40),
        faults.TruncatedGzip(),
        faults.MultiMemberGzip(),
        faults.ManyCodings(),
        faults.BadGzip(),
        faults.Html(),
        faults.Empty(),
        faults.Informational(10),
        faults.Garbage("half_status_line"),
        faults.MalformedJson("nan"),
        faults.WrongShape("odd_dates"),
        faults.PageDrift("count_changing"),
        faults.Latency(3, jitter=1),
        faults.Drip(1000),
        faults.Redirect("self"),
    ]
    for step in steps:
        backend.faults.on("list_jobs").sequence(step, None)
    with backend.client(clock=backend.clock, base_url=url) as client:
        for _ in range(2 * len(steps)):
            with contextlib.suppress(ClientError):
                client.list_jobs({"page_size": 3})
            with contextlib.suppress(ClientError):
                client.create_plugin({"name": "A"})
    return backend.transcript()


def test_both_fronts_say_the_same_whatever_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.5)
    in_process = MockBackend(seed=3)
    with MockBackend(seed=3) as over_the_socket:
        url = over_the_socket.url
        said = everything_goes_wrong(over_the_socket, url)
    # Under the same name, because answers hold it and slow ones take longer for a longer one.
    assert everything_goes_wrong(in_process, url) == said
    assert said.count(b"\n# ") > 60
    in_process.check()
