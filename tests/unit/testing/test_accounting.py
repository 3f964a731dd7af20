"""What is counted, and what assertions say."""

from __future__ import annotations

import pytest

from synapse_backend.testing import MockBackend, faults
from tests.unit.testing.fronts import InProcessFront, release_form


@pytest.fixture
def backend() -> MockBackend:
    return MockBackend()


def test_writes_are_counted_by_kind_and_reads_are_not(backend: MockBackend) -> None:
    front = InProcessFront(backend)
    front.send("POST", "/plugins/", {"name": "A"})
    front.send("POST", "/plugins/", {"name": 5})
    front.send("PUT", "/plugins/126/", {"name": "B"})
    front.send("POST", "/plugins/123/run/", {})
    backend.clock.advance(100)  # the job moves on by itself, which is not a write of a client
    front.send("GET", "/jobs/")
    front.send("PATCH", "/jobs/790/", {"progress": 5})
    front.send("POST", "/plugins/123/run/", {})
    front.send("PATCH", "/jobs/791/", {"progress": 5})  # the mock gives the job up and changes it, in one call
    front.send("POST", "/agents/agent-token-123/connect/")
    assert {name: (writes.created, writes.updated) for name, writes in backend.writes.items()} == {
        "plugins": (1, 1),
        "jobs": (2, 2),
    }
    assert backend.writes["storages"].created == 0
    backend.reset()
    assert backend.writes == {}


def test_bytes_that_were_stored_and_sent_again(backend: MockBackend) -> None:
    front = InProcessFront(backend)
    for version in (b"2.0.0", b"2.0.0", b"2.1.0"):
        front.send("POST", "/plugin_releases/", *release_form(version=version, file=b"x" * 1000))
    front.send("POST", "/plugin_releases/", *release_form(version=b"2.2.0", file=b"y" * 10))
    assert (backend.bytes_stored, backend.bytes_resent) == (2010, 2000)


def test_attempts_of_a_call_share_an_id(backend: MockBackend) -> None:
    with backend.client(clock=backend.clock) as client:
        backend.faults.on("get_job").sequence(faults.Status(503), None, faults.Reset(), faults.Reset())
        client.get_job(789)
        client.list_jobs()
        client.get_job(789)
    assert backend.attempts("get_job") == [2, 3]
    assert backend.attempts("create_plugin") == []
    InProcessFront(backend).send("GET", "/jobs/1/")
    InProcessFront(backend).send("GET", "/jobs/1/")
    assert backend.attempts("get_job") == [2, 3, 1, 1]
    with pytest.raises(ValueError, match="there is no operation 'get_jobs'"):
        backend.attempts("get_jobs")


def test_assertions_return_what_they_found(backend: MockBackend) -> None:
    front = InProcessFront(backend)
    front.send("POST", "/plugins/123/run/", {"parameters": {"threshold": 0.5, "x": [1]}, "agent": 2})
    front.send("POST", "/plugins/123/run/", {"parameters": {"threshold": 0.6}})
    assert len(backend.assert_called("run_plugin")) == 2
    assert len(backend.assert_called("run_plugin", times=2)) == 2
    (found,) = backend.assert_called("run_plugin", times=1, json={"parameters": {"threshold": 0.5}})
    assert found.number == 1
    backend.assert_not_called("get_job")
    for body in ({"agent": 1}, {"parameters": {"threshold": 0.7}}, {"context": None}, {"parameters": 1}):
        with pytest.raises(AssertionError, match=r"^run_plugin was called 0 times with such a body, not at least once"):
            backend.assert_called("run_plugin", json=body)
    with pytest.raises(ValueError, match="there is no operation 'run'"):
        backend.assert_called("run")


def test_an_assertion_shows_what_did_arrive_and_no_secret(backend: MockBackend) -> None:
    with pytest.raises(AssertionError, match=r"^get_job was called 0 times, not at least once\. Nothing arrived\.$"):
        backend.assert_called("get_job")
    front = InProcessFront(backend)
    body = {"parameters": {"secret_key": "s3cret"}, "context": {"list": [{"token": "s3cret"}]}}
    front.send("POST", "/plugins/123/run/", body)
    front.send("POST", "/agents/agent-token-123/connect/")
    front.send("POST", "/plugin_releases/", *release_form())
    front.send("GET", "/jobs/?status=running&plugin=5")
    front.send("GET", "/nothing/" + "x" * 300)
    backend.faults.on("get_job").commit_then_close()
    backend.faults.on("list_jobs").reset()
    with backend.client(retries=0, clock=backend.clock) as client:
        for call in (lambda: client.get_job(789), client.list_jobs):
            with pytest.raises(Exception, match=r"."):
                call()
    with pytest.raises(AssertionError) as caught:
        backend.assert_called("get_job", times=2)
    lines = str(caught.value).splitlines()
    assert lines == [
        "get_job was called 1 time, not 2 times. What arrived:",
        "  1. run_plugin: POST /plugins/123/run/ "
        '{"parameters": {"secret_key": "***"}, "context": {"list": [{"token": "***"}]}} -> 202',
        "  2. health_check_agent: POST /agents/***/connect/ -> 200",
        "  3. create_plugin_release: POST /plugin_releases/ form of plugin, version, changelog, is_stable, file -> 201",
        '  4. list_jobs: GET /jobs/ {"status": ["running"], "plugin": ["5"]} -> 200',
        f"  5. unknown: GET {'/nothing/' + 'x' * 191}... -> 404",
        "  6. get_job: GET /jobs/789/ -> 200 [commit_then_close]",
        "  7. list_jobs: GET /jobs/ -> no answer [reset]",
    ]


def test_an_assertion_shows_the_latest_of_many(backend: MockBackend) -> None:
    front = InProcessFront(backend)
    for _ in range(25):
        front.send("GET", "/jobs/1/")
    with pytest.raises(AssertionError, match="What arrived, after 5 others:") as caught:
        backend.assert_not_called("get_job")
    assert str(caught.value).count("\n") == 20


def test_a_transcript_shows_both_sides(backend: MockBackend) -> None:
    front = InProcessFront(backend)
    front.send("POST", "/plugins/", {"name": "A"})
    front.send("GET", "/jobs/?page_size=1")
    front.send("GET", "/jobs/?page_size=25")
    front.send("POST", "/plugin_releases/", *release_form())
    text = backend.transcript().decode("latin-1")
    assert text.startswith(
        "# 1 2025-09-03T09:00:00.500000Z create_plugin\n"
        "> POST /plugins/\n"
        "> authorization: ***\n"
        "> content-type: application/json\n"
        '> {"name": "A"}\n'
        "< 201\n"
        "< Content-Type: application/json\n"
        "< Date: Wed, 03 Sep 2025 09:00:00 GMT\n"
        "< Server: synapse-backend-mock\n"
        "< X-Request-Id: mock-000001\n"
        '< {"id":126,"name":"A",'
    )
    assert '"next":"http://backend/jobs/?page=2&page_size=1"' in text
    assert " bytes, CRC-32 " in text
    assert "> part version: 2.0.0" in text
    assert "b0undary" not in text
    assert "backend.test" not in text
