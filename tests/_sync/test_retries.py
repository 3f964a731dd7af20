# Derived from tests/_async/test_retries.py by scripts/unasync.py; do not edit.
"""Attempts: what is tried again, how long it may take, and what is asked for in between."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from synapse_backend import (
    AuthenticationError,
    BackendClient,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from tests.support.clock import FOR_EVER, FakeClock
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

BUSY = reply(503, b"{}")
JOB = json_reply({"id": 789})


def test_a_call_survives_what_passes(persistent: BackendClient, server: ScriptedServer, clock: FakeClock) -> None:
    server.plays(RESET, BUSY, reply(200, b'{"id": 7', length=10, then="close"), JOB)
    assert (persistent.get_job(789))["id"] == 789
    assert len(server.requests) == 4
    assert [wait <= bound for wait, bound in zip(clock.waits, (0.5, 1.0, 2.0), strict=True)] == [True] * 3


def test_after_the_last_attempt_the_last_error_is_told(persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(NOTHING, BUSY, BUSY, BUSY)
    with pytest.raises(ServerError, match="4 attempts") as caught:
        persistent.get_job(789)
    assert caught.value.attempts == 4


def test_all_attempts_of_a_call_carry_the_same_request_id(persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(BUSY, JOB, JOB)
    persistent.get_job(789)
    persistent.get_job(789)
    first, second, third = [request.values("X-Request-ID")[0] for request in server.requests]
    assert first == second != third
    assert len(first) == 16


def test_what_was_not_sent_is_tried_again_whatever_it_does(clock: FakeClock) -> None:
    with BackendClient(f"http://127.0.0.1:{free_port()}", clock=clock) as client:
        with pytest.raises(ClientConnectionError, match="4 attempts"):
            client.create_plugin({"name": "x"})
    assert len(clock.waits) == 3
    assert all(wait <= 0.2 for wait in clock.waits)


def test_what_must_not_happen_twice_is_sent_once(persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(NOTHING, BUSY)
    with pytest.raises(OutcomeUnknownError):
        persistent.create_plugin({"name": "x"})
    with pytest.raises(ServerError):
        persistent.create_plugin({"name": "x"})
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(b"HTTP/9 ???\r\n\r\n", then="close"), id="no http"),
        pytest.param(reply(200, b"plain", headers={"Content-Encoding": "gzip"}), id="no gzip"),
    ],
)
def test_garbage_is_read_twice_and_no_more(answer: Answer, persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(answer, answer)
    with pytest.raises(ResponseError, match="2 attempts"):
        persistent.get_job(789)


def test_an_answer_that_would_be_the_same_again_is_not_asked_for_again(
    persistent: BackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(200, b"<html>", "text/html"))
    with pytest.raises(ResponseError, match="1 attempt,"):
        persistent.get_job(789)


def test_a_wait_that_the_server_asks_for_is_kept(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(reply(429, b"{}", headers={"Retry-After": "17"}), reply(201, b'{"id": 1}'))
    assert (persistent.create_plugin({"name": "x"}))["id"] == 1
    assert clock.waits == [17.0]


def test_a_wait_of_more_than_a_minute_is_left_to_the_caller(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(reply(429, b"{}", headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimitError) as caught:
        persistent.get_job(789)
    assert (caught.value.retry_after, clock.waits) == (3600, [])


def test_a_file_is_sent_from_where_it_stood_at_every_attempt(
    persistent: BackendClient, server: ScriptedServer, package: Path
) -> None:
    server.plays(reply(429, b"{}"), reply(201, b'{"id": 1}'))
    with package.open("rb") as file:
        file.seek(3)
        persistent.create_plugin_release({"plugin": 1, "version": "1", "file": file})
    contents = [[part.content for part in request.parts] for request in server.requests]
    assert contents == [[b"1", b"1", b"3456789"]] * 2


def test_a_call_may_ask_for_fewer_attempts(persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(BUSY, BUSY, BUSY)
    with pytest.raises(ServerError):
        persistent.get_job(789, options={"retries": 0})
    with pytest.raises(ServerError):
        persistent.get_job(789, options={"retries": 1})
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "error", "further"), [(503, ServerError, 35), (429, RateLimitError, 100)], ids=["outage", "throttled"]
)
def test_an_outage_is_not_met_with_a_storm(
    status: int, error: type[ClientError], further: int, persistent: BackendClient, server: ScriptedServer
) -> None:
    server.plays(*[reply(status, b"{}")] * (100 + further))
    for _ in range(100):
        with pytest.raises(error):
            persistent.get_job(789)
    # A hundred calls, and the further attempts that the budget of a client has.
    assert len(server.requests) == 100 + further


def test_clients_that_failed_together_do_not_come_back_together(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(*[BUSY, JOB] * 20)
    for _ in range(20):
        persistent.get_job(789)
    assert len(set(clock.waits)) == 20
    assert max(clock.waits) - min(clock.waits) > 0.1


# --- deadlines ----------------------------------------------------------------------------------------------------


def test_a_wait_that_would_miss_the_deadline_is_not_begun(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(reply(503, b"{}", headers={"Retry-After": "30"}))
    with pytest.raises(ServerError) as caught:
        persistent.get_job(789, options={"deadline": 20})
    assert (caught.value.attempts, clock.waits) == (1, [])


def test_the_deadline_holds_for_all_attempts_together(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(*[reply(503, b"{}", headers={"Retry-After": "8"})] * 3)
    with pytest.raises(ServerError) as caught:
        persistent.get_job(789, options={"deadline": 20})
    assert (caught.value.attempts, caught.value.elapsed, clock.waits) == (3, 16, [8, 8])


def test_an_answer_that_drips_does_not_beat_the_deadline(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    def drip() -> itertools.chain[bytes]:
        return itertools.chain([chunked()], (clock.sleep(1) or b"1\r\n \r\n" for _ in itertools.count()))  # type: ignore[func-returns-value]

    server.plays(Answer(drip()))
    with pytest.raises(ClientTimeoutError, match="the deadline of the call passed") as caught:
        persistent.get_job(789, options={"deadline": 20, "retries": 0})
    assert caught.value.status_code == 408
    assert caught.value.elapsed >= 20
    server.wait_until_idle()


def test_the_deadline_holds_for_a_transport_that_was_handed_in(clock: FakeClock) -> None:
    class Drip:
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(100):
                clock.sleep(1)
                yield b" "

    def answer(request: httpx.Request) -> httpx.Response:
        stream: Any = Drip()
        return httpx.Response(200, stream=stream)

    transport = httpx.MockTransport(answer)
    with BackendClient("http://mock", clock=clock, retries=0, transport=transport) as client:
        with pytest.raises(ClientTimeoutError, match="the deadline of the call passed") as caught:
            client.get_job(789, options={"deadline": 20})
    assert caught.value.elapsed == 20


def test_no_request_is_made_when_the_time_is_up(server: ScriptedServer, clock: FakeClock) -> None:
    # The hook is the last that happens before an attempt.
    with BackendClient(server.url, clock=clock, on_request=lambda event: clock.sleep(30)) as client:
        with pytest.raises(
            ClientTimeoutError, match=r"could not connect to .*: the deadline of the call passed"
        ) as caught:
            client.create_plugin({"name": "x"}, options={"deadline": 20})
    assert (caught.value.sent, server.requests) == (False, [])


def test_silence_lasts_no_longer_than_the_call() -> None:
    with ScriptedServer() as server:
        # On a busy machine the deadline may pass before the request is sent.
        server.plays(SILENCE)
        with BackendClient(server.url, retries=0, timeout=FOR_EVER) as client:
            with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
                client.get_job(789, options={"deadline": 0.05})


# --- tokens -------------------------------------------------------------------------------------------------------


def tokens(*values: str) -> Callable[[], str]:
    """Return a function that returns one token after the other."""
    return iter(values).__next__


def test_a_refused_token_is_replaced_once_and_the_call_made_again(server: ScriptedServer) -> None:
    server.plays(reply(401, b"{}"), reply(201, b'{"id": 1}'), JOB)
    with BackendClient(server.url, tokens("old", "new"), retries=0) as client:
        client.create_plugin({"name": "x"})
        client.get_job(789)
    sent = [request.values("Synapse-Access-Token") for request in server.requests]
    assert sent == [["Token old"], ["Token new"], ["Token new"]]


def test_a_second_refusal_is_an_error(server: ScriptedServer) -> None:
    server.plays(reply(401, b"{}"), reply(401, b"{}"))
    with BackendClient(server.url, tokens("old", "new", "never asked for")) as client:
        with pytest.raises(AuthenticationError, match="2 attempts"):
            client.get_job(789)


def test_a_token_that_cannot_be_sent_is_an_error_of_its_function(server: ScriptedServer) -> None:
    with BackendClient(server.url, tokens("two words")) as client:
        with pytest.raises(ValueError, match=r"^api_token\(\) holds a space"):
            client.get_job(789)
    assert server.connections == 0


# --- what those who watch are told ---------------------------------------------------------------------------------


def test_every_attempt_and_every_call_is_told(server: ScriptedServer, clock: FakeClock) -> None:
    told: list[object] = []
    hooks = {"on_request": told.append, "on_retry": told.append, "on_response": told.append}
    server.plays(reply(503, b"{}", headers={"Retry-After": "2"}), JOB)
    with BackendClient(server.url, clock=clock, **hooks) as client:  # type: ignore[arg-type]
        client.get_job(789)
    request_id = server.requests[0].values("X-Request-ID")[0]
    common = {"operation": "get_job", "method": "GET", "path": "/jobs/{pk}/", "request_id": request_id}
    shown = [(type(event).__name__, {name: getattr(event, name) for name in type(event).__slots__}) for event in told]  # type: ignore[attr-defined]
    error = shown[1][1].pop("error")
    assert isinstance(error, ServerError)
    assert shown == [
        ("RequestEvent", {**common, "attempt": 1}),
        ("RetryEvent", {**common, "attempt": 1, "delay": 2.0}),
        ("RequestEvent", {**common, "attempt": 2}),
        ("ResponseEvent", {**common, "attempts": 2, "status": 200, "elapsed": 2.0, "error": None}),
    ]


def test_a_failed_call_is_told_with_its_error(server: ScriptedServer) -> None:
    ended: list[object] = []
    server.plays(NOTHING)
    with BackendClient(server.url, retries=0, on_response=ended.append) as client:
        with pytest.raises(OutcomeUnknownError) as caught:
            client.create_plugin({"name": "x"})
    [event] = ended
    assert (getattr(event, "status", 0), getattr(event, "error", 0)) == (None, caught.value)


def test_what_a_hook_raises_reaches_the_caller(server: ScriptedServer) -> None:
    def stop(event: object) -> None:
        raise KeyError("enough")

    with BackendClient(server.url, on_request=stop) as client:
        with pytest.raises(KeyError, match="enough"):
            client.get_job(789)
    assert server.connections == 0


def test_every_call_is_one_line_in_the_log(
    client: BackendClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "synapse_backend")
    server.plays(JOB, reply(404, b"{}"), NOTHING)
    client.get_job(789)
    with pytest.raises(NotFoundError):
        client.get_job(789)
    with pytest.raises(ClientConnectionError):
        client.get_job(789)
    lines = [record.getMessage().split(" ")[:3] for record in caplog.records]
    assert lines == [
        ["get_job", "200", "attempts=1"],
        ["get_job", "404", "attempts=1"],
        ["get_job", "ClientConnectionError", "attempts=1"],
    ]
