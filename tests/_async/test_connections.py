"""Connections: kept, given up, limited, and through a proxy."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from synapse_backend import (
    AsyncBackendClient,
    ClientConnectionError,
    ClientTimeoutError,
    SourceChangedError,
    _pools,
)
from tests.support.canary import TOKEN
from tests.support.scripted import NOTHING, SILENCE, Answer, ScriptedServer, json_reply, reply
from tests.support.tls import CERTIFICATE

JOB = json_reply({"id": 789})
BACKEND = "http://backend.example"
ESTABLISHED = Answer(b"HTTP/1.1 200 Connection established\r\n\r\n", then="tls")


# --- without a proxy ----------------------------------------------------------------------------------------------


async def test_a_connection_that_was_idle_for_too_long_is_given_up(
    client: AsyncBackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(JOB, JOB)
    await client.get_job(789)
    monkeypatch.setattr(_pools, "KEEPALIVE_EXPIRY", -1.0)
    await client.get_job(789)
    assert server.connections == 2


async def test_no_more_connections_are_kept_than_allowed(
    client: AsyncBackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_IDLE_CONNECTIONS", 0)
    server.plays(JOB, JOB)
    await client.get_job(789)
    server.wait_until_idle()
    await client.get_job(789)
    assert server.connections == 2


async def test_a_server_that_asks_for_it_gets_a_new_connection(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(200, b'{"id": 1}', headers={"Connection": "close"}), JOB)
    await client.get_job(789)
    await client.get_job(789)
    assert server.connections == 2


@pytest.mark.parametrize("content", [b"01234", b"0123456789012345"], ids=["shrinks", "grows"])
async def test_a_file_that_changes_during_its_upload_is_no_upload(
    content: bytes, persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    class Changing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            left, self.left = self.left, b""
            return left

        left = content

    server.plays(NOTHING)
    with pytest.raises(SourceChangedError, match=r"a file became (shorter|longer) while it was sent"):
        await persistent.create_plugin_release({"file": Changing(b"0123456789")})


async def test_a_transport_may_answer_with_any_iterable() -> None:
    class Body:
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b'{"id": '
            yield b"789}"

    def answer(request: httpx.Request) -> httpx.Response:
        stream: Any = Body()
        return httpx.Response(200, stream=stream)

    async with AsyncBackendClient(BACKEND, transport=httpx.MockTransport(answer)) as client:
        assert (await client.get_job(789))["id"] == 789


async def test_a_transport_gets_the_upload_as_a_stream() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"size": len(request.content)})

    async with AsyncBackendClient(BACKEND, transport=httpx.MockTransport(answer)) as client:
        created: Any = await client.create_plugin_release({"file": bytes(1_000_000)})
    assert created["size"] > 1_000_000


async def test_a_transport_may_ask_for_the_content_without_reading_it() -> None:
    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(201, content=request.content)

    async with AsyncBackendClient(BACKEND, transport=Transport()) as client:
        assert (await client.create_plugin({"name": "Segmentation"}))["name"] == "Segmentation"


# --- through a proxy ----------------------------------------------------------------------------------------------


def through(server: ScriptedServer, base_url: str = BACKEND, **options: Any) -> AsyncBackendClient:
    """Return a client that goes through the scripted server."""
    return AsyncBackendClient(base_url, retries=0, **{"proxy": server.url, **options})


async def test_a_call_goes_through_the_proxy(server: ScriptedServer) -> None:
    server.plays(JOB, json_reply({"id": 1}, 201))
    async with through(server) as client:
        assert (await client.get_job(789))["id"] == 789
        await client.create_plugin({"name": "x" * 600_000})
    assert server.requests[0].target == f"{BACKEND}/jobs/789/"
    assert server.requests[0].values("Host") == ["backend.example"]
    assert server.sizes[1] > 600_000
    assert server.connections == 1


async def test_the_password_goes_to_the_proxy_only(server: ScriptedServer) -> None:
    server.plays(ESTABLISHED, JOB)
    proxy = server.url.replace("http://", "http://us%65r:p%40ss@")
    async with through(server, "https://127.0.0.1", proxy=proxy, verify=CERTIFICATE, api_token=TOKEN) as client:
        assert (await client.get_job(789))["id"] == 789
        assert "p%40ss" not in repr(vars(client))
    connect, call = server.requests
    assert (connect.method, connect.target) == ("CONNECT", "127.0.0.1:443")
    assert connect.values("Proxy-Authorization") == ["Basic dXNlcjpwQHNz"]
    assert connect.values("Synapse-Access-Token") == []
    assert call.values("Proxy-Authorization") == []
    assert call.values("Synapse-Access-Token") == [f"Token {TOKEN}"]


async def test_the_proxy_of_the_environment_is_used(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    server.plays(JOB)
    async with AsyncBackendClient(BACKEND) as client:
        await client.get_job(789)
    assert server.requests[0].target == f"{BACKEND}/jobs/789/"


async def test_a_proxy_that_refuses_is_a_connection_error_and_nothing_was_sent(server: ScriptedServer) -> None:
    server.plays(reply(403, b"no", "text/plain"))
    async with through(server, "https://backend.example") as client:
        with pytest.raises(ClientConnectionError, match=r"could not connect to backend\.example: 403") as caught:
            await client.create_plugin({"name": "x"})
    assert not caught.value.sent


async def test_silence_of_the_proxy_is_a_timeout(server: ScriptedServer) -> None:
    server.plays(SILENCE)
    async with through(server, timeout={"read": 0.05}) as client:
        with pytest.raises(ClientTimeoutError, match="no answer in time"):
            await client.get_job(789)


async def test_the_deadline_holds_through_a_proxy(server: ScriptedServer) -> None:
    server.plays(SILENCE)
    async with through(server) as client:
        with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
            await client.get_job(789, options={"deadline": 0.05})
