# Derived from tests/_async/test_pool.py by scripts/unasync.py; do not edit.
"""The pool of connections: which one carries a call, what makes one unfit, and that none is ever lost."""

from __future__ import annotations

import io
import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from synapse_backend import (
    BackendClient,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    HTTPError,
    NotFoundError,
    OutcomeUnknownError,
    ResponseError,
    _pools,
)
from synapse_backend._sync._pool import Response
from synapse_backend._wire import WireRequest
from tests.support.canary import TOKEN
from tests.support.clock import FakeClock
from tests.support.scripted import NOTHING, RESET, SILENCE, Answer, ScriptedServer, chunked, json_reply, reply
from tests.support.tls import CERTIFICATE, EXPIRED, server_context

JOB = json_reply({"id": 789})
LONG_FILE = 2_000_000


def held(client: BackendClient) -> Response:
    """Return an answer that is not read, and so keeps a connection of the client in use."""
    limits = dict.fromkeys(("connect", "read", "write", "pool"), 60.0)
    return client._caller.pool.handle_request(WireRequest(b"GET", b"/", [(b"Host", b"x")], b"", limits))


def give_back(answer: Response) -> None:
    """Read an answer to its end, as a call does."""
    assert b"".join([piece for piece in answer.stream]) == b"{}"
    answer.close()


# --- which connection ---------------------------------------------------------------------------------------------


def test_a_connection_is_used_again(client: BackendClient, server: ScriptedServer) -> None:
    chunks = Answer(chunked(b'{"id":', b" 789}") + b"0\r\n\r\n")
    server.plays(JOB, chunks, reply(204), json_reply({"detail": "Not found."}, 404), reply(503), JOB)
    client.get_job(789)
    client.get_job(789)
    client.get_job(789)
    for _ in range(2):
        with pytest.raises(HTTPError):
            client.get_job(789)
    client.get_job(789)
    assert server.carriers == [1] * 6


def test_a_connection_over_tls_is_used_again() -> None:
    with ScriptedServer(server_context()) as server:
        server.plays(JOB, JOB, JOB)
        with BackendClient(server.url, TOKEN, verify=CERTIFICATE) as client:
            for _ in range(3):
                client.get_job(789)
    assert server.carriers == [1, 1, 1]


def test_the_connection_that_was_used_last_is_taken_first(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(reply(200, b"{}"), reply(200, b"{}"), JOB, JOB)
    first, second = held(client), held(client)
    give_back(second)
    give_back(first)
    client.get_job(789)
    client.get_job(789)
    assert server.carriers == [1, 2, 1, 1]


def test_connections_that_are_too_many_to_keep_are_closed(
    client: BackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_IDLE_CONNECTIONS", 2)
    server.plays(*[reply(200, b"{}")] * 3, JOB)
    for answer in [held(client) for _ in range(3)]:
        give_back(answer)
    server.wait_until_idle(but=2)
    client.get_job(789)
    assert server.connections == 3


def test_every_connection_that_is_too_old_is_closed(
    client: BackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.plays(reply(200, b"{}"), reply(200, b"{}"), JOB)
    for answer in [held(client), held(client)]:
        give_back(answer)
    monkeypatch.setattr(_pools, "KEEPALIVE_EXPIRY", -1.0)
    client.get_job(789)
    server.wait_until_idle(but=1)
    assert server.carriers == [1, 2, 3]


# --- what makes a connection unfit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(200, b'{"id": 789}', headers={"Connection": "close"}), id="server asks"),
        pytest.param(
            Answer(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"id": 789}', "close"), id="1.0"
        ),
        pytest.param(Answer(JOB.bytes + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), id="second answer"),
        pytest.param(Answer(JOB.bytes + b"\r\n"), id="stray line"),
        pytest.param(Answer(reply(204).bytes + b"{}"), id="body after 204"),
    ],
)
def test_a_connection_that_may_hold_more_than_was_asked_for_is_closed(
    answer: Answer, client: BackendClient, server: ScriptedServer
) -> None:
    server.plays(answer, JOB)
    client.get_job(1)
    server.wait_until_idle()
    assert (client.get_job(789))["id"] == 789
    assert server.carriers == [1, 2]


def test_what_arrives_between_two_calls_is_not_the_answer_to_the_second(
    client: BackendClient, server: ScriptedServer
) -> None:
    between, arrived = threading.Event(), threading.Event()

    def unasked() -> Iterator[bytes]:
        yield JOB.bytes
        between.wait()
        yield reply(408, b"{}").bytes
        arrived.set()

    server.plays(Answer(unasked()), JOB)
    client.get_job(1)
    between.set()
    arrived.wait()
    assert (client.get_job(789))["id"] == 789
    assert server.carriers == [1, 2]


@pytest.mark.parametrize("tail", [reply(200, b'{"id": 666}').bytes, b"\r\n"])
def test_what_follows_an_answer_over_tls_is_not_the_answer_to_the_next_call(tail: bytes) -> None:
    arrived = threading.Event()

    def more_than_asked() -> Iterator[bytes]:
        yield JOB.bytes
        # A record of its own, which TLS may read ahead.
        yield tail
        arrived.set()

    with ScriptedServer(server_context()) as server:
        server.plays(Answer(more_than_asked()), JOB)
        with BackendClient(server.url, TOKEN, verify=CERTIFICATE) as client:
            client.get_job(1)
            arrived.wait()
            assert (client.get_job(789))["id"] == 789
    assert server.carriers == [1, 2]


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_an_answer_of_which_only_a_part_was_wanted_costs_its_connection(
    size: int, client: BackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(200, b"x" * size), JOB)
    answer = held(client)
    answer.close()
    server.wait_until_idle()
    client.get_job(789)
    assert server.connections == 2


# --- the head of an answer ----------------------------------------------------------------------------------------


def test_announcements_before_an_answer_are_skipped(client: BackendClient, server: ScriptedServer) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    server.plays(Answer(b"HTTP/1.1 100 Continue\r\n\r\n" + hints * 50 + JOB.bytes), JOB)
    assert (client.get_job(789))["id"] == 789
    client.get_job(789)
    assert server.connections == 1


def test_announcements_without_end_are_no_answer(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(Answer(itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20, 5000)))
    with pytest.raises(ResponseError, match="announces an answer again and again but gives none") as caught:
        client.get_job(789)
    assert caught.value.kind == "protocol"
    server.wait_until_idle()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Long": "a" * 90_000}, id="long"),
        pytest.param({f"X-{number}": "a" for number in range(9000)}, id="many"),
    ],
)
def test_a_large_head_is_taken(headers: dict[str, str], client: BackendClient, server: ScriptedServer) -> None:
    server.plays(reply(200, b'{"id": 789}', headers=headers))
    assert (client.get_job(789))["id"] == 789


def test_a_head_without_end_is_refused(client: BackendClient, server: ScriptedServer) -> None:
    endless = itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X-Header: value\r\n" * 100))
    server.plays(Answer(endless))
    with pytest.raises(ResponseError) as caught:
        client.get_job(789)
    assert (caught.value.kind, caught.value.status_code) == ("protocol", 502)
    server.wait_until_idle()


def test_a_head_may_come_byte_by_byte(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(Answer(bytes([byte]) for byte in JOB.bytes))
    assert (client.get_job(789))["id"] == 789


# --- deadlines ----------------------------------------------------------------------------------------------------


def test_a_head_that_drips_does_not_beat_the_deadline(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    def drip() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nX-Drip: "
        while True:
            clock.sleep(1)
            yield b"."

    server.plays(Answer(drip()))
    with pytest.raises(ClientTimeoutError, match="the deadline of the call passed") as caught:
        persistent.get_job(789, options={"deadline": 20})
    assert caught.value.attempts == 1
    server.wait_until_idle()


def test_announcements_that_drip_do_not_beat_the_deadline(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    def drip() -> Iterator[bytes]:
        while True:
            clock.sleep(5)
            yield b"HTTP/1.1 102 Processing\r\n\r\n"

    server.plays(Answer(drip()))
    with pytest.raises(OutcomeUnknownError, match="the deadline of the call passed"):
        persistent.create_plugin({"name": "x"}, options={"deadline": 20})
    server.wait_until_idle()


def test_a_file_that_drips_does_not_beat_the_deadline(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            clock.sleep(9)
            return super().read(size)

    server.plays(SILENCE)
    with pytest.raises(OutcomeUnknownError, match="the deadline of the call passed") as caught:
        persistent.create_plugin_release({"file": Slow(bytes(LONG_FILE))}, options={"deadline": 20})
    assert caught.value.elapsed >= 20
    server.wait_until_idle()
    assert server.sizes[0] < LONG_FILE


# --- answers before the end of the request ------------------------------------------------------------------------


def test_an_answer_may_come_before_the_request_has_been_read(client: BackendClient, server: ScriptedServer) -> None:
    # A server that refuses a body says so at once, and reads the rest only to be polite.
    refused = threading.Event()

    class File(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if self.tell() > LONG_FILE // 2:
                refused.wait()
            return piece

    def refuse() -> Iterator[bytes]:
        yield json_reply({"detail": "Too large."}, 413, headers={"Connection": "close"}).bytes
        refused.set()

    server.plays(Answer(refuse(), then="drain", reads="head"), JOB)
    with pytest.raises(HTTPError, match="413") as caught:
        client.create_plugin_release({"file": File(bytes(LONG_FILE))})
    assert caught.value.response == {"detail": "Too large."}
    client.get_job(789)
    assert server.carriers == [1, 2]


# --- limits -------------------------------------------------------------------------------------------------------


def test_a_call_that_finds_every_connection_in_use_waits_and_tries_again(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 1)

    class Releasing(FakeClock):
        def sleep(self, seconds: float) -> None:
            give_back(answer)
            super().sleep(seconds)

    clock = Releasing()
    server.plays(reply(200, b"{}"), json_reply({"id": 1}, 201))
    with BackendClient(server.url, TOKEN, timeout={"pool": 0.01}, clock=clock) as client:
        answer = held(client)
        assert (client.create_plugin({"name": "x"}))["id"] == 1
    assert len(clock.waits) == 1
    assert server.carriers == [1, 1]


def test_a_call_that_finds_every_connection_in_use_gives_up_in_the_end(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 1)
    server.plays(reply(200, b"{}"))
    with BackendClient(server.url, TOKEN, timeout={"pool": 0.01}, clock=FakeClock()) as client:
        answer = held(client)
        with pytest.raises(ClientConnectionError, match="no free connection in time") as caught:
            client.create_plugin({"name": "x"})
        give_back(answer)
    assert (caught.value.sent, caught.value.attempts) == (False, 4)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(NOTHING, id="end"),
        pytest.param(RESET, id="reset"),
        pytest.param(SILENCE, id="silence"),
        pytest.param(Answer(b"garbage\r\n\r\n"), id="garbage"),
        pytest.param(reply(500), id="status"),
        pytest.param(reply(200, b"[" * 100_000), id="no json"),
        pytest.param(reply(200, b"{", length=100, then="close"), id="body cut"),
        pytest.param(reply(200, b"{", length=100, then="reset"), id="body reset"),
        pytest.param(reply(200, b"{", length=100, then="hold"), id="body stops"),
        pytest.param(reply(200, b"{}", headers={"Content-Encoding": "br"}), id="unknown coding"),
        pytest.param(reply(404, b"{", length=100, then="close"), id="error cut"),
        pytest.param(Answer(chunked(*[bytes(1000)] * 100)), id="too large"),
        pytest.param(Answer(b"", then="hold", reads="nothing"), id="nothing read"),
    ],
)
def test_no_failure_costs_a_place_in_the_pool(
    fault: Answer, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 1)
    # Only what never comes is not waited for.
    limits: Any = {"connect": 60, "read": 0.05 if fault.then == "hold" else 60, "write": 60, "pool": 60}
    with BackendClient(server.url, timeout=60, retries=0, max_response_bytes=50_000) as client:
        for _ in range(2):
            server.plays(fault)
            with pytest.raises(ClientError):
                client.get_job(1, options={"timeout": limits})
            # A client that does not wait may have left before the server has read what it sent.
            server.wait_until_played(60)
        server.plays(JOB)
        assert (client.get_job(789))["id"] == 789
    server.wait_until_idle()


def test_no_connection_that_fails_costs_a_place_in_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 1)
    with ScriptedServer(server_context()) as server:
        with BackendClient(server.url, timeout={"pool": 60}) as client:
            for _ in range(3):
                with pytest.raises(ClientConnectionError, match="the certificate is not trusted"):
                    client.get_job(789)
        server.wait_until_idle()


def test_an_expired_certificate_is_refused_at_once() -> None:
    with ScriptedServer(server_context(EXPIRED)) as server:
        with BackendClient(server.url, TOKEN, verify=EXPIRED) as client:
            with pytest.raises(ClientConnectionError, match=r"not trusted \(certificate has expired") as caught:
                client.create_plugin({"name": "x"})
    assert (caught.value.attempts, caught.value.sent) == (1, False)
    assert (server.connections, server.requests) == (1, [])


# --- the end ------------------------------------------------------------------------------------------------------


def test_a_call_in_flight_ends_well_when_its_client_is_closed(server: ScriptedServer) -> None:
    server.plays(reply(200, b"{}"), reply(200, b"{}"))
    client = BackendClient(server.url)
    used, idle = held(client), held(client)
    give_back(idle)
    client.close()
    server.wait_until_idle(but=1)
    give_back(used)
    server.wait_until_idle()


def test_an_error_of_a_call_in_flight_is_its_own_when_its_client_is_closed(server: ScriptedServer) -> None:
    class Closing(FakeClock):
        def sleep(self, seconds: float) -> None:
            client.close()

    server.plays(reply(503), reply(404, b"{}"))
    client = BackendClient(server.url, clock=Closing())
    with pytest.raises(NotFoundError):
        client.get_job(789)
    server.wait_until_idle()
