"""The facade: options, life, clients, and what tests look at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from synapse_backend import AuthenticationError, NotFoundError
from synapse_backend.testing import ContractError, MockBackend, Plan
from synapse_backend.testing.contract import load_spec
from synapse_backend.testing.messages import RequestError
from synapse_backend.testing.rules import RULES, Rule
from tests.unit.testing.fronts import TOKEN, InProcessFront, SocketFront

# --- options --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tokens": "secret"}, "tokens must be a set of non-empty strings, or None"),
        ({"tokens": {""}}, "tokens must be a set of non-empty strings, or None"),
        ({"tokens": {5}}, "tokens must be a set of non-empty strings, or None"),
        ({"clock": "fast"}, "clock must be 'virtual' or 'real', not 'fast'"),
        ({"unknown_query": "warn"}, "unknown_query must be 'reject' or 'ignore', not 'warn'"),
        ({"page_size": 0}, "page_size must be a whole number from 1 to 1000, not 0"),
        ({"page_size": 1001}, "page_size must be a whole number from 1 to 1000, not 1001"),
        ({"page_size": True}, "page_size must be a whole number from 1 to 1000, not True"),
        ({"max_body_bytes": -1}, "max_body_bytes must be a whole number of at least 0, not -1"),
        ({"tick": "1"}, "tick must be a number from 0 to 1e[+]09, not '1'"),
        ({"seed": 1.5}, "seed must be a whole number, not 1.5"),
        ({"port": 70000}, "port must be a whole number from 0 to 65535, not 70000"),
        ({"record_limit": 0}, "record_limit must be a whole number of at least 1, not 0"),
        ({"start": "2025"}, "start must be a datetime, not '2025'"),
        ({"start": datetime(2025, 1, 1), "clock": "real"}, 'start belongs to clock="virtual"'),
    ],
)
def test_an_option_that_makes_no_sense_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MockBackend(**options)


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        (datetime(2030, 1, 1), "2030-01-01T00:00:00Z"),
        (datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=9))), "2029-12-31T15:00:00Z"),
    ],
)
def test_the_virtual_clock_starts_where_it_is_told(start: datetime, shown: str) -> None:
    backend = MockBackend(start=start)
    assert f"now={shown}" in repr(backend)
    assert InProcessFront(backend).send("GET", "/jobs/").json["results"][0]["created_at"] < shown


def test_each_request_ticks_the_virtual_clock() -> None:
    backend = MockBackend(tick=2)
    before = backend.clock.now
    front = InProcessFront(backend)
    front.send("GET", "/jobs/")
    front.send("GET", "/nothing/")
    assert backend.clock.now - before == timedelta(seconds=4)
    assert [request.time for request in backend.requests] == [before + timedelta(seconds=s) for s in (2, 4)]


def test_the_real_clock_shows_the_time_of_the_machine() -> None:
    backend = MockBackend(clock="real")
    front = InProcessFront(backend)
    job_id = front.send("POST", "/plugins/123/run/", {}).json["job_id"]
    created = datetime.fromisoformat(backend.jobs[job_id]["created_at"])
    assert abs(created - datetime.now(UTC)) < timedelta(seconds=5)
    backend.clock.advance(60)
    assert front.send("GET", f"/jobs/{job_id}/").json["status"] == "completed"


def test_only_the_latest_requests_are_kept_when_told() -> None:
    backend = MockBackend(record_limit=3)
    front = InProcessFront(backend)
    for _ in range(20):
        front.send("GET", "/jobs/")
        assert len(backend.requests) < 6
    assert backend.requests[-1].number == 20


# --- life -----------------------------------------------------------------------------------------------------------


def test_the_url_is_there_once_it_is_started() -> None:
    backend = MockBackend()
    with pytest.raises(RuntimeError, match="not started: use it as a context manager or call start"):
        _ = backend.url
    assert "not started" in repr(backend)
    with backend, pytest.raises(RuntimeError, match=r"is started already, at http://127\.0\.0\.1:"):
        backend.start()
    backend.stop()


def test_reset_forgets_everything_and_goes_on_serving(backend: MockBackend) -> None:
    front = SocketFront(backend)
    before = [front.send("GET", target).json for target in ("/jobs/", "/plugins/123/", "/storages/")]
    front.send("PUT", "/plugins/123/", {"name": "changed"})
    front.send("POST", "/storages/", {"name": "new", "provider": "ftp"})
    front.send("PATCH", "/jobs/789/", {"status": "running"})
    front.send("POST", "/plugins/123/run/", {})
    backend.jobs.fail_next()
    backend.reset()
    assert backend.requests == []
    assert [front.send("GET", target).json for target in ("/jobs/", "/plugins/123/", "/storages/")] == before
    job_id = front.send("POST", "/plugins/123/run/", {}).json["job_id"]
    backend.clock.advance(60)
    assert backend.jobs[job_id]["status"] == "completed"


def test_two_backends_share_nothing() -> None:
    with MockBackend() as one, MockBackend() as other:
        assert one.url != other.url
        SocketFront(one).send("PUT", "/plugins/123/", {"name": "changed"})
        assert one.plugins[123]["name"] == "changed"
        assert other.plugins[123]["name"] != "changed"
        assert other.requests == []


# --- clients --------------------------------------------------------------------------------------------------------


def test_a_client_is_ready_to_use(backend: MockBackend) -> None:
    with backend.client() as client:
        assert client.get_plugin(123)["id"] == 123
    assert backend.requests[0].headers["Synapse-Access-Token"] == f"Token {backend.token}"


def test_a_client_works_before_the_start() -> None:
    backend = MockBackend()
    with backend.client() as client:
        assert client.list_jobs(params={"status": "failed"}).total > 0
    assert backend.requests[0].operation_id == "list_jobs"


@pytest.mark.parametrize("started", [True, False])
def test_an_asynchronous_client_too(started: bool) -> None:
    backend = MockBackend()

    async def scenario() -> None:
        async with backend.async_client() as client:
            assert (await client.get_job(789))["id"] == 789
            with pytest.raises(NotFoundError):
                await client.get_job(1)

    if started:
        backend.start()
    asyncio.run(scenario())
    backend.stop()
    assert len(backend.requests) == 2


def test_the_token_of_a_client_is_one_that_is_accepted() -> None:
    backend = MockBackend(tokens={"b", "a"})
    assert backend.token == "a"
    with backend.client() as client:
        client.get_job(789)
    with backend.client(api_token="c") as client, pytest.raises(AuthenticationError):
        client.get_job(789)
    with backend.client(agent_token="b") as client:
        client.get_job(789)
    assert "Synapse-Access-Token" not in backend.requests[-1].headers


def test_transports_serve_in_process() -> None:
    backend = MockBackend()
    with httpx.Client(transport=backend.transport(), base_url="http://x", headers=TOKEN) as client:
        assert client.get("/jobs/789/").json()["id"] == 789
        assert client.post("/plugins/", json={"name": "x"}).status_code == 201

    async def scenario() -> httpx.Response:
        transport = backend.async_transport()
        async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=TOKEN) as client:
            return await client.post("/plugin_releases/", data={"plugin": "123", "version": "3"}, files={"file": b"x"})

    assert asyncio.run(scenario()).status_code == 201


# --- what arrived ---------------------------------------------------------------------------------------------------


def test_a_request_is_recorded_with_all_that_it_said(backend: MockBackend) -> None:
    front = SocketFront(backend)
    front.send("POST", "/plugins/?x=1&x=2", {"name": "x"}, {"Authorization": "Token secret-1", "X-Note": "n"})
    front.send("POST", "/plugins/", {"name": "x"})
    front.send("GET", "/jobs/?status=running")
    front.send("GET", "/nothing/")
    front.send("PATCH", "/jobs/789/", headers={})
    refused, created, listed, unknown, unauthorized = backend.requests
    assert (refused.number, refused.method, refused.path, refused.path_template) == (
        1,
        "POST",
        "/plugins/",
        "/plugins/",
    )
    assert (refused.operation_id, refused.query, refused.status) == ("create_plugin", {"x": ["1", "2"]}, 400)
    assert list(refused.errors) == ["x"]
    assert (refused.headers["x-note"], refused.body) == ("n", b'{"name": "x"}')
    assert (created.json, created.errors, created.status) == ({"name": "x"}, {}, 201)
    assert (listed.query, listed.json, listed.parts) == ({"status": ["running"]}, None, {})
    assert (unknown.path_template, unknown.operation_id, unknown.status) == (None, None, 404)
    assert (unauthorized.operation_id, unauthorized.status) == ("update_job", 401)


def test_no_credential_shows_in_what_is_printed(backend: MockBackend) -> None:
    front = SocketFront(backend)
    secrets = {
        "Authorization": "Token canary-1",
        "Synapse-Access-Token": "Token canary-2",
        "SYNAPSE-Agent": "Token canary-3",
        "Cookie": "canary-4",
        "X-Api-Key": "canary-5",
        "User-Agent": "shown",
    }
    front.send("POST", "/agents/canary-6/connect/", headers=secrets)
    (request,) = backend.requests
    assert "canary" not in repr(request) + repr(request.headers) + repr(backend) + str(backend.requests)
    assert "shown" in repr(request.headers)
    assert request.headers["cookie"] == "canary-4"


def test_header_fields_are_a_mapping_without_regard_to_case(backend: MockBackend) -> None:
    SocketFront(backend).send("GET", "/jobs/", headers={**TOKEN, "X-A": "1", "x-b": "2"})
    headers = backend.requests[0].headers
    assert headers["x-a"] == headers["X-A"] == "1"
    assert "X-B" in headers
    assert not headers.__contains__(5)
    assert headers.get("absent") is None
    assert len(headers) == len(list(headers)) == len(headers.fields)


# --- what the mock holds --------------------------------------------------------------------------------------------


def test_objects_are_copies(backend: MockBackend) -> None:
    backend.plugins[123]["configuration"]["parameters"].clear()
    assert backend.plugins[123]["configuration"]["parameters"]
    with pytest.raises(KeyError):
        _ = backend.plugins[9999]
    assert 123 in backend.plugins
    assert 9999 not in backend.plugins


def test_collections_say_what_is_in_them(backend: MockBackend) -> None:
    assert repr(backend.plugins) == "<5 plugins: 121, 122, 123, 124, 125>"
    assert repr(backend.jobs).startswith("<25 jobs: 765, 766, ")
    assert repr(backend.jobs).endswith(", 774, ...>")
    assert sorted(backend.files) == list(dict.fromkeys(sorted(backend.files)))
    assert {release["file"] for release in backend.releases.values()} < set(backend.files)
    assert len(backend.files) == len(list(backend.files))
    assert repr(backend.data_collections) == "<4 data collections: 121, 122, 123, 124>"


def test_a_job_shows_everything_as_it_stands(backend: MockBackend) -> None:
    assert {"logs", "metrics", "result"} <= set(backend.jobs[789])
    job_id = SocketFront(backend).send("POST", "/plugins/123/run/", {}).json["job_id"]
    backend.clock.advance(2)
    assert backend.jobs[job_id]["status"] == "running"
    assert 0 < backend.jobs[job_id]["progress"] < 100


def test_tests_may_add_what_they_need(backend: MockBackend) -> None:
    front = SocketFront(backend)
    plugin = backend.plugins.add(name="Mine", code="mine")
    release = backend.releases.add(plugin=plugin["id"], version="1")
    storage = backend.storages.add(provider="minio")
    agent = backend.agents.add(name="a", token="tok", status="lost")
    assert front.send("GET", "/plugins/mine/").json == plugin
    assert front.send("GET", "/plugin_releases/mine@1/").json["id"] == release["id"]
    assert front.send("GET", f"/storages/{storage['id']}/").json == storage
    assert front.send("POST", "/agents/tok/connect/").json["id"] == agent["id"]


def test_tests_may_add_jobs_of_any_age_and_state(backend: MockBackend) -> None:
    front = SocketFront(backend)
    logs = [{"timestamp": "2024-01-01T00:00:00Z", "level": "info", "message": "hello"}]
    old = backend.jobs.add(created_at="2024-01-01T00:00:00Z", status="failed", logs=logs, metrics={"a": 1}, result=[1])
    new = backend.jobs.add(created_at=backend.clock.now + timedelta(days=1), status="queued", user=99)
    listed = [job["id"] for job in front.send("GET", "/jobs/").json["results"]]
    assert (listed[0], listed[-1]) == (new["id"], old["id"])
    assert front.send("GET", f"/jobs/{old['id']}/console_logs/").json == logs
    assert front.send("GET", f"/jobs/{old['id']}/?expand=result,metrics").json["result"] == [1]
    assert [job["id"] for job in front.send("GET", "/jobs/?user=99").json["results"]] == [new["id"]]
    assert (new["started_at"], old["finished_at"]) == (None, "2024-01-01T00:00:00Z")


def test_what_is_added_belongs_to_the_mock(backend: MockBackend) -> None:
    configuration: dict[str, Any] = {"parameters": {}}
    plugin = backend.plugins.add(configuration=configuration)
    configuration["parameters"]["x"] = 1
    assert backend.plugins[plugin["id"]]["configuration"] == {"parameters": {}}


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (lambda backend: backend.jobs.add(status="paused"), "the job would violate the contract at status"),
        (lambda backend: backend.jobs.add(progress=200), "the job would violate the contract at progress"),
        (lambda backend: backend.jobs.add(logs=[{}]), "the job would violate the contract at logs.0"),
        (lambda backend: backend.plugins.add(name=None), "the plugin would violate the contract at name"),
        (lambda backend: backend.plugins.add(id=123), "plugin 123 exists already"),
        (lambda backend: backend.jobs.add(id="0b4b1c9c-8d3a-4f6e-9e1b-2f6f6a7f0a11"), "id of a job must be an integer"),
    ],
)
def test_what_would_violate_the_contract_cannot_be_added(
    backend: MockBackend, add: Callable[[MockBackend], object], message: str
) -> None:
    before = dict(backend.jobs), dict(backend.plugins)
    with pytest.raises(ValueError, match=message):
        add(backend)
    assert (dict(backend.jobs), dict(backend.plugins)) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "exploded"}, "outcome must be one of completed, failed, not 'exploded'"),
        ({"runs_for": -1}, "runs_for must be a number of seconds from 0 to 1e9, not -1"),
        ({"queued_for": float("nan")}, "queued_for must be a number of seconds"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Plan(**options)


def test_time_does_not_run_backwards() -> None:
    for backend in (MockBackend(), MockBackend(clock="real")):
        with pytest.raises(ValueError, match="time does not run backwards"):
            backend.clock.advance(-1)
        before = backend.clock.now
        assert backend.clock.advance(timedelta(hours=1)) >= before + timedelta(hours=1)
        backend.reset()
        assert backend.clock.now < before + timedelta(minutes=5)
        assert "Clock(now=20" in repr(backend.clock)


# --- the mock against the contract ----------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Make `get_plugin` answer something else."""

    def break_it(answer: object) -> None:
        def rule(_call: object) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setitem(RULES, "get_plugin", Rule(rule, None, "integration"))

    return break_it


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, {"id": 1}), "the 200 answer violates the contract at the whole body"),
        ((200, {"id": "one"}), "the 200 answer violates the contract at"),
        ((204, None), "status 204 is not in the contract"),
        (KeyError("pk"), "KeyError: 'pk'"),
        (RequestError(404, {"message": "no"}), "the 404 answer violates the contract at the whole body"),
        (RequestError(418, {"detail": "teapot"}), "status 418 is not in the contract"),
    ],
)
def test_a_defect_of_the_mock_is_a_500_and_fails_the_test(
    broken: Callable[[object], None], answer: object, message: str
) -> None:
    broken(answer)
    backend = MockBackend().start()
    found = SocketFront(backend).send("GET", "/plugins/123/")
    assert found.status == 500
    assert f"Defect of the mock in get_plugin: {message}" in found.json["detail"]
    SocketFront(backend).send("GET", "/plugins/123/")
    with pytest.raises(ContractError, match=r"\(and 1 more\)"):
        backend.stop()
    backend.stop()


def test_an_undocumented_verb_is_no_defect_of_an_operation(broken: Callable[[object], None]) -> None:
    broken((200, float("nan")))
    with pytest.raises(ContractError), MockBackend() as backend:
        SocketFront(backend).send("GET", "/plugins/123/")


def test_the_error_of_the_test_is_not_replaced_by_that_of_the_mock(broken: Callable[[object], None]) -> None:
    broken((200, {}))

    def fail(*, after_a_call: bool) -> None:
        with MockBackend() as backend:
            if after_a_call:
                SocketFront(backend).send("GET", "/plugins/123/")
            raise ZeroDivisionError

    with pytest.warns(RuntimeWarning, match="Defect of the mock"), pytest.raises(ZeroDivisionError):
        fail(after_a_call=True)
    with pytest.raises(ZeroDivisionError):
        fail(after_a_call=False)


def test_an_operation_without_a_rule_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = load_spec()
    spec["paths"]["/labels/{pk}/"] = {"get": {"operationId": "get_label", "tags": ["annotation"], "responses": {}}}
    with pytest.raises(LookupError, match=r"operation get_label has no rule: write it in .*/rules/annotation\.py"):
        MockBackend(spec=spec)
    monkeypatch.delitem(RULES, "run_plugin")
    with pytest.raises(LookupError, match="operation run_plugin has no rule"):
        MockBackend()


def test_a_rule_without_an_operation_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = load_spec()
    del spec["paths"]["/storages/{pk}/"]
    with pytest.raises(LookupError, match="rule get_storage has no operation"):
        MockBackend(spec=spec)
    monkeypatch.setitem(RULES, "get_job", Rule(RULES["get_job"].answer, None, "jobs"))
    with pytest.raises(LookupError, match=r"the rule of get_job stands in jobs\.py, its tag is integration"):
        MockBackend()
