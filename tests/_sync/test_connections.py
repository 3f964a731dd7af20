# Derived from tests/_async/test_connections.py by scripts/unasync.py; do not edit.
"""Connections: kept, given up, limited, and through a proxy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx
import pytest

from synapse_backend import (
    BackendClient,
    ClientConnectionError,
    ClientTimeoutError,
    SourceChangedError,
    _pools,
)
from synapse_backend._sync._connection import Connection
from synapse_backend._wire import WireRequest
from tests.support.canary import TOKEN
from tests.support.clock import FOR_EVER
from tests.support.scripted import NOTHING, SILENCE, Answer, ScriptedServer, json_reply, reply
from tests.support.tls import CERTIFICATE

JOB = json_reply({"id": 789})
BACKEND = "http://backend.example"
ESTABLISHED = Answer(b"HTTP/1.1 200 Connection established\r\n\r\n", then="tls")


# --- without a proxy ----------------------------------------------------------------------------------------------


def test_a_connection_that_was_idle_for_too_long_is_given_up(
    client: BackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(JOB, JOB)
    client.get_job(789)
    monkeypatch.setattr(_pools, "KEEPALIVE_EXPIRY", -1.0)
    client.get_job(789)
    assert server.connections == 2


def test_no_more_connections_are_kept_than_allowed(
    client: BackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_IDLE_CONNECTIONS", 0)
    server.plays(JOB, JOB)
    client.get_job(789)
    server.wait_until_idle()
    client.get_job(789)
    assert server.connections == 2


def test_a_server_that_asks_for_it_gets_a_new_connection(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(reply(200, b'{"id": 1}', headers={"Connection": "close"}), JOB)
    client.get_job(789)
    client.get_job(789)
    assert server.connections == 2


@pytest.mark.parametrize("content", [b"01234", b"0123456789012345"], ids=["shrinks", "grows"])
def test_a_file_that_changes_during_its_upload_is_no_upload(
    content: bytes, persistent: BackendClient, server: ScriptedServer
) -> None:
    class Changing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            left, self.left = self.left, b""
            return left

        left = content

    server.plays(NOTHING)
    with pytest.raises(SourceChangedError, match=r"a file became (shorter|longer) while it was sent"):
        persistent.create_plugin_release({"file": Changing(b"0123456789")})


class Wire:
    """A network stream that plays pieces, and keeps what was written."""

    def __init__(self, *pieces: bytes) -> None:
        self.written = b""
        self._pieces = list(pieces)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.written += buffer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


ENDING = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize("content", [b"", b"body"])
@pytest.mark.parametrize("further", [(), ((b"Connection", b"keep-alive"),)], ids=["ordinary", "not ordinary"])
@pytest.mark.parametrize(
    "pieces",
    [
        (ENDING,),
        (ENDING[:-1], ENDING[-1:]),
        (ENDING[:10], ENDING[10:]),
        (CONTINUE + ENDING,),
        (CONTINUE, ENDING),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",),
    ],
)
def test_requests_and_answers_are_the_same_whoever_writes_and_reads_them(
    pieces: tuple[bytes, ...], further: tuple[tuple[bytes, bytes], ...], content: bytes
) -> None:
    length = (b"Content-Length", str(len(content)).encode())
    headers = [(b"Host", b"backend.example"), *further, *([length] if content else [])]
    wire: Any = Wire(*pieces, *pieces)
    connection = Connection(wire)
    limits = dict.fromkeys(("connect", "read", "write", "pool"))
    for _ in range(2):
        wire.written = b""
        head = connection.send(WireRequest(b"POST", b"/jobs/", headers, content, limits))
        assert head.status == 200
        body = [piece for piece in connection.body(None)]
        assert b"".join(body) == b"{}"
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        assert wire.written == b"POST /jobs/ HTTP/1.1\r\n" + lines + b"\r\n" + content
        assert connection.start_over()


@pytest.mark.parametrize("further", [(), ((b"Connection", b"keep-alive"),)], ids=["ordinary", "not ordinary"])
def test_what_follows_an_answer_or_is_missing_of_it_spoils_the_connection(
    further: tuple[tuple[bytes, bytes], ...],
) -> None:
    request = WireRequest(b"GET", b"/", [(b"Host", b"a"), *further], b"", dict.fromkeys(("read", "write")))
    spoilt: Any = Wire(ENDING + b"HTTP/1.1 200 OK")
    connection = Connection(spoilt)
    connection.send(request)
    assert [piece for piece in connection.body(None)] == [b"{}"]
    assert not connection.start_over()
    short: Any = Wire(ENDING[:-1])
    connection = Connection(short)
    connection.send(request)
    with pytest.raises(httpcore.RemoteProtocolError):
        assert [piece for piece in connection.body(None)] == []
    assert not connection.start_over()


def test_a_transport_may_answer_with_any_iterable() -> None:
    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield b'{"id": '
            yield b"789}"

    def answer(request: httpx.Request) -> httpx.Response:
        stream: Any = Body()
        return httpx.Response(200, stream=stream)

    with BackendClient(BACKEND, transport=httpx.MockTransport(answer)) as client:
        assert (client.get_job(789))["id"] == 789


def test_a_transport_gets_the_upload_as_a_stream() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"size": len(request.content)})

    with BackendClient(BACKEND, transport=httpx.MockTransport(answer)) as client:
        created: Any = client.create_plugin_release({"file": bytes(1_000_000)})
    assert created["size"] > 1_000_000


def test_a_transport_may_ask_for_the_content_without_reading_it() -> None:
    class Transport(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(201, content=request.content)

    with BackendClient(BACKEND, transport=Transport()) as client:
        assert (client.create_plugin({"name": "Segmentation"}))["name"] == "Segmentation"


# --- through a proxy ----------------------------------------------------------------------------------------------


def through(server: ScriptedServer, base_url: str = BACKEND, **options: Any) -> BackendClient:
    """Return a client that goes through the scripted server."""
    return BackendClient(base_url, retries=0, **{"proxy": server.url, **options})


def test_a_call_goes_through_the_proxy(server: ScriptedServer) -> None:
    server.plays(JOB, json_reply({"id": 1}, 201))
    with through(server) as client:
        assert (client.get_job(789))["id"] == 789
        client.create_plugin({"name": "x" * 600_000})
    assert server.requests[0].target == f"{BACKEND}/jobs/789/"
    assert server.requests[0].values("Host") == ["backend.example"]
    assert server.sizes[1] > 600_000
    assert server.connections == 1


def test_the_password_goes_to_the_proxy_only(server: ScriptedServer) -> None:
    server.plays(ESTABLISHED, JOB)
    proxy = server.url.replace("http://", "http://us%65r:p%40ss@")
    with through(server, "https://127.0.0.1", proxy=proxy, verify=CERTIFICATE, api_token=TOKEN) as client:
        assert (client.get_job(789))["id"] == 789
        assert "p%40ss" not in repr(vars(client))
    connect, call = server.requests
    assert (connect.method, connect.target) == ("CONNECT", "127.0.0.1:443")
    assert connect.values("Proxy-Authorization") == ["Basic dXNlcjpwQHNz"]
    assert connect.values("Synapse-Access-Token") == []
    assert call.values("Proxy-Authorization") == []
    assert call.values("Synapse-Access-Token") == [f"Token {TOKEN}"]


def test_the_proxy_of_the_environment_is_used(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    server.plays(JOB)
    with BackendClient(BACKEND) as client:
        client.get_job(789)
    assert server.requests[0].target == f"{BACKEND}/jobs/789/"


def test_a_proxy_that_refuses_is_a_connection_error_and_nothing_was_sent(server: ScriptedServer) -> None:
    server.plays(reply(403, b"no", "text/plain"))
    with through(server, "https://backend.example") as client:
        with pytest.raises(ClientConnectionError, match=r"could not connect to backend\.example: 403") as caught:
            client.create_plugin({"name": "x"})
    assert not caught.value.sent


def test_silence_of_the_proxy_is_a_timeout(server: ScriptedServer) -> None:
    server.plays(SILENCE)
    with through(server, timeout={"read": 0.05, "write": 60, "pool": 60}) as client:
        with pytest.raises(ClientTimeoutError, match="no answer in time"):
            client.get_job(789)


def test_the_deadline_holds_through_a_proxy() -> None:
    with ScriptedServer() as server:
        # On a busy machine the deadline may pass before the request is sent.
        server.plays(SILENCE)
        with through(server) as client:
            with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
                client.get_job(789, options={"deadline": 0.05, "timeout": FOR_EVER})
