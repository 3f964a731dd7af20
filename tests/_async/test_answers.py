"""Answers that cannot be trusted, and statuses that are errors."""

from __future__ import annotations

import gzip
import itertools
import json
import tracemalloc
from typing import Any

import pytest

from synapse_backend import (
    AsyncBackendClient,
    AuthenticationError,
    AuthorizationError,
    ClientError,
    ClientTimeoutError,
    ConflictError,
    HTTPError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseError,
    ServerError,
    ValidationError,
)
from tests.support.scripted import Answer, ScriptedServer, chunked, json_reply, reply

JOB = json.dumps({"id": 789, "status": "running", "progress": 40, "label": "한국" * 1000}).encode()
GZIP = {"Content-Encoding": "gzip"}
HTML = "text/html; charset=utf-8"


# --- bodies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(200, JOB), id="plain"),
        pytest.param(reply(200, JOB, None), id="no content type"),
        pytest.param(reply(200, JOB, headers={"Content-Encoding": "identity"}), id="identity"),
        pytest.param(reply(200, gzip.compress(JOB), headers=GZIP), id="gzip"),
        pytest.param(reply(200, gzip.compress(JOB[:99]) + gzip.compress(JOB[99:]), headers=GZIP), id="gzip members"),
        pytest.param(Answer(chunked(JOB[:9], JOB[9:]) + b"0\r\n\r\n"), id="chunked"),
        pytest.param(Answer(b"HTTP/1.1 200 OK\r\n\r\n" + JOB, then="close"), id="until the end"),
        pytest.param(Answer(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3 + reply(200, JOB).bytes), id="announced"),
        pytest.param(Answer(bytes([piece]) for piece in reply(200, JOB).bytes), id="byte by byte"),
    ],
)
async def test_a_whole_answer_is_read_however_it_comes(
    answer: Answer, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(answer)
    job: Any = await client.get_job(789)
    assert job == json.loads(JOB)


async def test_a_connection_is_used_again_after_every_whole_answer(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(*[json_reply({"id": 1})] * 2, reply(404), Answer(chunked(b"{}") + b"0\r\n\r\n"), json_reply({"id": 1}))
    await client.get_job(1)
    await client.get_job(1)
    with pytest.raises(NotFoundError):
        await client.get_job(1)
    await client.get_job(1)
    await client.get_job(1)
    assert (len(server.requests), server.connections) == (5, 1)


@pytest.mark.parametrize(
    ("answer", "kind", "problem"),
    [
        (reply(200, JOB[:20], length=len(JOB), then="close"), "truncated", "the body broke off after 20 bytes"),
        (Answer(chunked(JOB[:20]), then="close"), "truncated", "the body broke off after 20 bytes"),
        (Answer(chunked(JOB) + b"oops\r\n", then="close"), "truncated", "the body broke off"),
        (reply(200, gzip.compress(JOB)[:-20], headers=GZIP), "truncated", "the gzip body ends early"),
        (reply(200, gzip.compress(JOB)[:5], headers=GZIP), "truncated", "the gzip body ends early"),
        (reply(200, JOB, headers=GZIP), "encoding", "labelled gzip but is not"),
        (reply(200, JOB, headers={"Content-Encoding": "br"}), "encoding", "content coding br is not one"),
        (reply(200, JOB, headers={"Content-Encoding": "gzip, gzip"}), "encoding", "content coding gzip, gzip is not"),
        (reply(200, b"<html>login</html>", HTML), "content_type", "got text/html; .* a proxy or a login page"),
        (reply(200), "empty", "the body is empty where JSON is due"),
        (reply(200, b'{"id": 1'), "json", "the body is not valid JSON"),
        (reply(200, b'{"id": "\xff"}'), "json", "the body is not valid JSON"),
        (reply(200, b'{"progress": NaN}'), "json", "NaN is not JSON"),
        (reply(200, b"[" * 50_000), "json", "nested too deeply"),
    ],
)
async def test_an_answer_that_cannot_be_used_says_why(
    answer: Answer, kind: str, problem: str, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(answer)
    with pytest.raises(ResponseError, match=problem) as caught:
        await client.get_job(789)
    error = caught.value
    assert (error.kind, error.status_code, error.sent, error.attempts) == (kind, 200, True, 1)
    assert "GET /jobs/{pk}/ answered 200, but " in str(error)
    assert str(error).endswith("Calling again is safe.")
    assert isinstance(error.response, str)
    assert len(error.response) < 3000


async def test_what_was_taken_but_answered_with_rubbish_must_be_looked_up_first(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(201, b"<html>", HTML))
    with pytest.raises(
        ResponseError, match="The server took the call; look whether there is a plugin of this name before"
    ) as caught:
        await client.create_plugin({"name": "x"})
    assert (caught.value.status_code, caught.value.response) == (201, "<html>")


async def test_a_body_that_stops_is_a_timeout_where_calling_again_is_safe(
    impatient: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(200, JOB[:20], length=len(JOB), then="hold"))
    with pytest.raises(ClientTimeoutError, match="the body stopped after 20 bytes, no answer in time") as caught:
        await impatient.get_job(789)
    assert caught.value.status_code == 408


async def test_a_body_that_stops_after_a_write_is_an_answer_that_cannot_be_trusted(
    impatient: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(201, JOB[:20], length=len(JOB), then="hold"))
    with pytest.raises(ResponseError, match="look whether there is a plugin of this name") as caught:
        await impatient.create_plugin({"name": "x"})
    assert (caught.value.kind, caught.value.status_code) == ("truncated", 201)


@pytest.mark.parametrize("status", [204, 205])
async def test_a_status_without_a_body_gives_none(
    status: int, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(status))
    plugin: object = await client.update_plugin(123, {})
    assert plugin is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(200, gzip.compress(bytes(30_000_000), 1), headers=GZIP), id="bomb"),
        pytest.param(
            Answer(itertools.chain([chunked()], itertools.repeat(b"10000\r\n" + b" " * 0x10000 + b"\r\n"))),
            id="endless",
        ),
    ],
)
async def test_a_body_is_never_read_beyond_its_limit(answer: Answer, server: ScriptedServer) -> None:
    server.plays(answer)
    async with AsyncBackendClient(server.url, max_response_bytes=1_000_000) as client:
        tracemalloc.start()
        with pytest.raises(ResponseError, match="the body has more than 1000000 bytes") as caught:
            await client.get_job(789)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (caught.value.kind, caught.value.attempts) == ("too_large", 1)
    assert peak < 16_000_000
    server.wait_until_idle()


async def test_an_answer_that_is_announced_for_ever_comes_to_an_end(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(Answer(itertools.repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")))
    with pytest.raises(ResponseError, match="got something else than HTTP"):
        await client.get_job(789)
    server.wait_until_idle()


async def test_what_comes_without_being_asked_for_is_not_taken_for_the_next_answer(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(Answer(reply(200, b'{"id": 1}').bytes + reply(200, b'{"id": "stray"}').bytes), json_reply({"id": 2}))
    assert (await client.get_job(1))["id"] == 1
    assert (await client.get_job(2))["id"] == 2
    assert server.connections == 2


async def test_a_server_that_hangs_up_during_an_upload_is_heard_if_its_answer_came_through(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(Answer(reply(413, b'{"detail": "Too large."}').bytes, then="close", reads="head"))
    # Whether the answer survives the reset of the connection depends on what was read before.
    with pytest.raises((HTTPError, OutcomeUnknownError)) as caught:
        await client.create_plugin_release({"plugin": 1, "version": "1", "file": bytes(50_000_000)})
    assert caught.value.status_code in (413, 408)
    assert caught.value.sent


# --- statuses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error", "advice"),
    [
        (400, ValidationError, "Correct what is named, then call again."),
        (401, AuthenticationError, "Check the token and that it belongs to this backend."),
        (402, HTTPError, "Calling again unchanged will not help."),
        (403, AuthorizationError, "check its permissions and the tenant."),
        (404, NotFoundError, "Check the id, the tenant and base_url."),
        (405, HTTPError, "Calling again unchanged will not help."),
        (409, ConflictError, "Read the object again before you change it."),
        (413, HTTPError, "Send less at once."),
        (422, ValidationError, "Correct what is named, then call again."),
        (429, RateLimitError, "Wait before calling again."),
        (500, ServerError, "Calling again is safe."),
        (503, ServerError, "Calling again is safe."),
        (524, ServerError, "Calling again is safe."),
    ],
)
async def test_every_error_status_is_an_error_of_its_class(
    status: int, error: type[HTTPError], advice: str, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(json_reply({"detail": "Because."}, status, {"X-Request-ID": "r-1", "X-Extra": "kept"}))
    with pytest.raises(error) as caught:
        await client.get_job(789)
    assert type(caught.value) is error
    assert caught.value.status_code == status
    assert caught.value.response == {"detail": "Because."}
    assert caught.value.request_id == "r-1"
    assert caught.value.headers["x-extra"] == "kept"
    assert str(caught.value).startswith(f"[r-1] GET /jobs/{{pk}}/ answered {status}")
    assert ": Because. (" in str(caught.value)
    assert str(caught.value).endswith(advice)


async def test_a_server_error_after_a_write_must_be_looked_up_first(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(500, b"{}"))
    with pytest.raises(ServerError, match="It may have been carried out; look whether there is a plugin of this name"):
        await client.create_plugin({"name": "x"})


async def test_a_401_without_a_token_says_which_variable_to_set(server: ScriptedServer) -> None:
    server.plays(reply(401, b"{}"))
    async with AsyncBackendClient(server.url) as client:
        with pytest.raises(AuthenticationError, match="No token was sent; pass api_token or set SYNAPSE_API_TOKEN"):
            await client.get_job(789)
    assert server.requests[0].values("Synapse-Access-Token") == []


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        (reply(502, b"<h1>Bad gateway</h1>", HTML), "<h1>Bad gateway</h1>"),
        (reply(502), None),
        (reply(502, b'{"detail": "cut', length=500, then="close"), '{"detail": "cut'),
        (reply(502, b'["\xff"]'), '["\ufffd"]'),
        (reply(502, gzip.compress(b'{"detail": "packed"}'), headers=GZIP), {"detail": "packed"}),
        (reply(502, b"not gzip", headers=GZIP), None),
        (reply(502, b"any", headers={"Content-Encoding": "br"}), None),
        (reply(502, b"[" * 60_000), "[" * 2048 + "…"),
        (reply(502, b"x" * 5_000_000, "text/plain"), "x" * 2048 + "…"),
        (Answer(chunked(b"\x1b[2Jcleared", head="HTTP/1.1 502 Bad"), then="close"), "\\x1b[2Jcleared"),
    ],
)
async def test_an_error_stays_an_error_of_its_status_whatever_its_body(
    answer: Answer, response: object, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(answer)
    with pytest.raises(ServerError) as caught:
        await client.get_job(789)
    assert (caught.value.status_code, caught.value.response) == (502, response)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000


async def test_an_error_whose_body_stops_is_still_that_error(
    impatient: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(reply(409, b"half", "text/plain", length=99, then="hold"))
    with pytest.raises(ConflictError) as caught:
        await impatient.get_job(789)
    assert caught.value.response == "half"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("3600", 3600.0), ("soon", None), ("-5", None), ("1e309", None), ("nan", None), (None, None)],
)
@pytest.mark.parametrize(("status", "error"), [(429, RateLimitError), (503, ServerError)])
async def test_what_the_server_asks_to_wait_is_told(
    value: str | None,
    seconds: float | None,
    status: int,
    error: type[HTTPError],
    client: AsyncBackendClient,
    server: ScriptedServer,
) -> None:
    server.plays(reply(status, b"{}", headers={} if value is None else {"Retry-After": value}))
    with pytest.raises(error) as caught:
        await client.get_job(789)
    assert isinstance(caught.value, RateLimitError | ServerError)
    assert caught.value.retry_after == seconds


async def test_a_date_to_wait_for_is_read_by_the_clock_of_the_server(
    client: AsyncBackendClient, server: ScriptedServer
) -> None:
    dates = {"Date": "Wed, 03 Sep 2025 12:00:00 GMT", "Retry-After": "Wed, 03 Sep 2025 12:00:10 GMT"}
    server.plays(reply(429, b"{}", headers=dates))
    with pytest.raises(RateLimitError, match="Wait 10 s, then call again"):
        await client.get_job(789)


# --- redirects ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(status: int, client: AsyncBackendClient, server: ScriptedServer) -> None:
    with ScriptedServer() as other:
        for location in (f"{other.url}/jobs/789/", "/elsewhere/"):
            server.plays(*[reply(status, headers={"Location": location})] * 2)
            with pytest.raises(HTTPError, match="Redirects are never followed; check scheme, host and path") as caught:
                await client.get_job(789)
            assert caught.value.status_code == status
            with pytest.raises(HTTPError):
                await client.create_plugin({"name": "x"})
    assert (other.connections, len(server.requests)) == (0, 4)


@pytest.mark.parametrize("answer", [reply(302), reply(304), reply(399)])
async def test_a_3xx_that_leads_nowhere_is_an_error_too(
    answer: Answer, client: AsyncBackendClient, server: ScriptedServer
) -> None:
    server.plays(answer)
    with pytest.raises(ClientError) as caught:
        await client.get_job(789)
    assert 300 <= caught.value.status_code < 400
