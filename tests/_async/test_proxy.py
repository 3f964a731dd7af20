"""Calls through a proxy: what it sees, what it may not see, and what becomes of a call when it fails."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest

from synapse_backend import (
    AsyncBackendClient,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    HTTPError,
    OutcomeUnknownError,
    ServerError,
)
from tests.support.canary import TOKEN, forms
from tests.support.clock import FakeClock
from tests.support.scripted import (
    NOTHING,
    RESET,
    SILENCE,
    Answer,
    ScriptedServer,
    chunked,
    free_port,
    json_reply,
    reply,
)
from tests.support.tls import CERTIFICATE

JOB = json_reply({"id": 789})
CREATED = json_reply({"id": 1}, 201)
PLAIN = "http://backend.example"
ENCRYPTED = "https://127.0.0.1"
TUNNEL = Answer(b"HTTP/1.1 200 Connection established\r\n\r\n", then="tls")
PASSWORD = "canary-of-the-proxy"


def through(server: ScriptedServer, base_url: str = PLAIN, **options: Any) -> AsyncBackendClient:
    """Return a client that goes through the scripted server, and does not wait between attempts."""
    proxy = server.url.replace("://", f"://user:{PASSWORD}@")
    defaults: dict[str, Any] = {
        "proxy": proxy,
        "clock": FakeClock(),
        "allow_insecure_http": True,
        "verify": CERTIFICATE,
    }
    return AsyncBackendClient(base_url, TOKEN, **(defaults | options))


@pytest.fixture(params=[PLAIN, ENCRYPTED])
def base_url(request: pytest.FixtureRequest, server: ScriptedServer) -> str:
    """The address of a backend behind the proxy; one over TLS is reached by a tunnel, which stands already."""
    url: str = request.param
    if url == ENCRYPTED:
        server.plays(TUNNEL)
    return url


# --- what the proxy sees ------------------------------------------------------------------------------------------


async def test_all_calls_share_one_connection_to_the_proxy(base_url: str, server: ScriptedServer) -> None:
    server.plays(JOB, CREATED, reply(404, b"{}"), JOB)
    async with through(server, base_url) as client:
        await client.get_job(789)
        await client.create_plugin({"name": "x"})
        with pytest.raises(HTTPError):
            await client.get_job(789)
        await client.get_job(789)
    assert set(server.carriers) == {1}


async def test_a_tunnel_hides_everything_but_the_host(server: ScriptedServer) -> None:
    server.plays(TUNNEL, JOB)
    async with through(server, ENCRYPTED, agent_token=TOKEN, authorization_token=TOKEN) as client:
        await client.get_job(789)
    connect, call = server.requests
    assert (connect.method, connect.target) == ("CONNECT", "127.0.0.1:443")
    assert TOKEN not in str(connect.headers)
    assert str(call.headers).count(TOKEN) == 3
    assert (call.target, call.values("Host")) == ("/jobs/789/", ["127.0.0.1"])


@pytest.mark.parametrize(
    ("no_proxy", "is_used"),
    [("", True), ("other.example", True), ("backend.example", False), (".example", False), ("*", False)],
)
async def test_some_hosts_are_reached_without_the_proxy(
    no_proxy: str, is_used: bool, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", no_proxy)
    async with AsyncBackendClient("http://backend.example.invalid".removesuffix(".invalid"), retries=0) as client:
        if is_used:
            server.plays(JOB)
            await client.get_job(789)
        else:
            with pytest.raises(ClientConnectionError, match=r"could not connect to backend\.example"):
                await client.get_job(789)
    assert server.connections == is_used


# --- when it fails ------------------------------------------------------------------------------------------------


async def test_a_proxy_that_is_down_is_asked_again_whatever_was_called() -> None:
    clock = FakeClock()
    proxy = f"http://user:{PASSWORD}@127.0.0.1:{free_port()}"
    async with AsyncBackendClient(PLAIN, proxy=proxy, clock=clock) as client:
        with pytest.raises(ClientConnectionError, match="4 attempts") as caught:
            await client.create_plugin({"name": "x"})
    assert (caught.value.sent, len(clock.waits)) == (False, 3)
    assert PASSWORD not in str(caught.value)


async def test_a_proxy_that_wants_other_credentials_says_so(server: ScriptedServer) -> None:
    refusal = reply(407, b"no", "text/plain", {"Proxy-Authenticate": "Basic"})
    server.plays(refusal, *[refusal] * 4)
    async with through(server) as client:
        with pytest.raises(HTTPError, match="answered 407 Proxy Authentication Required") as answered:
            await client.create_plugin({"name": "x"})
    async with through(server, ENCRYPTED) as client:
        with pytest.raises(ClientConnectionError, match=r"could not connect to 127\.0\.0\.1: 407") as refused:
            await client.create_plugin({"name": "x"})
    assert (answered.value.attempts, refused.value.attempts, refused.value.sent) == (1, 4, False)
    assert PASSWORD not in f"{answered.value} {refused.value}"


async def test_a_tunnel_that_a_proxy_refuses_is_asked_for_again(server: ScriptedServer) -> None:
    server.plays(reply(502, b"later", "text/plain"), TUNNEL, CREATED)
    async with through(server, ENCRYPTED) as client:
        assert (await client.create_plugin({"name": "x"}))["id"] == 1
    assert [request.method for request in server.requests] == ["CONNECT", "CONNECT", "POST"]


@pytest.mark.parametrize("fault", [NOTHING, RESET, Answer(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", then="close")])
async def test_a_tunnel_that_a_proxy_does_not_grant_is_asked_for_again(fault: Answer, server: ScriptedServer) -> None:
    server.plays(fault, TUNNEL, CREATED)
    async with through(server, ENCRYPTED) as client:
        assert (await client.create_plugin({"name": "x"}))["id"] == 1
    assert [request.method for request in server.requests] == ["CONNECT", "CONNECT", "POST"]


async def test_a_proxy_that_cannot_reach_the_server_is_told_from_one_that_lost_it(server: ScriptedServer) -> None:
    bad_gateway = reply(502, b"<html>", "text/html")
    server.plays(bad_gateway, bad_gateway, JOB)
    async with through(server) as client:
        with pytest.raises(ServerError, match="answered 502 Bad Gateway"):
            await client.create_plugin({"name": "x"})
        assert (await client.get_job(789))["id"] == 789


@pytest.mark.parametrize("fault", [pytest.param(NOTHING, id="end"), pytest.param(RESET, id="reset")])
async def test_a_lost_answer_is_an_unknown_outcome_or_asked_for_again(
    fault: Answer, base_url: str, server: ScriptedServer
) -> None:
    tunnels = [TUNNEL] if base_url == ENCRYPTED else []
    server.plays(fault, *tunnels, fault, *tunnels, JOB)
    async with through(server, base_url) as client:
        with pytest.raises(OutcomeUnknownError):
            await client.create_plugin({"name": "x"})
        assert (await client.get_job(789))["id"] == 789


async def test_a_body_that_breaks_off_is_asked_for_again(base_url: str, server: ScriptedServer) -> None:
    server.plays(reply(200, b"{", length=9, then="close"), *([TUNNEL] if base_url == ENCRYPTED else []), JOB)
    async with through(server, base_url) as client:
        assert (await client.get_job(789))["id"] == 789


async def test_a_certificate_is_checked_through_a_tunnel(server: ScriptedServer) -> None:
    server.plays(TUNNEL)
    async with through(server, ENCRYPTED, verify=True) as client:
        with pytest.raises(ClientConnectionError, match="the certificate is not trusted") as caught:
            await client.create_plugin({"name": "x"})
    assert (caught.value.attempts, caught.value.sent) == (1, False)
    assert len(server.requests) == 1


# --- limits -------------------------------------------------------------------------------------------------------


async def test_a_tunnel_that_is_never_granted_is_a_timeout_and_nothing_was_sent() -> None:
    with ScriptedServer() as server:
        # On a busy machine the limit may be reached before the tunnel is asked for.
        server.plays(SILENCE)
        async with through(server, ENCRYPTED, timeout={"read": 0.05}, retries=0) as client:
            with pytest.raises(ClientTimeoutError, match=r"could not connect to .*: no connection in time") as caught:
                await client.create_plugin({"name": "x"})
    assert not caught.value.sent


async def test_an_answer_that_drips_through_a_proxy_does_not_beat_the_deadline(
    base_url: str, server: ScriptedServer
) -> None:
    clock = FakeClock()

    def drip() -> Iterator[bytes]:
        yield chunked()
        while True:
            clock.sleep(1)
            yield b"1\r\n \r\n"

    server.plays(Answer(drip()))
    async with through(server, base_url, clock=clock) as client:
        with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
            await client.get_job(789, options={"deadline": 20})
        server.wait_until_idle()


async def test_an_upload_through_a_proxy_is_sent_whole(base_url: str, server: ScriptedServer) -> None:
    server.plays(CREATED)
    async with through(server, base_url) as client:
        await client.create_plugin_release({"plugin": 1, "version": "1", "file": bytes(1_000_000)})
    assert server.sizes[-1] > 1_000_000


# --- what is shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [NOTHING, reply(407), reply(500, TOKEN.encode(), "text/plain")])
async def test_no_error_shows_the_token(fault: Answer, base_url: str, server: ScriptedServer) -> None:
    server.plays(fault)
    async with through(server, base_url, retries=0) as client:
        with pytest.raises(ClientError) as caught:
            await client.create_plugin({"name": "x"})
        assert TOKEN not in repr(client)
        assert PASSWORD not in repr(client)
    assert [form for form in forms(caught.value) if TOKEN in form] == []


# --- the end ------------------------------------------------------------------------------------------------------


async def test_connections_to_the_proxy_end_with_their_client(base_url: str, server: ScriptedServer) -> None:
    server.plays(JOB)
    async with through(server, base_url) as client:
        await client.get_job(789)
    server.wait_until_idle()


# Of what cannot be closed from there, the interpreter complains when it drops it.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_connections_to_the_proxy_that_were_inherited_are_given_up(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(JOB)
    client = through(server)
    await client.get_job(789)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    await client.close()
    gc.collect()
    server.wait_until_idle()
