# Derived from tests/_async/test_integration.py by scripts/unasync.py; do not edit.
"""Plugins, releases, jobs, agents and storages: what each method puts on the wire and what it returns."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from synapse_api.models.plugin_create import PluginCreate
from synapse_backend import BackendClient, NotFoundError, Page, ResponseError, ValidationError
from tests.support.recorder import Recorded
from tests.support.scripted import ScriptedServer, json_reply

PLUGIN = {"id": 123, "name": "Edge detector", "configuration": {"parameters": {}}, "new in 2026": True}
RELEASE = {"id": 456, "plugin": 123, "version": "1.0.0", "file": "https://api.synapse.sh/media/edge.zip"}
JOB = {"id": 789, "status": "PAUSED", "progress": 40.5, "shard": {"of": 3}}
STORAGE = {"id": 123, "name": "Raw images", "provider": "amazon_s3", "category": "external", "is_default": False}
LOG = {"timestamp": "2025-09-03T12:00:00Z", "level": "info", "message": "한 줄"}


def sent(server: ScriptedServer) -> Recorded:
    """Return the only request that arrived."""
    [request] = server.requests
    return request


def json_of(request: Recorded) -> Any:
    """Return the JSON body of a request."""
    assert request.values("Content-Type") == ["application/json"]
    return json.loads(request.body)


def is_without_body(request: Recorded) -> bool:
    return request.body == b"" and not request.values("Transfer-Encoding")


# --- agents -------------------------------------------------------------------------------------------------------


def test_health_check_agent(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"status": "connected", "id": 7}))
    health: Any = client.health_check_agent("agent-token/123")
    assert health == {"status": "connected", "id": 7}
    request = sent(server)
    assert (request.method, request.target) == ("POST", "/agents/agent-token%2F123/connect/")
    assert is_without_body(request)
    assert request.values("Content-Length") == ["0"]
    assert request.values("Content-Type") == ["application/json"]


# --- plugins ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pk", "target"), [(123, "/plugins/123/"), ("edge detector", "/plugins/edge%20detector/")])
def test_get_plugin(pk: int | str, target: str, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(PLUGIN))
    plugin: Any = client.get_plugin(pk)
    assert plugin == PLUGIN
    request = sent(server)
    assert (request.method, request.target) == ("GET", target)
    assert is_without_body(request)
    assert request.values("Content-Type") == []


@pytest.mark.parametrize("as_model", [False, True])
def test_create_plugin(as_model: bool, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(PLUGIN, 201))
    data = {"name": "엣지", "configuration": {"parameters": {"threshold": {"type": "float", "default": 0.5}}}}
    plugin: Any = client.create_plugin(PluginCreate.from_dict(data) if as_model else data)
    assert plugin == PLUGIN
    request = sent(server)
    assert (request.method, request.target, json_of(request)) == ("POST", "/plugins/", data)


def test_update_plugin(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(PLUGIN))
    plugin: Any = client.update_plugin(123, {"version": "1.1.0"})
    assert plugin == PLUGIN
    request = sent(server)
    assert (request.method, request.target, json_of(request)) == ("PUT", "/plugins/123/", {"version": "1.1.0"})


@pytest.mark.parametrize("status", [200, 202])
def test_run_plugin(status: int, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"job_id": 789}, status))
    data = {"parameters": {"threshold": 0.8}, "context": {"project_id": 123}}
    assert (client.run_plugin(123, data))["job_id"] == 789
    request = sent(server)
    assert (request.method, request.target, json_of(request)) == ("POST", "/plugins/123/run/", data)


# --- plugin releases ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "target"),
    [
        (None, "/plugin_releases/456/"),
        ({}, "/plugin_releases/456/"),
        ({"expand": "plugin"}, "/plugin_releases/456/?expand=plugin"),
        ({"expand": ["plugin", "author"]}, "/plugin_releases/456/?expand=plugin&expand=author"),
    ],
)
def test_get_plugin_release(
    params: dict[str, Any] | None, target: str, client: BackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply(RELEASE))
    release: Any = client.get_plugin_release(456, params=params)
    assert release == RELEASE
    request = sent(server)
    assert (request.method, request.target) == ("GET", target)


def test_create_plugin_release(client: BackendClient, server: ScriptedServer, package: Path) -> None:
    server.plays(json_reply(RELEASE, 201))
    with package.open("rb") as file:
        release: Any = client.create_plugin_release(
            {"plugin": 123, "version": "1.0.0", "file": file, "changelog": "첫 버전", "is_stable": True}
        )
    assert release == RELEASE
    request = sent(server)
    assert (request.method, request.target) == ("POST", "/plugin_releases/")
    assert request.media_type == "multipart/form-data"
    assert {part.name: (part.filename, part.content.decode()) for part in request.parts} == {
        "plugin": (None, "123"),
        "version": (None, "1.0.0"),
        "changelog": (None, "첫 버전"),
        "is_stable": (None, "true"),
        "file": ("edge-1.0.0.zip", "0123456789"),
    }


# --- jobs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "target"),
    [
        (None, "/jobs/789/"),
        ({"expand": "logs"}, "/jobs/789/?expand=logs"),
        ({"expand": ("logs", "metrics")}, "/jobs/789/?expand=logs&expand=metrics"),
        ({"expand": None}, "/jobs/789/"),
        ({"expand": None, "not documented": True}, "/jobs/789/?not%20documented=true"),
    ],
)
def test_get_job(params: dict[str, Any] | None, target: str, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(JOB))
    job: Any = client.get_job(789, params)
    assert job == JOB
    request = sent(server)
    assert (request.method, request.target) == ("GET", target)


@pytest.mark.parametrize(
    ("params", "target"),
    [
        (None, "/jobs/"),
        ({"status": "running", "page": 2, "page_size": 20}, "/jobs/?status=running&page=2&page_size=20"),
        (
            {"created_after": datetime(2025, 9, 1, tzinfo=UTC)},
            "/jobs/?created_after=2025-09-01T00%3A00%3A00%2B00%3A00",
        ),
    ],
)
def test_list_jobs(params: dict[str, Any] | None, target: str, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"count": 41, "next": None, "previous": None, "results": [JOB]}))
    jobs, count = page = client.list_jobs(params)
    assert (jobs, count) == ([JOB], 41)
    assert isinstance(page, Page)
    request = sent(server)
    assert (request.method, request.target) == ("GET", target)


def test_update_job(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(JOB))
    data = {"status": "running", "progress": 75, "metadata": {"current_step": "tracing"}}
    job: Any = client.update_job(789, data)
    assert job == JOB
    request = sent(server)
    assert (request.method, request.target, json_of(request)) == ("PATCH", "/jobs/789/", data)


def test_list_job_console_logs(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply([LOG, LOG]))
    logs: Any = client.list_job_console_logs(789)
    assert logs == [LOG, LOG]
    request = sent(server)
    assert (request.method, request.target) == ("GET", "/jobs/789/console_logs/")


# --- storages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [[STORAGE], {"count": 1, "next": None, "previous": None, "results": [STORAGE]}], ids=["array", "page"]
)
def test_list_storages(answer: object, client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(answer))
    storages: Any = client.list_storages()
    assert storages == [STORAGE]
    request = sent(server)
    assert (request.method, request.target) == ("GET", "/storages/")


def test_list_storages_reads_every_page(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(*pages("/storages/", [[STORAGE], [{**STORAGE, "id": 124}]]))
    assert len(client.list_storages()) == 2


def test_get_storage(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(STORAGE))
    storage: Any = client.get_storage(123)
    assert storage == STORAGE
    request = sent(server)
    assert (request.method, request.target) == ("GET", "/storages/123/?with_configuration=true")


def test_create_storage(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply(STORAGE, 201))
    data = {"name": "Raw images", "provider": "amazon_s3", "configuration": {"bucket_name": "raw"}}
    storage: Any = client.create_storage(data)
    assert storage == STORAGE
    request = sent(server)
    assert (request.method, request.target, json_of(request)) == ("POST", "/storages/", data)


# --- later methods, on the mock backend ---------------------------------------------------------------------------


def test_list_agents(connected: BackendClient) -> None:
    agents = connected.list_agents()
    assert isinstance(agents, list)
    assert len(agents) > 1
    assert {"id", "name", "status"} <= agents[0].keys()
    assert connected.list_agents({"page_size": 1}) == agents
    assert connected.list_agents({"page_size": 1}, list_all=False) == agents[:1]
    assert [agent for agent in connected.iter_agents({"page_size": 1})] == agents


def test_list_plugin_releases(connected: BackendClient) -> None:
    releases = connected.list_plugin_releases()
    assert connected.list_plugin_releases(params={"page_size": 2}) == releases
    assert connected.list_plugin_releases(params={"page_size": 2}, list_all=False) == releases[:2]
    code: Any = (connected.get_plugin(123)).get("code")
    own = connected.list_plugin_releases(code)
    assert own == [release for release in releases if release["plugin"] == 123]
    assert 0 < len(own) < len(releases)
    assert connected.list_plugin_releases(123, {"page_size": 1}) == own
    assert connected.list_plugin_releases(123, {"page_size": 1}, list_all=False) == own[:1]
    assert [release for release in connected.iter_plugin_releases(code)] == own
    assert [release for release in connected.iter_plugin_releases()] == releases
    assert connected.list_plugin_releases("no-such-plugin") == []


def test_get_plugin_release_by_lookup(connected: BackendClient) -> None:
    release: Any = connected.get_plugin_release(456, {"expand": "plugin"})
    lookup = f"{release['plugin']['code']}@{release['version']}"
    assert connected.get_plugin_release_by_lookup(lookup) == release
    assert connected.get_plugin_release_by_lookup(456) == release
    assert (connected.get_plugin_release_by_lookup(lookup, None))["plugin"] == release["plugin"]["id"]
    with pytest.raises(NotFoundError):
        connected.get_plugin_release_by_lookup("no-such-plugin@1.0.0")


def test_what_is_logged_is_on_the_console(connected: BackendClient) -> None:
    before = connected.list_job_console_logs(789)
    one = connected.create_logs({"job": 789, "event": "log", "level": "info", "data": {"message": "하나"}})
    several = connected.create_logs([{"job": 789, "message": "둘"}, {"job": 789, "message": "셋"}])
    assert (one["count"], several["count"]) == (1, 2)
    after = connected.list_job_console_logs(789)
    assert sorted(entry["message"] for entry in after if entry not in before) == sorted(["하나", "둘", "셋"])
    with pytest.raises(ValidationError):
        connected.create_logs([{"job": 789, "message": "넷"}, {"job": 999999, "message": "다섯"}])
    assert connected.list_job_console_logs(789) == after


def test_serve_applications(connected: BackendClient) -> None:
    application = connected.create_serve_application({"job": 789, "status": "RUNNING", "data": {"route": "/x"}})
    assert (application["job"], application["status"], application["data"]) == (789, "RUNNING", {"route": "/x"})
    found, count = connected.list_serve_applications({"status": "RUNNING"})
    assert application["id"] in {item["id"] for item in found}
    assert count == len(found)
    everything = connected.list_serve_applications(None, True)
    assert connected.list_serve_applications({"page_size": 1}, list_all=True) == everything
    assert [item for item in connected.iter_serve_applications({"page_size": 2})] == everything
    with pytest.raises(ValidationError):
        connected.create_serve_application({"job": 999999})


def test_storages_can_be_filtered(connected: BackendClient) -> None:
    storages = connected.list_storages()
    internal = connected.list_storages({"category": "internal"})
    assert internal == [storage for storage in storages if storage["category"] == "internal"]
    assert 0 < len(internal) < len(storages)
    assert connected.list_storages(list_all=False) == storages
    assert [storage for storage in connected.iter_storages({"category": "internal"})] == internal


def test_the_default_storage_is_the_one_that_is_marked(connected: BackendClient) -> None:
    assert (connected.get_default_storage())["name"] == "Project data"


@pytest.mark.parametrize("marked", [0, 1, None])
def test_without_a_mark_the_first_storage_is_the_default(
    marked: int | None, client: BackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply([{**STORAGE, "id": pk, "is_default": pk == marked} for pk in range(2)]))
    assert (client.get_default_storage())["id"] == (marked or 0)
    assert sent(server).target == "/storages/?category=internal"


def test_no_internal_storage_is_an_error(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply([]))
    with pytest.raises(NotFoundError, match="no internal storage; make one with create_storage") as caught:
        client.get_default_storage()
    assert (caught.value.status_code, caught.value.path) == (404, "/storages/")


# --- all pages ----------------------------------------------------------------------------------------------------


def pages(path: str, items: list[list[Any]]) -> list[Any]:
    """Return the answers that a list gives, page by page; they name the server by a port of its own."""
    count = sum(len(page) for page in items)
    return [
        json_reply(
            {
                "count": count,
                "next": f"http://localhost:8000{path}?page={number + 1}" if number < len(items) else None,
                "previous": None,
                "results": page,
            }
        )
        for number, page in enumerate(items, 1)
    ]


def test_list_all_returns_every_job_of_every_page(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(*pages("/jobs/", [[1, 2], [], [3]]))
    jobs: list[Any] = client.list_jobs({"status": "running"}, list_all=True)
    assert jobs == [1, 2, 3]
    assert [request.target for request in server.requests] == [
        "/jobs/?status=running",
        "/jobs/?page=2",
        "/jobs/?page=3",
    ]
    assert {request.values("Host")[0] for request in server.requests} == {server.host}


def test_iter_jobs_asks_for_a_page_when_it_gets_there(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(*pages("/jobs/", [[1, 2], [3]]))
    jobs = client.iter_jobs({"page_size": 2})
    assert server.requests == []
    seen: list[Any] = []
    asked = []
    for job in jobs:
        seen.append(job)
        asked.append(len(server.requests))
    assert (seen, asked) == ([1, 2, 3], [1, 1, 2])


def test_iter_jobs_may_be_left_in_the_middle(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(pages("/jobs/", [[1, 2], [3]])[0], json_reply(JOB))
    for _ in client.iter_jobs():
        break
    assert (client.get_job(789))["id"] == 789
    assert server.connections == 1


def test_a_page_that_fails_is_an_error_and_never_a_short_list(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(pages("/jobs/", [[1], [2]])[0], json_reply({"detail": "Invalid page."}, 404))
    with pytest.raises(NotFoundError):
        client.list_jobs(list_all=True)


@pytest.mark.parametrize("link", ["https://evil.example/admin/?page=2", "http://[", "//evil@host/jobs/?page=2"])
def test_a_link_that_leads_elsewhere_is_an_error_before_any_request(
    link: str, client: BackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply({"count": 2, "next": link, "previous": None, "results": [JOB]}))
    with pytest.raises(ResponseError, match="with a next page that") as caught:
        client.list_jobs(list_all=True)
    assert caught.value.kind == "pagination"
    assert len(server.requests) == 1


def test_an_answer_that_is_no_list_is_an_error(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"detail": "hello"}))
    with pytest.raises(ResponseError, match="a page that has no array 'results'") as caught:
        client.list_jobs()
    assert caught.value.kind == "schema"
