"""The socket front: framing, pipelining, limits, and bytes that are no HTTP."""

from __future__ import annotations

import contextlib
import errno
import json
import random
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import cast

import pytest

from synapse_backend.testing import MockBackend
from synapse_backend.testing.connection import Connection
from synapse_backend.testing.messages import Request, RequestError, Response
from synapse_backend.testing.server import Server

HEAD = "GET /jobs/789/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token t\r\n"
GET = f"{HEAD}\r\n".encode()


class Wire:
    """A raw connection."""

    def __init__(self, backend: MockBackend) -> None:
        self.socket = socket.create_connection(("127.0.0.1", int(backend.url.rpartition(":")[2])), timeout=60)
        self.reader = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def answer(self, *, head: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Read one answer."""
        status = int(self.reader.readline().split()[1])
        headers: dict[str, str] = {}
        while (line := self.reader.readline().decode().rstrip("\r\n")) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        length = int(headers.get("content-length", "0"))
        return status, headers, b"" if head or status < 200 else self.reader.read(length)

    def ended(self) -> bool:
        """Whether the server closed and left nothing behind."""
        try:
            return self.reader.read() == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        """Close."""
        self.reader.close()
        self.socket.close()


@pytest.fixture
def wire(backend: MockBackend) -> Iterator[Wire]:
    with closing(Wire(backend)) as wire:
        yield wire


def test_it_listens_on_this_machine_only(backend: MockBackend) -> None:
    assert backend.url.startswith("http://127.0.0.1:")
    assert not backend.url.endswith("/")
    port = int(backend.url.rpartition(":")[2])
    with socket.socket() as other, pytest.raises(OSError, match="refused") as refused:
        other.connect(("127.0.0.2", port))
    assert refused.value.errno == errno.ECONNREFUSED


def test_a_connection_serves_many_requests(wire: Wire, backend: MockBackend) -> None:
    for _ in range(3):
        wire.send(GET)
        status, headers, body = wire.answer()
        assert (status, headers["connection"], json.loads(body)["id"]) == (200, "keep-alive", 789)
    assert [request.headers["host"] for request in backend.requests] == ["x"] * 3


def test_pipelined_requests_are_answered_in_order(wire: Wire) -> None:
    create = b'POST /plugins/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token t\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"x"}'
    wire.send(GET + create + GET.replace(b"789", b"1") + create + GET)
    assert [wire.answer()[0] for _ in range(5)] == [200, 201, 404, 201, 200]


def test_a_thousand_pipelined_requests_do_not_deadlock(wire: Wire) -> None:
    sender = threading.Thread(target=wire.send, args=(GET * 1000,))
    sender.start()
    assert {wire.answer()[0] for _ in range(1000)} == {200}
    sender.join()


def test_a_client_that_does_not_read_is_not_read_from(backend: MockBackend, wire: Wire) -> None:
    wire.socket.setblocking(False)
    request = GET.replace(b"/jobs/789/", b"/jobs/")
    sent, stalled = 0, 0
    while stalled < 20:
        try:
            sent += wire.socket.send(request * 50)
            stalled = 0
        except BlockingIOError:
            stalled += 1
            time.sleep(0.01)  # there is no event for "the server has stopped reading"
        assert sent < 100_000_000, "the server reads on and on"
    served = len(backend.requests)
    wire.socket.settimeout(60)
    assert wire.answer()[0] == 200
    assert served < sent // len(request)


def test_bytes_may_come_one_by_one(wire: Wire) -> None:
    for byte in GET:
        wire.send(bytes([byte]))
    assert wire.answer()[0] == 200


def test_a_request_may_ask_to_close(wire: Wire) -> None:
    wire.send(f"{HEAD}Connection: close\r\n\r\n".encode() + GET)
    status, headers, _ = wire.answer()
    assert (status, headers["connection"]) == (200, "close")
    assert wire.ended()


def test_an_old_client_gets_its_answer_and_the_end(wire: Wire) -> None:
    wire.send(b"GET /jobs/789/ HTTP/1.0\r\nAuthorization: Token t\r\n\r\n")
    status, headers, body = wire.answer()
    assert (status, headers["connection"], json.loads(body)["id"]) == (200, "close", 789)
    assert wire.ended()


def test_head_has_a_length_and_no_body(wire: Wire) -> None:
    wire.send(GET.replace(b"GET", b"HEAD") + GET)
    _, headers, _ = wire.answer(head=True)
    status, full, _ = wire.answer()
    assert (status, headers["content-length"]) == (200, full["content-length"])


def test_a_chunked_body_is_put_together(wire: Wire) -> None:
    head = b"POST /plugins/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token t\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    wire.send(head + b'4\r\n{"na\r\n8\r\nme":"x"}\r\n0\r\nTrailer: ignored\r\n\r\n' + GET)
    status, _, body = wire.answer()
    assert (status, json.loads(body)["name"]) == (201, "x")
    assert wire.answer()[0] == 200


def test_a_client_that_asks_first_is_told_to_go_on(wire: Wire) -> None:
    head = b"POST /plugins/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token t\r\nContent-Type: application/json\r\nContent-Length: 12\r\nExpect: 100-Continue\r\n\r\n"
    wire.send(GET + head)
    assert wire.answer()[0] == 200
    assert wire.reader.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert wire.reader.readline() == b"\r\n"
    wire.send(b'{"name":"x"}')
    assert wire.answer()[0] == 201


def test_a_client_that_asks_first_is_told_when_it_is_too_much() -> None:
    with MockBackend(max_body_bytes=10) as backend, closing(Wire(backend)) as wire:
        wire.send(b"POST /plugins/ HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
        assert wire.answer()[0] == 413
        assert wire.ended()


def test_a_chunked_body_may_be_too_large() -> None:
    with MockBackend(max_body_bytes=10) as backend, closing(Wire(backend)) as wire:
        wire.send(b"POST /plugins/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.send(b"8\r\n12345678\r\n" * 3)
        status, headers, body = wire.answer()
        assert (status, headers["connection"]) == (413, "close")
        assert json.loads(body) == {"detail": "The request body is larger than 10 bytes."}
        assert backend.requests[0].status == 413
        assert backend.requests[0].body == b""


def test_who_sends_too_much_can_still_read_the_answer() -> None:
    with MockBackend(max_body_bytes=1000) as backend, closing(Wire(backend)) as wire:
        wire.send(b"POST /plugins/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")
        wire.send(b"x" * 5_000_000)
        assert wire.answer()[0] == 413


def test_a_refused_client_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synapse_backend.testing.connection._LINGER_SECONDS", 0.05)
    with MockBackend() as backend, closing(Wire(backend)) as wire:
        wire.send(b"nonsense\r\n\r\n")
        assert wire.answer()[0] == 400

        def send_on() -> None:
            while True:
                wire.send(b"x")
                time.sleep(0.001)  # between two tries; the end of the connection shows only when something is sent

        # The server waits for the client to close, which never happens; then it closes by itself.
        with pytest.raises(ConnectionError):
            send_on()


@pytest.mark.parametrize("size", [70_000, 200_000])
def test_a_head_may_be_too_large(wire: Wire, size: int) -> None:
    wire.send(f"{HEAD}X-Large: {'x' * size}\r\n\r\n".encode())
    status, _, body = wire.answer()
    assert (status, json.loads(body)) == (431, {"detail": "The request head is larger than 65536 bytes."})


def test_a_head_that_does_not_end_is_too_large(wire: Wire) -> None:
    wire.send(HEAD.encode())
    for _ in range(20):
        wire.send(b"X-More: " + b"x" * 4000 + b"\r\n")
    assert wire.answer()[0] == 431


def test_a_large_body_is_no_large_head(wire: Wire) -> None:
    body = json.dumps({"name": "x" * 60_000}).encode()
    head = f"POST /plugins/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token t\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nX-Pad: {'p' * 8000}\r\n\r\n"
    wire.send(head.encode() + body)
    assert wire.answer()[0] == 201


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /jobs/ HTTP/9.9\r\n\r\n",
        HEAD.encode() + b"Content-Length: -1\r\n\r\n",
        HEAD.encode() + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        HEAD.encode() + b"Content-Length: 99999999999999999999999\r\n\r\n",
        HEAD.encode() + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD.encode() + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD.encode() + b"No colon\r\n\r\n",
        HEAD.encode() + b"Nul: \x00\r\n\r\n",
        b"GET /jo bs/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /plugins/\u00fc/ HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    ],
    ids=lambda data: repr(data[-30:]),
)
def test_what_is_no_request_is_a_400_and_the_end(wire: Wire, data: bytes) -> None:
    wire.send(data)
    status, headers, body = wire.answer()
    assert (status, headers["connection"]) == (400, "close")
    assert json.loads(body)["detail"].startswith("Malformed HTTP request: ")
    assert wire.ended()


def test_random_bytes_never_stop_the_server(backend: MockBackend) -> None:
    rng = random.Random(7)
    for _ in range(200):
        with closing(Wire(backend)) as wire:
            start = rng.choice([b"", GET[: rng.randrange(len(GET))], GET])
            wire.send(start + rng.randbytes(rng.randrange(1, 300)))
    with closing(Wire(backend)) as wire:
        wire.send(GET)
        assert wire.answer()[0] == 200


def test_without_a_host_a_request_is_refused(wire: Wire) -> None:
    wire.send(b"GET /jobs/ HTTP/1.1\r\nAuthorization: Token t\r\n\r\n" + GET)
    assert wire.answer()[0] == 400
    assert wire.answer()[0] == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://elsewhere:99/jobs/789/", 200),
        ("http://elsewhere", 404),
        ("/jobs/?user=456#fragment", 200),
        ("*", 404),
    ],
)
def test_targets_in_every_form(wire: Wire, target: str, status: int) -> None:
    wire.send(GET.replace(b"/jobs/789/", target.encode()))
    assert wire.answer()[0] == status


@pytest.mark.parametrize("request_line", ["GET /jobs/789/", "CONNECT host:443"])
def test_another_protocol_does_not_follow(wire: Wire, request_line: str) -> None:
    head = HEAD.replace("GET /jobs/789/", request_line)
    wire.send(f"{head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n".encode() + b"\x81\x05hello")
    status, headers, _ = wire.answer()
    assert (status, headers["connection"]) == (200 if "jobs" in request_line else 404, "close")
    assert wire.ended()


def test_clients_may_disappear_at_any_time(backend: MockBackend) -> None:
    for data in (b"", GET[:20], GET, GET * 500):
        wire = Wire(backend)
        wire.send(data)
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        wire.close()
    with closing(Wire(backend)) as wire:
        wire.send(GET)
        assert wire.answer()[0] == 200


def test_stop_closes_open_connections_at_once() -> None:
    threads = threading.active_count()
    backend = MockBackend().start()
    wires = [Wire(backend) for _ in range(20)]
    for wire in wires:
        wire.send(GET)
        wire.answer()
    backend.stop()
    assert all(wire.ended() for wire in wires)
    for wire in wires:
        wire.close()
    assert threading.active_count() == threads


def test_a_stopped_backend_starts_again() -> None:
    backend = MockBackend()
    for _ in range(2):
        with backend, closing(Wire(backend)) as wire:
            wire.send(GET)
            assert wire.answer()[0] == 200


def test_a_taken_port_is_an_error_at_the_start(backend: MockBackend) -> None:
    second = MockBackend(port=int(backend.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="in use") as taken:
        second.start()
    assert taken.value.errno == errno.EADDRINUSE
    second.stop()


class StillServer:
    """What a connection needs of a server, without a loop."""

    watcher = None

    def __init__(self) -> None:
        self.watched: list[int] = []

    def handler(self, _request: Request, _refusal: RequestError | None) -> Response:
        return Response(200, [("Content-Length", "5")], b"hello")

    def body_limit(self, _target: str) -> int:
        return 1000

    def watch(self, _connection: Connection, events: int) -> None:
        self.watched.append(events)

    def forget(self, _connection: Connection) -> None:
        self.watched.append(0)


def test_a_socket_that_is_not_ready_after_all_is_tried_again() -> None:
    server = StillServer()
    ours, theirs = socket.socketpair()
    with closing(theirs):
        ours.setblocking(False)
        connection = Connection(cast("Server", server), ours)
        connection.on_event(selectors.EVENT_READ)
        assert server.watched == [selectors.EVENT_READ]
        with contextlib.suppress(BlockingIOError):
            while True:
                ours.send(b"x" * 65536)
        theirs.send(GET)
        connection.on_event(selectors.EVENT_READ)
        assert server.watched[-1] == selectors.EVENT_WRITE
        theirs.recv(10_000_000)
        connection.on_event(selectors.EVENT_WRITE)
        assert server.watched[-1] == selectors.EVENT_READ
        connection.close()
        connection.close()
        assert server.watched.count(0) == 1


@pytest.mark.parametrize("how", ["closed", "reset", "gone before the answer"])
def test_a_connection_that_the_client_ends_is_closed(how: str) -> None:
    server = StillServer()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    connection = Connection(cast("Server", server), ours)
    if how == "reset":
        # Data that the client never read makes of its end a reset.
        ours.send(b"x")
    if how == "gone before the answer":
        theirs.send(GET)
    theirs.close()
    connection.on_event(selectors.EVENT_READ)
    assert server.watched[-1] == 0
    assert ours.fileno() == -1
