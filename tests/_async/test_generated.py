"""`client.api`: the generated client with the tokens, limits and connections of the client that it belongs to."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from synapse_api.api.integration import create_plugin, create_plugin_release, get_job, list_jobs
from synapse_api.models.error_body import ErrorBody
from synapse_api.models.job import Job
from synapse_api.models.job_page import JobPage
from synapse_api.models.plugin import Plugin
from synapse_api.models.plugin_create import PluginCreate
from synapse_api.models.plugin_release import PluginRelease
from synapse_api.models.plugin_release_create import PluginReleaseCreate
from synapse_api.types import File
from synapse_backend import AsyncBackendClient
from tests.support.canary import TOKEN, shown_with_locals
from tests.support.scripted import NOTHING, SILENCE, ScriptedServer, json_reply, reply

JOB = {
    "id": 789,
    "status": "running",
    "progress": 40,
    "plugin": 123,
    "user": 456,
    "created_at": "2025-09-03T12:00:00Z",
    "updated_at": "2025-09-03T12:00:00Z",
}
PLUGIN = {
    "id": 123,
    "name": "엣지",
    "description": "",
    "version": "",
    "author": "",
    "category": "",
    "configuration": {},
}


async def test_the_functions_of_the_generated_client_give_models(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(
        json_reply(JOB),
        json_reply({"count": 1, "next": None, "previous": None, "results": [JOB]}),
        json_reply(PLUGIN, 201),
    )
    job = await get_job.asyncio(789, client=client.api, expand=[])
    assert isinstance(job, Job)
    assert (job.id, job.status, job.progress) == (789, "running", 40)
    page = await list_jobs.asyncio(client=client.api, page=1)
    assert isinstance(page, JobPage)
    assert page.results == [job]
    plugin = await create_plugin.asyncio(client=client.api, body=PluginCreate(name="엣지"))
    assert isinstance(plugin, Plugin)
    assert [request.path for request in server.requests] == ["/jobs/789/", "/jobs/", "/plugins/"]
    assert server.requests[1].query == [("page", "1")]


async def test_a_documented_error_is_returned(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"detail": "Not found."}, 404))
    answer = await get_job.asyncio_detailed(789, client=client.api)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert isinstance(answer.parsed, ErrorBody)
    assert answer.parsed.detail == "Not found."


async def test_the_generated_client_sends_the_tokens_of_its_client(server: ScriptedServer) -> None:
    server.plays(json_reply(JOB), json_reply(JOB))
    tokens: dict[str, Any] = {"authorization_token": "user", "agent_token": "agent", "tenant": "acme"}
    async with AsyncBackendClient(server.url, TOKEN, **tokens) as client:
        await client.get_job(789)
        await get_job.asyncio(789, client=client.api)
    names = ("Synapse-Access-Token", "Authorization", "SYNAPSE-Agent", "Synapse-Tenant")
    ours, theirs = [[request.values(name) for name in names] for request in server.requests]
    assert ours == theirs == [[f"Token {TOKEN}"], ["Token user"], ["Token agent"], ["Token acme"]]


async def test_without_a_token_the_generated_client_sends_none(server: ScriptedServer) -> None:
    server.plays(json_reply(JOB))
    async with AsyncBackendClient(server.url) as client:
        await get_job.asyncio(789, client=client.api)
    assert [name for name, value in server.requests[0].headers if "Token" in value or name == "Authorization"] == []


async def test_both_clients_share_their_connections(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(*[json_reply(JOB)] * 3)
    await client.get_job(789)
    await get_job.asyncio(789, client=client.api)
    await client.get_job(789)
    assert client.api is client.api
    assert (server.connections, len(server.requests)) == (1, 3)


async def test_a_copy_with_other_settings_keeps_tokens_and_connections(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply(JOB), json_reply(JOB))
    await get_job.asyncio(789, client=client.api)
    patient = client.api.with_timeout(httpx.Timeout(60)).with_headers({"X-Purpose": "test"})
    await get_job.asyncio(789, client=patient)
    assert server.requests[1].values("Synapse-Access-Token") == [f"Token {TOKEN}"]
    assert server.requests[1].values("X-Purpose") == ["test"]
    assert server.connections == 1


async def test_the_base_path_is_kept(server: ScriptedServer) -> None:
    server.plays(json_reply(JOB))
    async with AsyncBackendClient(f"{server.url}/base/") as client:
        await get_job.asyncio(789, client=client.api)
    assert server.requests[0].target == "/base/jobs/789/"


async def test_a_file_is_uploaded(client: AsyncBackendClient, server: ScriptedServer) -> None:
    answer = {"id": 456, "plugin": 123, "version": "1", "changelog": "", "is_stable": False, "file": "http://x/e.zip"}
    server.plays(json_reply(answer, 201))
    body = PluginReleaseCreate(123, "1", File(io.BytesIO(b"0123456789"), "e.zip", "application/zip"))
    release = await create_plugin_release.asyncio(client=client.api, body=body)
    assert isinstance(release, PluginRelease)
    assert [(part.name, part.content) for part in server.requests[0].parts] == [
        ("plugin", b"123"),
        ("version", b"1"),
        ("file", b"0123456789"),
    ]


async def test_the_generated_client_ends_with_its_client(server: ScriptedServer) -> None:
    client = AsyncBackendClient(server.url)
    api = client.api
    await client.close()
    with pytest.raises(RuntimeError, match="the client is closed; make a new one"):
        await get_job.asyncio(789, client=api)


async def test_leaving_the_generated_client_does_not_close_its_client(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply(JOB), json_reply(JOB))
    async with client.api as api:
        await get_job.asyncio(789, client=api)
    assert (await client.get_job(789))["id"] == 789
    assert server.connections == 1


async def test_connections_lead_to_the_base_url_only(client: AsyncBackendClient, server: ScriptedServer) -> None:
    with ScriptedServer() as other:
        elsewhere = client.api.with_headers({})
        elsewhere._base_url = other.url
        with pytest.raises(httpx.UnsupportedProtocol, match="lead to its base_url, not to 127"):
            await get_job.asyncio(789, client=elsewhere)
    assert (other.connections, server.connections) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (NOTHING, httpx.RemoteProtocolError),
        (SILENCE, httpx.ReadTimeout),
        (reply(200, b"{", length=9, then="close"), httpx.RemoteProtocolError),
        (reply(200, b"{", length=9, then="hold"), httpx.ReadTimeout),
    ],
)
async def test_failures_are_those_of_httpx(
    fault: Any, error: type[httpx.TransportError], impatient: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(fault)
    with pytest.raises(error):
        await get_job.asyncio(789, client=impatient.api)


async def test_a_header_that_brings_another_one_is_not_sent(client: AsyncBackendClient, server: ScriptedServer) -> None:
    with pytest.raises(httpx.LocalProtocolError, match="Illegal header value"):
        await get_job.asyncio(789, client=client.api.with_headers({"X-Note": "one\r\nX-Other: two"}))
    assert server.requests == []


async def test_the_token_shows_nowhere(client: AsyncBackendClient, server: ScriptedServer) -> None:
    assert TOKEN not in f"{client.api!r} {vars(client)}"
    server.plays(NOTHING)
    with pytest.raises(httpx.RemoteProtocolError) as caught:
        await create_plugin.asyncio(client=client.api, body=PluginCreate(name="x"))
    assert "RemoteProtocolError" in shown_with_locals(caught.value)
