"""Answers that are handed on piece by piece, and calls to URLs that the backend hands out."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from synapse_api import operations
from synapse_backend import (
    AsyncBackendClient,
    CallOptions,
    ClientTimeoutError,
    NotFoundError,
    ResponseError,
    ResponseEvent,
    RetryEvent,
    ServerError,
)
from synapse_backend._async._patience import AsyncPatience
from synapse_backend._async._transport import AsyncAnswerStream
from tests.support.canary import TOKEN, forms
from tests.support.clock import FakeClock
from tests.support.files import files_in
from tests.support.scripted import RESET, Answer, ScriptedServer, json_reply, reply

FILE = reply(200, b"0123456789", "application/octet-stream", {"ETag": '"v1"'})
LARGE = reply(200, b"x" * 1_000_000, None)
JOB = json_reply({"id": 789})


async def opened(
    client: AsyncBackendClient, url: str = "/media/a.bin?sig=0123456789", **named: Any
) -> AsyncAnswerStream:
    caller, target = await client._caller.at(url, with_tokens=True)
    return await caller.open(operations.download_file, (), target=target, **named)


async def test_a_stream_yields_the_body_as_it_comes(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(FILE, JOB)
    async with await opened(client, headers={"Range": "bytes=0-"}) as stream:
        assert (stream.status, stream.headers["etag"], stream.failure) == (200, '"v1"', None)
        assert b"".join([piece async for piece in stream]) == b"0123456789"
    await client.get_job(789)
    assert server.connections == 1
    request = server.requests[0]
    assert request.target == "/media/a.bin?sig=0123456789"
    assert request.values("Range") == ["bytes=0-"]
    assert request.values("Accept-Encoding") == ["identity"]
    assert request.values("Synapse-Access-Token") == [f"Token {TOKEN}"]


async def test_a_stream_that_is_left_early_gives_up_its_connection(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(LARGE, JOB)
    stream = await opened(client)
    async for _ in stream:
        break
    await stream.close()
    await stream.close()
    await client.get_job(789)
    assert server.connections == 2
    server.wait_until_idle(but=1)


async def test_the_rest_of_a_small_body_is_skipped_to_keep_the_connection(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(FILE, LARGE, JOB)
    for _ in range(2):
        async with await opened(client) as stream:
            await stream.skip()
    await client.get_job(789)
    assert server.connections == 2


async def test_a_body_that_breaks_while_it_is_skipped_is_of_no_interest(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(200, b"01234", None, length=10, then="close"))
    async with await opened(client) as stream:
        await stream.skip()
    assert isinstance(stream.failure, ResponseError)


async def test_a_stream_that_breaks_off_says_how_far_it_came(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(200, b"01234", None, length=10, then="close"))
    async with await opened(client) as stream:
        with pytest.raises(ResponseError, match="the body broke off after 5 bytes") as caught:
            async for _ in stream:
                pass
    assert (caught.value.kind, caught.value.status_code, caught.value.path) == ("truncated", 200, "{url}")
    assert stream.failure is caught.value


async def test_silence_in_a_stream_is_a_timeout(server: ScriptedServer, clock: FakeClock) -> None:
    server.plays(reply(200, b"01234", None, length=10, then="hold"))

    async def hear(stream: AsyncAnswerStream) -> None:
        async for _ in stream:
            # A twentieth of a second is left until the deadline, and passes on the clock of the machine.
            clock.sleep(59.95)

    async with (
        AsyncBackendClient(server.url, TOKEN, timeout=60, retries=0, clock=clock) as client,
        await opened(client, options={"deadline": 60}) as stream,
    ):
        with pytest.raises(ClientTimeoutError, match="the body stopped after 5 bytes, no answer in time"):
            await hear(stream)


async def test_a_stream_ends_at_the_deadline_however_steadily_it_comes(
    server: ScriptedServer, clock: FakeClock
) -> None:
    server.plays(LARGE)

    async def read_slowly(stream: AsyncAnswerStream) -> None:
        async for _ in stream:
            await clock.asleep(1)

    async with (
        AsyncBackendClient(server.url, TOKEN, retries=0, clock=clock) as client,
        await opened(client, options={"deadline": 5}) as stream,
    ):
        with pytest.raises(ClientTimeoutError, match="the deadline of the call passed"):
            await read_slowly(stream)


# --- errors and attempts --------------------------------------------------------------------------------------------


async def test_a_stream_is_opened_in_as_many_attempts_as_it_takes(
    persistent: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(RESET, reply(503), FILE)
    async with await opened(persistent) as stream:
        assert [piece async for piece in stream] == [b"0123456789"]


async def test_an_error_instead_of_a_stream_is_one(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(json_reply({"detail": "gone"}, 404), reply(503), JOB)
    with pytest.raises(NotFoundError, match=r"404 Not Found: gone .* The URL may have expired; ask the backend"):
        await opened(client)
    with pytest.raises(ServerError):
        await opened(client)
    await client.get_job(789)
    assert server.connections == 1


async def test_statuses_that_the_caller_wants_are_no_errors(client: AsyncBackendClient, server: ScriptedServer) -> None:
    server.plays(reply(302, headers={"Location": "/b"}))
    async with await opened(client, also={302}) as stream:
        assert (stream.status, stream.headers["location"]) == (302, "/b")


# --- those who watch ------------------------------------------------------------------------------------------------


class Watching:
    """A client that keeps what it is told of the ends of its calls."""

    def __init__(self, server: ScriptedServer) -> None:
        self.events: list[ResponseEvent] = []
        self.client = AsyncBackendClient(server.url, TOKEN, retries=0, on_response=self.events.append)

    @property
    def outcomes(self) -> list[tuple[int | None, str]]:
        return [(event.status, type(event.error).__name__) for event in self.events]


async def test_the_end_of_a_stream_is_told_once(server: ScriptedServer) -> None:
    watching = Watching(server)
    server.plays(FILE, LARGE, reply(200, b"01234", None, length=10, then="close"), FILE)
    async with watching.client as client:
        async with await opened(client) as read:
            assert watching.events == []
            await read.skip()
            await read.skip()
        async with await opened(client):
            pass
        async with await opened(client) as broken:
            await broken.skip()
        async with await opened(client) as refused:
            error = refused.refused("protocol", "it is not what was asked for")
    assert watching.outcomes == [(200, "NoneType"), (200, "NoneType"), (200, "ResponseError"), (200, "ResponseError")]
    assert watching.events[-1].error is error
    assert "answered 200, but it is not what was asked for" in str(error)


async def test_an_error_of_another_class_says_what_the_answer_says(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(FILE)
    async with await opened(client) as stream:
        error = stream.error(NotFoundError, "it is gone", status_code=404, body=f'{{"detail": "{TOKEN}"}}')
    assert type(error) is NotFoundError
    assert (error.status_code, error.response) == (404, {"detail": "***"})
    assert error.headers["etag"] == '"v1"'


# --- other servers --------------------------------------------------------------------------------------------------


async def test_another_server_gets_no_tokens_and_keeps_its_connections(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    with ScriptedServer() as other:
        other.plays(FILE, FILE)
        for _ in range(2):
            async with await opened(client, f"{other.url}/a.bin") as stream:
                await stream.skip()
        assert other.connections == 1
        for request in other.requests:
            assert TOKEN not in str(request.headers)
            assert request.values("Host") == [other.host]
        await client.close()
        other.wait_until_idle()
    server.plays()


async def test_the_backend_gets_its_tokens_only_where_that_is_wanted(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(FILE)
    caller, target = await client._caller.at("/a.bin", with_tokens=False)
    async with await caller.open(operations.download_file, (), target=target) as stream:
        await stream.skip()
    assert TOKEN not in str(server.requests[0].headers)


async def test_what_is_sent_to_a_url_goes_there(client: AsyncBackendClient, server: ScriptedServer) -> None:
    with ScriptedServer() as other:
        other.plays(reply(200, b"", None, {"ETag": '"part"'}), reply(403, b"<Error>expired</Error>", "application/xml"))
        caller, target = await client._caller.at(f"{other.url}/part?sig=0123456789", with_tokens=True)
        answer = await caller.send(operations.upload_to_storage, target=target, data=b"01234", headers={"X-Part": "1"})
        assert (answer.status, answer.headers["etag"]) == (200, '"part"')
        [request] = other.requests
        assert (request.method, request.target, request.body) == ("PUT", "/part?sig=0123456789", b"01234")
        assert request.values("X-Part") == ["1"]
        with pytest.raises(Exception, match="The URL may have expired"):
            await caller.send(operations.upload_to_storage, target=target, data=b"01234")


async def test_a_closed_client_opens_no_way_to_another_server(server: ScriptedServer) -> None:
    client = AsyncBackendClient(server.url)
    await client.close()
    for url in ("https://bucket.example/a", "/a"):
        with pytest.raises(RuntimeError, match="the client is closed"):
            await client._caller.at(url, with_tokens=True)


BROKEN = ResponseError("broken")


async def test_to_go_on_is_a_matter_of_the_policy(server: ScriptedServer, clock: FakeClock) -> None:
    told: list[RetryEvent] = []
    async with AsyncBackendClient(server.url, clock=clock, retries=2, on_retry=told.append) as client:

        def patience(options: CallOptions | None = None) -> AsyncPatience:
            return AsyncPatience(client._config, client._caller.budget, operations.download_file, options)

        made = patience()
        for attempt in (1, 2, 1, 2):
            await made.wait(BROKEN)
            assert (told[-1].attempt, told[-1].error, told[-1].path) == (attempt, BROKEN, "{url}")
            if attempt == 2:
                with pytest.raises(ResponseError, match="broken"):
                    await made.wait(BROKEN)
                made.renew()
        limits: list[CallOptions] = [{"retries": 0}, {"deadline": 1e-9}]
        for options in limits:
            with pytest.raises(ResponseError, match="broken"):
                await patience(options).wait(BROKEN)
        while client._caller.budget.take(throttled=False):
            pass
        with pytest.raises(ResponseError, match="broken"):
            await patience().wait(BROKEN)


# --- secrets --------------------------------------------------------------------------------------------------------

SIGNATURE = "c2lnbmF0dXJl/0123456789abcdef"
SIGNED = "/bucket/cat.png?X-Amz-Credential=KEY0123456789&X-Amz-Signature=c2lnbmF0dXJl%2F0123456789abcdef"
ECHO = f"<Error><Url>{SIGNED}</Url><Provided>{SIGNATURE}</Provided><Key>KEY0123456789</Key></Error>".encode()
FAULTS = [
    pytest.param(RESET, id="reset"),
    pytest.param(reply(403, ECHO, "application/xml"), id="403"),
    pytest.param(reply(403, ECHO, None, {"X-Echo": SIGNED, "X-Request-ID": SIGNATURE}), id="403 headers"),
    pytest.param(reply(304, headers={"Location": SIGNED + "&more"}), id="304"),
    pytest.param(reply(503, ECHO, length=500, then="close"), id="503 cut"),
    pytest.param(reply(200, ECHO, length=5000, then="close"), id="200 cut"),
    pytest.param(reply(200, ECHO, length=5000, then="reset"), id="200 reset"),
    pytest.param(Answer(ECHO + b"\r\n\r\n", then="close"), id="no http"),
]


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_error_shows_a_signed_url(
    fault: Answer, server: ScriptedServer, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    events: list[object] = []
    server.plays(fault)
    watched = {"on_request": events.append, "on_response": events.append, "on_retry": events.append}
    async with AsyncBackendClient(server.url, TOKEN, retries=0, **watched) as client:  # type: ignore[arg-type]
        with pytest.raises(Exception, match=r"\{url\}") as caught:
            await client.download_file(SIGNED, tmp_path)
    shown = [*forms(caught.value), *map(repr, events), caplog.text]
    for secret in (SIGNATURE, "c2lnbmF0dXJl%2F", "KEY0123456789", TOKEN):
        assert [text for text in shown if secret in text] == []
    assert server.requests[0].target == SIGNED
    assert files_in(tmp_path) == []
