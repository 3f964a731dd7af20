"""Following the console of a job over real connections: broken, silent, refused, and left early."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from synapse_backend import (
    AsyncBackendClient,
    AuthorizationError,
    ClientConnectionError,
    ClientError,
    ClientTimeoutError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ResponseEvent,
    ServerError,
)
from synapse_backend._async import _connection
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


async def tail(client: AsyncBackendClient, **named: Any) -> list[str]:
    return [line async for line in client.tail_job_console_logs(789, **named)]


async def test_the_lines_of_a_job_come_until_it_ends(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(events(CONNECTED, log("one", "두 번째"), HEARTBEAT, log("three\nfour"), COMPLETE))
    assert await tail(client) == ["one", "두 번째", "three", "four"]
    [request] = server.requests
    assert (request.method, request.target) == ("GET", "/jobs/789/tail_console_logs/")
    assert request.values("Accept")[0].startswith("text/event-stream")
    assert request.values("Accept-Encoding") == ["identity"]
    assert request.values("Synapse-Access-Token") == [f"Token {TOKEN}"]


async def test_lines_come_while_the_stream_goes_on(client: AsyncBackendClient, server: ScriptedServer) -> None:
    whole = chunked(CONNECTED, log("하나"), log("two"), COMPLETE, head=HEAD)
    server.plays(Answer(bytes([byte]) for byte in whole))
    assert await tail(client) == ["하나", "two"]


async def test_nothing_is_asked_before_the_first_line_is_wanted(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    lines = client.tail_job_console_logs(789)
    assert server.connections == 0
    await lines.aclose()
    assert server.connections == 0


async def test_a_tail_that_is_left_early_ends_its_request(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(broken(CONNECTED, log("one", "two"), then="hold"), json_reply({"id": 789}))
    async with contextlib.aclosing(client.tail_job_console_logs(789)) as lines:
        assert await anext(lines) == "one"
    server.wait_until_idle()
    await client.get_job(789)
    assert server.connections == 2


async def test_earlier_backends_send_lines_and_no_end(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(events(b"data: one\n\n", b"data: loss=0.5\n\n"), events(), reply(204, content_type=None))
    assert await tail(client) == ["one", "loss=0.5"]
    assert await tail(client) == []
    assert await tail(client) == []


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
async def test_a_tail_goes_on_behind_a_break_and_repeats_nothing(
    first: Answer, persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(first, events(CONNECTED, log("one", "two", "three"), COMPLETE))
    assert await tail(persistent) == ["one", "two", "three"]


async def test_breaks_are_counted_anew_with_every_new_line(
    persistent: AsyncBackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    texts = [str(number) for number in range(10)]
    server.plays(
        *(broken(CONNECTED, log(*texts[:end])) for end in range(1, 10)), events(CONNECTED, log(*texts), COMPLETE)
    )
    assert await tail(persistent) == texts
    assert len(clock.waits) == 9


async def test_a_tail_that_breaks_again_and_again_is_given_up(
    persistent: AsyncBackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(*[broken(CONNECTED, log("one"))] * 4)
    lines = persistent.tail_job_console_logs(789)
    assert await anext(lines) == "one"
    with pytest.raises(ResponseError, match="the body broke off after") as caught:
        await anext(lines)
    assert (caught.value.kind, caught.value.status_code) == ("truncated", 200)
    assert len(clock.waits) == 3


async def test_a_stream_that_always_ends_too_early_is_given_up(
    persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(*[events(CONNECTED)] * 4)
    with pytest.raises(ResponseError, match="answered 200, but the log ended before the job did"):
        await tail(persistent)


@pytest.mark.parametrize(
    "second", [events(CONNECTED, log("two", "three"), COMPLETE), events(CONNECTED, log("one"), COMPLETE)]
)
async def test_a_log_that_does_not_come_again_is_an_error(
    second: Answer, persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(broken(CONNECTED, log("one", "two")), second)
    lines = persistent.tail_job_console_logs(789)
    assert [await anext(lines), await anext(lines)] == ["one", "two"]
    with pytest.raises(ResponseError, match="broke off after 2 lines and does not begin again with these") as caught:
        await anext(lines)
    assert caught.value.kind == "truncated"


async def test_what_fails_when_it_is_asked_for_again_is_the_error(
    persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(broken(CONNECTED, log("one")), json_reply({"detail": "Not found."}, 404))
    with pytest.raises(NotFoundError):
        await tail(persistent)


# --- silence --------------------------------------------------------------------------------------------------------


async def test_silence_has_an_end(
    persistent: AsyncBackendClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float | None] = []

    def shorter(limit: float | None, _kind: object) -> float | None:
        # Nobody waits here for as long as the caller would; what has not come yet may take its time.
        limits.append(limit)
        return 0.05 if heard else limit

    heard: list[str] = []
    monkeypatch.setattr(_connection, "time_left", shorter)
    server.plays(broken(CONNECTED, log("one"), then="hold"))
    lines = persistent.tail_job_console_logs(789, idle_timeout=70)
    heard.append(await anext(lines))
    assert heard == ["one"]
    with pytest.raises(ClientTimeoutError, match="no answer in time"):
        await anext(lines)
    assert limits[-1] == 70
    server.wait_until_idle()


async def test_heartbeats_are_no_silence_and_no_deadline_of_the_client_counts(
    server: ScriptedServer, clock: FakeClock
) -> None:
    async with AsyncBackendClient(server.url, timeout=60, deadline=5, clock=clock, retries=0) as client:
        server.plays(events(CONNECTED, log("one"), HEARTBEAT, log("two"), COMPLETE))
        lines = client.tail_job_console_logs(789, idle_timeout=None)
        assert await anext(lines) == "one"
        await clock.asleep(1000)
        assert [line async for line in lines] == ["two"]


async def test_a_deadline_of_the_call_counts_over_all_its_requests(server: ScriptedServer, clock: FakeClock) -> None:
    async with AsyncBackendClient(server.url, clock=clock) as client:
        server.plays(broken(CONNECTED, log("one")), broken(CONNECTED, log("one", "two")))
        lines = client.tail_job_console_logs(789, options={"deadline": 100, "timeout": 60})
        assert await anext(lines) == "one"
        await clock.asleep(50)
        assert await anext(lines) == "two"
        await clock.asleep(60)
        with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
            await anext(lines)


@pytest.mark.parametrize(("limit", "error"), [(0, ValueError), (-1, ValueError), ("90", TypeError)])
async def test_a_silence_is_a_number_of_seconds(limit: Any, error: type[Exception], client: AsyncBackendClient) -> None:
    with pytest.raises(error, match="idle_timeout must be a"):
        client.tail_job_console_logs(789, idle_timeout=limit)


async def test_a_job_without_an_id_is_refused(client: AsyncBackendClient) -> None:
    with pytest.raises(ValueError, match="pk is empty"):
        await tail_of(client, "")


async def tail_of(client: AsyncBackendClient, pk: str) -> list[str]:
    return [line async for line in client.tail_job_console_logs(pk)]


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "error", "status"),
    [
        ("Job 789 not found", NotFoundError, 404),
        ("permission denied", AuthorizationError, 403),
        ("the agent is gone", ServerError, 500),
    ],
)
async def test_an_error_in_the_stream_is_one(
    message: str, error: type[ClientError], status: int, persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(events(CONNECTED, log("one"), frame(type="error", message=message)))
    lines = persistent.tail_job_console_logs(789)
    assert await anext(lines) == "one"
    with pytest.raises(error, match=f"answered 200, but the log ended with an error: {message}") as caught:
        await anext(lines)
    assert type(caught.value) is error
    assert (caught.value.status_code, caught.value.path) == (status, "/jobs/{pk}/tail_console_logs/")
    assert caught.value.response == {"type": "error", "message": message}
    assert len(server.requests) == 1


async def test_the_answer_before_the_stream_is_what_the_status_says(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply({"detail": "slow down"}, 429, {"Retry-After": "3600"}), json_reply({"detail": "no"}, 403))
    with pytest.raises(RateLimitError) as caught:
        await tail(client)
    assert caught.value.retry_after == 3600
    with pytest.raises(AuthorizationError):
        await tail(client)


async def test_a_stream_is_asked_for_again_until_it_begins(
    persistent: AsyncBackendClient, server: ScriptedServer, clock: FakeClock
) -> None:
    busy = [json_reply({}, status, {"Retry-After": "7"}) for status in (429, 503)]
    server.plays(*busy, RESET, events(CONNECTED, log("one"), COMPLETE))
    assert await tail(persistent) == ["one"]
    assert clock.waits[:2] == [7, 7]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(200, b"<html>Sign in</html>", "text/html; charset=utf-8"), "content_type"),
        (json_reply([]), "content_type"),
        (broken(b"data: " + b"x" * 9_000_000, then="drain"), "too_large"),
    ],
)
async def test_what_is_no_stream_of_events_is_refused(
    answer: Answer, kind: str, persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(answer)
    with pytest.raises(ResponseError) as caught:
        await tail(persistent)
    assert caught.value.kind == kind
    server.wait_until_idle()


async def test_a_stream_that_cannot_be_asked_for_is_an_error(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(RESET)
    with pytest.raises(ClientConnectionError):
        await tail(client)


async def test_an_error_of_the_reader_is_theirs(client: AsyncBackendClient, server: ScriptedServer) -> None:
    async def read() -> None:
        async with contextlib.aclosing(client.tail_job_console_logs(789)) as lines:
            async for _ in lines:
                raise ResponseError("mine")

    server.plays(broken(CONNECTED, log("one"), then="hold"))
    with pytest.raises(ResponseError, match="mine"):
        await read()
    server.wait_until_idle()


async def test_no_error_in_a_stream_shows_the_token(server: ScriptedServer) -> None:
    told: list[ResponseEvent] = []
    server.plays(events(CONNECTED, frame(type="error", message=f"bad token {TOKEN}")))
    async with AsyncBackendClient(server.url, TOKEN, on_response=told.append) as client:
        with pytest.raises(ServerError) as caught:
            await tail(client)
    [event] = told
    assert event.error is caught.value
    assert [text for text in [*forms(caught.value), repr(told)] if TOKEN in text] == []
