# Derived from tests/_async/test_no_answer.py by scripts/unasync.py; do not edit.
"""Calls that get no answer: what may be called again is told apart from what may have happened."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest

from synapse_api.operations import OPERATIONS, Operation
from synapse_backend import (
    BackendClient,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    OutcomeUnknownError,
    ResponseError,
)
from tests.contract.calls import CALLS
from tests.support.canary import TOKEN
from tests.support.scripted import NOTHING, RESET, SILENCE, Answer, ScriptedServer, free_port, json_reply, reply
from tests.support.tls import CERTIFICATE, client_certificates_required, server_context

NEVER = [pytest.param(operation, id=operation.id) for operation in OPERATIONS.values() if operation.retry == "never"]
REPEATABLE = [
    pytest.param(operation, id=operation.id) for operation in OPERATIONS.values() if operation.retry != "never"
]

HALF_A_STATUS_LINE = Answer(b"HTTP/1.1 20", then="close")
GARBAGE = [
    pytest.param(Answer(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", then="close"), id="another protocol"),
    pytest.param(Answer(b"HTTP/1.1 two hundred\r\n\r\n", then="close"), id="no status"),
    pytest.param(Answer(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", then="close"), id="negative length"),
    pytest.param(
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", then="close"), id="two lengths"
    ),
    pytest.param(Answer(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", then="close"), id="huge header"),
]


def call(client: BackendClient, operation: Operation[Any], package: Path, **options: Any) -> None:
    """Make the first example call of an operation, and read what it yields to its end."""
    with CALLS[operation.id][0].call(operation.id, package) as (method, arguments, named):
        make = getattr(client, method)
        if operation.stream:
            for _ in make(*arguments, **named, **options):
                pass
        else:
            make(*arguments, **named, **options)


def check(error: ClientError, *, method: str, path: str, sent: bool, server_host: str) -> None:
    """Every error says what was called and how far it came."""
    assert (error.method, error.path, error.host, error.sent) == (method, path, server_host, sent)
    assert (error.attempts, error.response, error.headers) == (1, None, {})
    assert error.elapsed >= 0
    assert f"{method} {path} " in str(error)
    assert server_host in str(error)


# --- nothing was sent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [*NEVER, *REPEATABLE])
def test_a_refused_connection_is_safe_to_repeat_whatever_was_called(operation: Operation[Any], package: Path) -> None:
    host = f"127.0.0.1:{free_port()}"
    with BackendClient(f"http://{host}", TOKEN, retries=0) as client:
        with pytest.raises(ClientConnectionError) as caught:
            call(client, operation, package)
    check(caught.value, method=operation.method, path=operation.path, sent=False, server_host=host)
    assert caught.value.status_code == 503
    assert f"could not connect to {host}" in str(caught.value)
    assert str(caught.value).endswith("Calling again is safe.")


def test_a_host_that_nobody_knows_is_a_connection_error() -> None:
    with BackendClient("http://backend.invalid", retries=0) as client:
        with pytest.raises(ClientConnectionError, match=r"could not connect to backend\.invalid: ") as caught:
            client.create_plugin({"name": "x"})
    assert (caught.value.status_code, caught.value.sent) == (503, False)


def test_a_connection_that_is_not_accepted_in_time_is_a_timeout() -> None:
    # A listener without room: what comes after the first connections is neither accepted nor refused.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(address)
        with BackendClient(f"http://127.0.0.1:{address[1]}", timeout={"connect": 0.05}, retries=0) as client:
            with pytest.raises(ClientTimeoutError, match="no connection in time") as caught:
                client.create_plugin({"name": "x"})
        for connection in waiting:
            connection.close()
    assert (caught.value.status_code, caught.value.sent) == (408, False)


def test_a_busy_pool_is_a_connection_error_and_nothing_was_sent(server: ScriptedServer) -> None:
    server.plays(reply(200, length=5, then="hold"))
    pool = httpx.HTTPTransport(limits=httpx.Limits(max_connections=1))
    with BackendClient(server.url, timeout={"read": 0.05}, retries=0, transport=pool) as client:
        # An answer that never ends holds the only connection of the pool.
        taken = pool.handle_request(httpx.Request("GET", server.url, headers={"Host": "x"}))
        with pytest.raises(ClientConnectionError, match="no free connection in time") as caught:
            client.create_plugin({"name": "x"})
        taken.close()
    assert (caught.value.status_code, caught.value.sent) == (503, False)


# --- TLS ----------------------------------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_refused_with_the_remedy() -> None:
    with ScriptedServer(server_context()) as server:
        with BackendClient(server.url, TOKEN) as client:
            with pytest.raises(ClientConnectionError, match="the certificate is not trusted") as caught:
                client.get_job(789)
    assert (caught.value.sent, caught.value.attempts, server.requests) == (False, 1, [])
    assert "pass verify= with the path of your CA bundle, or set SSL_CERT_FILE" in str(caught.value)
    assert "verify=False" not in str(caught.value)


def test_a_certificate_for_another_host_is_refused() -> None:
    with ScriptedServer(server_context()) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with BackendClient(url, TOKEN, verify=CERTIFICATE) as client:
            with pytest.raises(ClientConnectionError, match="the certificate is not trusted"):
                client.get_job(789)


@pytest.mark.parametrize("as_context", [False, True])
def test_a_certificate_that_was_passed_is_trusted(as_context: bool) -> None:
    verify = ssl.create_default_context(cafile=CERTIFICATE) if as_context else CERTIFICATE
    with ScriptedServer(server_context()) as server:
        server.plays(json_reply({"id": 789}))
        with BackendClient(server.url, TOKEN, verify=verify) as client:
            assert (client.get_job(789))["id"] == 789


def test_trusting_everybody_is_possible_and_loud() -> None:
    with ScriptedServer(server_context()) as server:
        server.plays(json_reply({"id": 789}))
        with pytest.warns(UserWarning, match="verify=False") as warned:
            client = BackendClient(server.url, TOKEN, verify=False)
        with client:
            assert (client.get_job(789))["id"] == 789
            assert "verify=False" in repr(client)
    assert warned[0].filename == __file__


def test_a_server_that_does_not_speak_tls_is_named_as_such(server: ScriptedServer) -> None:
    server.plays(Answer(b"HTTP/1.1 400 Bad Request\r\n\r\n", then="hold", reads="nothing"))
    with BackendClient(server.url.replace("http", "https"), TOKEN) as client:
        with pytest.raises(ClientConnectionError, match=r"should base_url begin with http://\?") as caught:
            client.get_job(789)
    assert (caught.value.sent, caught.value.attempts) == (False, 1)


def test_a_server_that_speaks_tls_only_is_named_as_such(persistent: BackendClient, server: ScriptedServer) -> None:
    unexpected_message = b"\x15\x03\x01\x00\x02\x02\x0a"
    server.plays(Answer(unexpected_message, then="close"))
    with pytest.raises(ClientConnectionError, match=r"should base_url begin with https://\?") as caught:
        persistent.create_plugin({"name": "x"})
    assert (caught.value.status_code, caught.value.attempts) == (503, 1)


def test_a_tls_handshake_that_nobody_answers_is_a_timeout() -> None:
    with ScriptedServer() as server:
        # On a busy machine the limit may be reached before the handshake begins.
        server.plays(Answer(then="hold", reads="nothing"))
        url = server.url.replace("http", "https")
        with BackendClient(url, TOKEN, timeout={"connect": 0.05}, retries=0) as client:
            with pytest.raises(ClientTimeoutError, match="no connection in time") as caught:
                client.create_plugin({"name": "x"})
    assert (caught.value.status_code, caught.value.sent) == (408, False)


def test_a_server_that_wants_a_certificate_of_the_client_is_a_client_error() -> None:
    with ScriptedServer(client_certificates_required()) as server:
        with BackendClient(server.url, TOKEN, verify=CERTIFICATE, retries=0) as client:
            with pytest.raises(ClientError) as caught:
                client.get_job(789)
    assert caught.value.status_code == 503


# --- the request was sent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", NEVER)
@pytest.mark.parametrize(
    "fault", [pytest.param(NOTHING, id="end"), pytest.param(RESET, id="reset"), HALF_A_STATUS_LINE, *GARBAGE]
)
def test_a_lost_answer_to_what_must_not_happen_twice_is_an_unknown_outcome(
    operation: Operation[Any], fault: Answer, persistent: BackendClient, server: ScriptedServer, package: Path
) -> None:
    server.plays(fault)
    with pytest.raises(OutcomeUnknownError) as caught:
        call(persistent, operation, package)
    assert len(server.requests) == 1
    check(caught.value, method=operation.method, path=operation.path, sent=True, server_host=server.host)
    assert caught.value.status_code == 408
    assert operation.lookup
    assert str(caught.value).endswith(f"It may have been carried out; {operation.lookup} before calling again.")


@pytest.mark.parametrize("operation", NEVER)
def test_silence_after_what_must_not_happen_twice_is_an_unknown_outcome(
    operation: Operation[Any], persistent: BackendClient, server: ScriptedServer, package: Path
) -> None:
    server.plays(SILENCE)
    with pytest.raises(OutcomeUnknownError) as caught:
        call(
            persistent, operation, package, options={"timeout": {"connect": 60, "read": 0.05, "write": 60, "pool": 60}}
        )
    server.wait_until_asked(1)
    assert len(server.requests) == 1
    assert "was sent but got no answer: no answer in time" in str(caught.value)


@pytest.mark.parametrize("operation", REPEATABLE)
@pytest.mark.parametrize(
    "fault", [pytest.param(NOTHING, id="end"), pytest.param(RESET, id="reset"), HALF_A_STATUS_LINE]
)
def test_a_lost_answer_to_what_may_happen_twice_is_a_connection_error(
    operation: Operation[Any], fault: Answer, client: BackendClient, server: ScriptedServer, package: Path
) -> None:
    server.plays(fault)
    with pytest.raises(ClientConnectionError) as caught:
        call(client, operation, package)
    check(caught.value, method=operation.method, path=operation.path, sent=True, server_host=server.host)
    assert caught.value.status_code == 503
    assert "lost the connection" in str(caught.value)
    assert str(caught.value).endswith("Calling again is safe.")


def test_silence_after_what_may_happen_twice_is_a_timeout(impatient: BackendClient, server: ScriptedServer) -> None:
    server.plays(SILENCE)
    with pytest.raises(ClientTimeoutError, match="no answer in time") as caught:
        impatient.update_plugin(123, {"version": "2"})
    check(caught.value, method="PUT", path="/plugins/{pk}/", sent=True, server_host=server.host)
    assert caught.value.status_code == 408


@pytest.mark.parametrize("fault", GARBAGE)
def test_what_is_no_http_is_an_answer_that_cannot_be_trusted(
    fault: Answer, client: BackendClient, server: ScriptedServer
) -> None:
    server.plays(fault)
    with pytest.raises(ResponseError, match="got something else than HTTP") as caught:
        client.get_job(789)
    assert (caught.value.kind, caught.value.status_code, caught.value.sent) == ("protocol", 502, True)


def test_a_server_that_stops_reading_is_a_timeout(server: ScriptedServer) -> None:
    server.plays(Answer(then="hold", reads="head"))
    with BackendClient(server.url, TOKEN, timeout={"write": 0.05}, retries=0) as client:
        with pytest.raises(ClientTimeoutError, match="the server stopped reading") as caught:
            client.update_plugin(123, {"description": "x" * 8_000_000})
    assert caught.value.sent


def test_an_idle_connection_that_the_server_closed_is_noticed_before_the_next_call(
    client: BackendClient, server: ScriptedServer
) -> None:
    ok = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
    server.plays(Answer(ok, then="close"), Answer(ok))
    client.create_plugin({"name": "one"})
    server.wait_until_idle()
    client.create_plugin({"name": "two"})
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize(
    ("failure", "error", "reason"),
    [
        (httpx.ProxyError("403 Forbidden"), ClientConnectionError, "could not connect to .*: 403 Forbidden"),
        (httpx.UnsupportedProtocol("no"), ClientConnectionError, "could not connect to"),
        (httpx.ReadError(""), OutcomeUnknownError, "no answer: ReadError"),
        (httpx.ReadError("\x1b[2J"), OutcomeUnknownError, r"no answer: \\x1b\[2J"),
        (httpx.TransportError("odd"), OutcomeUnknownError, "no answer: odd"),
    ],
)
def test_a_transport_that_fails_as_those_of_httpx_do_is_told_likewise(
    failure: Exception, error: type[ClientError], reason: str
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    with BackendClient("http://mock", retries=0, transport=httpx.MockTransport(fail)) as client:
        with pytest.raises(error, match=reason):
            client.create_plugin({"name": "x"})
