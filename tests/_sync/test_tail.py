# Derived from tests/_async/test_tail.py by scripts/unasync.py; do not edit.
"""Following the console of a job over real connections: broken, silent, refused, and left early."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from synapse_backend import (
    AuthorizationError,
    BackendClient,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ResponseEvent,
    ServerError,
)
from synapse_backend._sync import _connection
from tests.support.canary import TOKEN, forms
from tests.support.clock import FakeClock
from tests.support.scripted import RESET, Answer, ScriptedServer, Then, chunked, json_reply, reply

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"
HEARTBEAT = b": heartbeat\n\n"


def frame(**fields: Any) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


def log(*texts: str) -> bytes:
    return b"".join(frame(type="log", data={"message": text, "level": "info"}) for text in texts)


CONNECTED = frame(type="connected", job_id=789)
COMPLETE = frame(type="complete", message="done")


def events(*frames: bytes, then: Then = "keep") -> Answer:
    """Return a stream that ends as it should."""
    return Answer(chunked(*frames, head=HEAD) + b"0\r\n\r\n", then)


def broken(*frames: bytes, then: Then = "close") -> Answer:
    """Return a stream whose connection ends in the middle."""
    return Answer(chunked(*frames, head=HEAD), then)


def tail(client: BackendClient, **named: Any) -> list[str]:
    return [line for line in client.tail_job_console_logs(789, **named)]


def test_the_lines_of_a_job_come_until_it_ends(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(events(CONNECTED, log("one", "두 번째"), HEARTBEAT, log("three\nfour"), COMPLETE))
    assert tail(client) == ["one", "두 번째", "three", "four"]
    [request] = server.requests
    assert (request.method, request.target) == ("GET", "/jobs/789/tail_console_logs/")
    assert request.values("Accept")[0].startswith("text/event-stream")
    assert request.values("Accept-Encoding") == ["identity"]
    assert request.values("Synapse-Access-Token") == [f"Token {TOKEN}"]


def test_lines_come_while_the_stream_goes_on(client: BackendClient, server: ScriptedServer) -> None:
    whole = chunked(CONNECTED, log("하나"), log("two"), COMPLETE, head=HEAD)
    server.plays(Answer(bytes([byte]) for byte in whole))
    assert tail(client) == ["하나", "two"]


def test_nothing_is_asked_before_the_first_line_is_wanted(client: BackendClient, server: ScriptedServer) -> None:
    lines = client.tail_job_console_logs(789)
    assert server.connections == 0
    lines.close()
    assert server.connections == 0


def test_a_tail_that_is_left_early_ends_its_request(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(broken(CONNECTED, log("one", "two"), then="hold"), json_reply({"id": 789}))
    with contextlib.closing(client.tail_job_console_logs(789)) as lines:
        assert next(lines) == "one"
    server.wait_until_idle()
    client.get_job(789)
    assert server.connections == 2


def test_earlier_backends_send_lines_and_no_end(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(events(b"data: one\n\n", b"data: loss=0.5\n\n"), events(), reply(204, content_type=None))
    assert tail(client) == ["one", "loss=0.5"]
    assert tail(client) == []
    assert tail(client) == []


# --- broken off -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(broken(CONNECTED, log("one", "two")), id="FIN"),
        pytest.param(broken(CONNECTED, log("one", "two"), then="reset"), id="reset"),
        pytest.param(broken(CONNECTED, log("one"), log("two")[:-9]), id="in an event"),
        pytest.param(events(CONNECTED, log("one", "two")), id="ended without an end"),
        pytest.param(events(CONNECTED), id="ended before it began"),
    ],
)
def test_a_tail_goes_on_behind_a_break_and_repeats_nothing(
    first: Answer, persistent: BackendClient, server: ScriptedServer
) -> None:
    server.plays(first, events(CONNECTED, log("one", "two", "three"), COMPLETE))
    assert tail(persistent) == ["one", "two", "three"]


def test_breaks_are_counted_anew_with_every_new_line(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    texts = [str(number) for number in range(10)]
    server.plays(
        *(broken(CONNECTED, log(*texts[:end])) for end in range(1, 10)), events(CONNECTED, log(*texts), COMPLETE)
    )
    assert tail(persistent) == texts
    assert len(clock.waits) == 9


def test_a_tail_that_breaks_again_and_again_is_given_up(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(*[broken(CONNECTED, log("one"))] * 4)
    lines = persistent.tail_job_console_logs(789)
    assert next(lines) == "one"
    with pytest.raises(ResponseError, match="the body broke off after") as caught:
        next(lines)
    assert (caught.value.kind, caught.value.status_code) == ("truncated", 200)
    assert len(clock.waits) == 3


def test_a_stream_that_always_ends_too_early_is_given_up(persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(*[events(CONNECTED)] * 4)
    with pytest.raises(ResponseError, match="answered 200, but the log ended before the job did"):
        tail(persistent)


@pytest.mark.parametrize(
    "second", [events(CONNECTED, log("two", "three"), COMPLETE), events(CONNECTED, log("one"), COMPLETE)]
)
def test_a_log_that_does_not_come_again_is_an_error(
    second: Answer, persistent: BackendClient, server: ScriptedServer
) -> None:
    server.plays(broken(CONNECTED, log("one", "two")), second)
    lines = persistent.tail_job_console_logs(789)
    assert [next(lines), next(lines)] == ["one", "two"]
    with pytest.raises(ResponseError, match="broke off after 2 lines and does not begin again with these") as caught:
        next(lines)
    assert caught.value.kind == "truncated"


def test_what_fails_when_it_is_asked_for_again_is_the_error(persistent: BackendClient, server: ScriptedServer) -> None:
    server.plays(broken(CONNECTED, log("one")), json_reply({"detail": "Not found."}, 404))
    with pytest.raises(NotFoundError):
        tail(persistent)


# --- silence --------------------------------------------------------------------------------------------------------


def test_silence_has_an_end(persistent: BackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float | None] = []

    def shorter(limit: float | None, _kind: object) -> float | None:
        # Nobody waits here for as long as the caller would; what has not come yet may take its time.
        limits.append(limit)
        return 0.05 if heard else limit

    heard: list[str] = []
    monkeypatch.setattr(_connection, "time_left", shorter)
    server.plays(broken(CONNECTED, log("one"), then="hold"))
    lines = persistent.tail_job_console_logs(789, idle_timeout=70)
    heard.append(next(lines))
    assert heard == ["one"]
    with pytest.raises(ClientTimeoutError, match="no answer in time"):
        next(lines)
    assert limits[-1] == 70
    server.wait_until_idle()


def test_heartbeats_are_no_silence_and_no_deadline_of_the_client_counts(
    server: ScriptedServer, clock: FakeClock
) -> None:
    with BackendClient(server.url, timeout=60, deadline=5, clock=clock, retries=0) as client:
        server.plays(events(CONNECTED, log("one"), HEARTBEAT, log("two"), COMPLETE))
        lines = client.tail_job_console_logs(789, idle_timeout=None)
        assert next(lines) == "one"
        clock.sleep(1000)
        assert [line for line in lines] == ["two"]


def test_a_deadline_of_the_call_counts_over_all_its_requests(server: ScriptedServer, clock: FakeClock) -> None:
    with BackendClient(server.url, clock=clock) as client:
        server.plays(broken(CONNECTED, log("one")), broken(CONNECTED, log("one", "two")))
        lines = client.tail_job_console_logs(789, options={"deadline": 100, "timeout": 60})
        assert next(lines) == "one"
        clock.sleep(50)
        assert next(lines) == "two"
        clock.sleep(60)
        with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
            next(lines)


@pytest.mark.parametrize(("limit", "error"), [(0, ValueError), (-1, ValueError), ("90", TypeError)])
def test_a_silence_is_a_number_of_seconds(limit: Any, error: type[Exception], client: BackendClient) -> None:
    with pytest.raises(error, match="idle_timeout must be a"):
        client.tail_job_console_logs(789, idle_timeout=limit)


def test_a_job_without_an_id_is_refused(client: BackendClient) -> None:
    with pytest.raises(ValueError, match="pk is empty"):
        tail_of(client, "")


def tail_of(client: BackendClient, pk: str) -> list[str]:
    return [line for line in client.tail_job_console_logs(pk)]


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "error", "status"),
    [
        ("Job 789 not found", NotFoundError, 404),
        ("permission denied", AuthorizationError, 403),
        ("the agent is gone", ServerError, 500),
    ],
)
def test_an_error_in_the_stream_is_one(
    message: str, error: type[ClientError], status: int, persistent: BackendClient, server: ScriptedServer
) -> None:
    server.plays(events(CONNECTED, log("one"), frame(type="error", message=message)))
    lines = persistent.tail_job_console_logs(789)
    assert next(lines) == "one"
    with pytest.raises(error, match=f"answered 200, but the log ended with an error: {message}") as caught:
        next(lines)
    assert type(caught.value) is error
    assert (caught.value.status_code, caught.value.path) == (status, "/jobs/{pk}/tail_console_logs/")
    assert caught.value.response == {"type": "error", "message": message}
    assert len(server.requests) == 1


def test_the_answer_before_the_stream_is_what_the_status_says(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"detail": "slow down"}, 429, {"Retry-After": "3600"}), json_reply({"detail": "no"}, 403))
    with pytest.raises(RateLimitError) as caught:
        tail(client)
    assert caught.value.retry_after == 3600
    with pytest.raises(AuthorizationError):
        tail(client)


def test_a_stream_is_asked_for_again_until_it_begins(
    persistent: BackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    busy = [json_reply({}, status, {"Retry-After": "7"}) for status in (429, 503)]
    server.plays(*busy, RESET, events(CONNECTED, log("one"), COMPLETE))
    assert tail(persistent) == ["one"]
    assert clock.waits[:2] == [7, 7]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(200, b"<html>Sign in</html>", "text/html; charset=utf-8"), "content_type"),
        (json_reply([]), "content_type"),
        (broken(b"data: " + b"x" * 9_000_000, then="drain"), "too_large"),
    ],
)
def test_what_is_no_stream_of_events_is_refused(
    answer: Answer, kind: str, persistent: BackendClient, server: ScriptedServer
) -> None:
    server.plays(answer)
    with pytest.raises(ResponseError) as caught:
        tail(persistent)
    assert caught.value.kind == kind
    server.wait_until_idle()


def test_a_stream_that_cannot_be_asked_for_is_an_error(client: BackendClient, server: ScriptedServer) -> None:
    server.plays(RESET)
    with pytest.raises(ClientConnectionError):
        tail(client)


def test_an_error_of_the_reader_is_theirs(client: BackendClient, server: ScriptedServer) -> None:
    def read() -> None:
        with contextlib.closing(client.tail_job_console_logs(789)) as lines:
            for _ in lines:
                raise ResponseError("mine")

    server.plays(broken(CONNECTED, log("one"), then="hold"))
    with pytest.raises(ResponseError, match="mine"):
        read()
    server.wait_until_idle()


def test_no_error_in_a_stream_shows_the_token(server: ScriptedServer) -> None:
    told: list[ResponseEvent] = []
    server.plays(events(CONNECTED, frame(type="error", message=f"bad token {TOKEN}")))
    with BackendClient(server.url, TOKEN, on_response=told.append) as client:
        with pytest.raises(ServerError) as caught:
            tail(client)
    [event] = told
    assert event.error is caught.value
    assert [text for text in [*forms(caught.value), repr(told)] if TOKEN in text] == []
