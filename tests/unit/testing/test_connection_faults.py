"""What happens to connections and to the port, heard by raw sockets and by the client."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator

import httpx
import pytest

from synapse_backend import (
    BackendClient,
    ClientConnectionError,
    ClientTimeoutError,
    OutcomeUnknownError,
)
from synapse_backend.testing import MockBackend, faults
from synapse_backend.testing.faults.connecting import AUTHORITY, CertificateFlaw
from tests.unit.testing.fronts import TOKEN, open_again

GET = b"GET /jobs/789/ HTTP/1.1\r\nHost: h\r\nAuthorization: Token t\r\n\r\n"
IMPATIENT = httpx.Timeout(60, read=0.1)
"""For answers that do not come."""


@pytest.fixture
def backend() -> Iterator[MockBackend]:
    with MockBackend() as backend:
        yield backend


def connect(backend: MockBackend, timeout: float = 60) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(backend.url.rpartition(":")[2])), timeout)


def answer(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    while b'"id"' not in received:
        received += connection.recv(65536)
    return received


def until_connected(backend: MockBackend) -> None:
    """Return when the port takes connections again."""
    while True:
        try:
            connect(backend).close()
        except OSError:
            continue
        return


def test_a_closed_port_refuses_and_opens_again(backend: MockBackend) -> None:
    armed = backend.faults.on_connect().refuse(600)
    assert (armed.fired, armed.is_open) == (1, False)
    with pytest.raises(ConnectionRefusedError):
        connect(backend)
    open_again(backend)
    connect(backend).close()
    backend.faults.on_connect().refuse(0.05)
    until_connected(backend)
    with backend.client() as client:
        assert client.get_job(789)["id"] == 789


def test_a_client_waits_for_a_port_that_opens_again_and_writes_once(backend: MockBackend) -> None:
    with backend.client(retries=50) as client:
        backend.faults.on_connect().refuse(0.2)
        assert client.create_plugin({"name": "A"})["name"] == "A"
    assert backend.writes["plugins"].created == 1
    assert backend.attempts("create_plugin") == [1]


def test_a_mock_with_a_closed_port_can_be_stopped() -> None:
    backend = MockBackend().start()
    backend.faults.on_connect().refuse(60)
    backend.stop()
    backend.start()
    assert httpx.get(f"{backend.url}/jobs/", headers=TOKEN).status_code == 200
    backend.stop()


def test_a_full_queue_takes_no_connection_until_it_is_empty(backend: MockBackend) -> None:
    backend.faults.on_connect().blackhole(600)
    with pytest.raises(TimeoutError):
        connect(backend, 0.1)
    open_again(backend)
    connect(backend).close()
    backend.faults.on_connect().blackhole(0.05)
    until_connected(backend)
    with backend.client() as client:
        assert client.get_job(789)["id"] == 789


def test_a_mock_with_a_full_queue_can_be_stopped() -> None:
    backend = MockBackend().start()
    backend.faults.on_connect().blackhole(60)
    backend.stop()


def test_a_connection_is_reset_or_closed_as_soon_as_it_is_made(backend: MockBackend) -> None:
    reset = backend.faults.on_connect().reset_on_connect()
    # It may come before `connect` has returned.
    with pytest.raises(ConnectionResetError), connect(backend) as connection:
        connection.recv(1)
    closed = backend.faults.on_connect(nth=2).close_on_connect()
    with connect(backend) as connection:
        connection.sendall(GET)
        assert answer(connection).startswith(b"HTTP/1.1 200")
    with connect(backend) as connection:
        assert connection.recv(1) == b""
    assert (reset.fired, closed.fired, closed.seen) == (1, 1, 2)


def test_nothing_is_said_on_a_silent_connection(backend: MockBackend) -> None:
    backend.faults.on_connect(times=2).silence()
    with BackendClient(backend.url, "t", timeout=0.1, retries=0) as client, pytest.raises(ClientTimeoutError):
        client.get_job(789)
    with connect(backend) as connection:
        connection.sendall(GET)
        connection.settimeout(0.05)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    assert backend.requests == []


def test_a_silent_server_does_not_shake_hands(backend: MockBackend) -> None:
    backend.faults.on_connect().silence()
    url = backend.url.replace("http://", "https://")
    with (
        BackendClient(url, "t", timeout=0.1, retries=0) as client,
        pytest.raises((ClientTimeoutError, ClientConnectionError)),
    ):
        client.get_job(789)


def test_a_port_for_tls_answers_http_with_an_alert(backend: MockBackend) -> None:
    backend.faults.on_connect().tls_only()
    with connect(backend) as connection:
        connection.sendall(GET)
        assert connection.recv(100) == b"\x15\x03\x01\x00\x02\x02\x0a"
        assert connection.recv(100) == b""


def test_a_port_without_tls_answers_a_handshake_in_http(backend: MockBackend) -> None:
    backend.faults.on_connect().no_tls()
    with connect(backend) as connection, pytest.raises(ssl.SSLError, match=r"WRONG_VERSION_NUMBER|wrong version"):
        ssl.create_default_context().wrap_socket(connection, server_hostname="127.0.0.1")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("unknown_ca", "self-signed certificate|self signed certificate"),
        ("wrong_host", "IP address mismatch"),
        ("expired", "certificate has expired"),
    ],
)
def test_certificates_that_no_client_may_trust(backend: MockBackend, kind: CertificateFlaw, reason: str) -> None:
    backend.faults.on_connect().untrusted_tls(kind)
    context = ssl.create_default_context(cafile=str(AUTHORITY))
    with connect(backend) as connection, pytest.raises(ssl.SSLCertVerificationError, match=reason):
        context.wrap_socket(connection, server_hostname="127.0.0.1")


def test_a_client_that_does_not_look_at_certificates_gets_no_answer(backend: MockBackend) -> None:
    backend.faults.on_connect().untrusted_tls()
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with connect(backend) as connection, context.wrap_socket(connection) as encrypted:
        encrypted.sendall(b"x")
        assert encrypted.recv(1) == b""


# --- requests on connections ------------------------------------------------------------------------------------------


def test_a_body_is_not_read(backend: MockBackend) -> None:
    backend.faults.on("create_plugin_release").stop_reading()
    backend.faults.on("create_plugin").stop_reading()
    with connect(backend) as connection:
        connection.settimeout(0.2)
        connection.sendall(b"POST /plugin_releases/ HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.sendall(b"x" * 8_000_000)
    # Without a body there is nothing to stop at; and a small body is not read either.
    assert httpx.post(f"{backend.url}/plugins/", headers=TOKEN).status_code == 400
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{backend.url}/plugins/", headers=TOKEN, json={"name": "A"}, timeout=IMPATIENT)
    assert len(backend.plugins) == 5
    # A client that does not wait may have left before the mock has read what it sent.
    while len(backend.requests) < 3:
        time.sleep(0.001)
    assert [(request.operation_id, request.faults, request.status) for request in backend.requests] == [
        ("create_plugin_release", ("stop_reading",), 0),
        ("create_plugin", (), 400),
        ("create_plugin", ("stop_reading",), 0),
    ]


def test_only_the_body_of_the_operation_that_was_named_is_not_read(backend: MockBackend) -> None:
    backend.faults.on("run_plugin").stop_reading()
    assert httpx.post(f"{backend.url}/plugins/", headers=TOKEN, json={"name": "A"}).status_code == 201
    assert httpx.post(f"{backend.url}/nothing/", headers=TOKEN, content=iter([b"x"])).status_code == 404
    backend.faults.clear()
    backend.faults.on("*").stop_reading()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{backend.url}/nothing/", headers=TOKEN, content=iter([b"x"]), timeout=IMPATIENT)


def test_a_connection_that_was_to_be_kept_is_closed_after_the_answer(backend: MockBackend) -> None:
    backend.faults.on("get_job").expire_idle()
    with connect(backend) as connection:
        connection.sendall(GET)
        received = answer(connection)
        assert b"Connection: keep-alive" in received
        assert connection.recv(1) == b""
    with backend.client(retries=0) as client:
        backend.faults.on("get_job").expire_idle()
        client.get_job(789)
        # The end of the connection is on its way once the mock only waits for the client to close it.
        while not all(connection._discarding for connection in backend._server._connections):
            time.sleep(0.001)
        client.create_plugin({"name": "A"})
    assert backend.writes["plugins"].created == 1


def test_a_connection_expires_as_the_next_request_comes(backend: MockBackend) -> None:
    with backend.client() as client:
        armed = backend.faults.on("create_plugin").expire_idle(race=True)
        client.create_plugin({"name": "A"})  # on a new connection, which cannot have expired
        with pytest.raises(OutcomeUnknownError):
            client.create_plugin({"name": "B"})
    assert (armed.fired, armed.seen) == (1, 1)
    assert backend.writes["plugins"].created == 1


def test_requests_that_came_together_wait_for_an_answer_in_steps(backend: MockBackend) -> None:
    backend.faults.on("get_job").sequence(faults.Latency(0.05), faults.Drip(100_000), None)
    with connect(backend) as connection:
        connection.sendall(GET * 3)
        received = b""
        while received.count(b"HTTP/1.1 200") < 3 or not received.endswith(b"}"):
            received += connection.recv(65536)
    assert [request.faults for request in backend.requests] == [("latency",), ("drip",), ()]


def test_a_client_that_leaves_in_the_middle_of_an_answer_takes_nothing_along(backend: MockBackend) -> None:
    for fault in (faults.Drip(50), faults.Endless(), faults.NoAnswer(), faults.Latency(0.2)):
        armed = backend.faults.on("get_job").sequence(fault)
        with connect(backend) as connection:
            connection.sendall(GET)
            while not armed.fired:
                time.sleep(0.001)
    with backend.client() as client:
        assert client.get_job(789)["id"] == 789


def test_a_reset_in_the_middle_of_a_large_answer(backend: MockBackend) -> None:
    for number in range(300):
        backend.jobs.add(id=1000 + number, parameters={"text": "x" * 1000})
    backend.faults.on("list_jobs").reset_mid_body(300_000)
    with connect(backend) as connection:
        connection.sendall(GET.replace(b"/789/", b"/?page_size=1000"))
        with pytest.raises(ConnectionResetError), connection.makefile("rb") as stream:
            stream.read(1_000_000)


def test_an_endless_answer_ends_with_the_mock() -> None:
    backend = MockBackend().start()
    backend.faults.on("get_job").endless()
    with connect(backend) as connection:
        connection.sendall(GET)
        connection.recv(10)
        backend.stop()  # does not wait for the end of the answer, which never comes
        while connection.recv(1 << 20):
            pass
        assert connection.recv(1) == b""


def test_announcements_by_the_thousand(backend: MockBackend) -> None:
    backend.faults.on("get_job").informational(5001)
    with connect(backend) as connection:
        connection.sendall(GET)
        received = b""
        while not received.endswith(b"}"):
            received += connection.recv(1 << 20)
    assert received.count(b"HTTP/1.1 103 Early Hints") == 5001
    assert received.count(b"HTTP/1.1 200 OK") == 1


def test_headers_by_the_hundred_thousand(backend: MockBackend) -> None:
    backend.faults.on("get_job").garbage("many_headers")
    with connect(backend) as connection, connection.makefile("rb") as stream:
        connection.sendall(GET)
        received = stream.read()
    assert received.count(b"\r\nX-") == 100_000
    assert received.endswith(b'Content-Length: 9\r\n\r\n{"id": 1}')


def test_time_passes_for_late_answers_with_every_clock() -> None:
    with MockBackend(clock="real") as backend, backend.client() as client:
        backend.faults.on("get_job").latency(0.1)
        started = time.monotonic()
        client.get_job(789)
        assert time.monotonic() - started >= 0.1
    with MockBackend() as backend, backend.client() as client:
        backend.faults.on("get_job").latency(0.1)
        before, started = backend.clock.now, time.monotonic()
        client.get_job(789)
        assert time.monotonic() - started >= 0.1
        assert (backend.clock.now - before).total_seconds() == pytest.approx(0.6)
    with MockBackend() as backend, backend.client(clock=backend.clock) as client:
        backend.faults.on("get_job").latency(100)
        before = backend.clock.now
        client.get_job(789)  # whose read timeout is 30 seconds
        assert (backend.clock.now - before).total_seconds() >= 100
