"""Error statuses, and the waits between attempts."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from synapse_backend import (
    AuthenticationError,
    AuthorizationError,
    ConflictError,
    HTTPError,
    NotFoundError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from synapse_backend.testing.faults import Reset, Status
from tests.reliability.connecting import CREATE, GET, LARGE, created
from tests.reliability.stage import Call, Failure, Run, Scenario, Success, mocked, played, scripted
from tests.reliability.storm import CALLERS, CALLS_EACH, FURTHER, storm
from tests.support.clock import FakeClock
from tests.support.scripted import reply

REPLACE = Call("update_plugin", (123, {"description": "Once more"}))


def waited(*bounds: float) -> Callable[[Run], None]:
    """Require as many waits, each of them random between nothing and its bound."""

    def check(run: Run) -> None:
        assert len(run.waits) == len(bounds)
        assert all(0 <= wait <= bound for wait, bound in zip(run.waits, bounds, strict=True))

    return check


def assert_waits(run: Run, waits: list[float]) -> None:
    """Require these waits."""
    assert run.waits == waits


def assert_replaced(run: Run) -> None:
    """Require that the plugin is what it was meant to be, and that no other was made."""
    assert run.backend.plugins[123]["description"] == "Once more"
    assert (run.backend.writes["plugins"].updated, run.plugins) == (2, 0)


def three(name: str, call: Call, *steps: Any) -> Scenario:
    """Return the scenario of two faults in a row that pass."""
    return mocked(
        19,
        name,
        call,
        Success(3),
        lambda faults: faults.on(call.method).sequence(*steps),
        also=waited(0.5, 1.0),
    )


def once_written(status: int) -> Scenario:
    """Return the scenario of a server error in answer to what must not happen twice."""
    return mocked(
        20,
        f"{status} in answer to a write",
        CREATE,
        Failure(ServerError, f"answered {status} .*It may have been carried out; look whether", 1, {"attempts": 1}),
        lambda faults: faults.on("create_plugin").status(status),
        also=created(0),
    )


def odd_wait(form: Any) -> Scenario:
    """Return the scenario of a wait that cannot be read."""
    return mocked(
        23,
        f"429 with a Retry-After that says nothing: {form.replace('_', ' ')}",
        CREATE,
        Success(2),
        lambda faults: faults.on("create_plugin").retry_after(form),
        also=waited(0.5),
    )


def refused(status: int, error: type[HTTPError]) -> Scenario:
    """Return the scenario of a status that another attempt would not change."""
    body = {"detail": "Because.", "code": "because"}

    def check(run: Run) -> None:
        assert isinstance(run.error, HTTPError)
        assert run.error.response == body
        # The id that the server gave is worth more than the one that was sent.
        assert run.error.request_id == "mock-000001"
        assert f"[{run.error.request_id}] GET /jobs/{{pk}}/ answered {status} " in str(run.error)

    return mocked(
        25,
        f"{status}",
        GET,
        Failure(error, ": Because. ", 1, {"status_code": status, "attempts": 1}),
        lambda faults: faults.on("get_job").status(status, body=body),
        also=check,
    )


def odd_error(name: str, arm: Any, response: Callable[[Any], bool]) -> Scenario:
    """Return the scenario of an error whose body tells nothing, or too much."""

    def check(run: Run) -> None:
        assert isinstance(run.error, ServerError)
        assert response(run.error.response), run.error.response
        assert len(str(run.error)) < 2500
        assert str(run.error).isprintable()

    return mocked(30, f"an error with {name}", CREATE, Failure(ServerError, "answered 50"), arm, also=check)


@played(24, "429 with a date, by a clock that is an hour off", "the mock", "`create_plugin`", "success, 2 requests")
def clock_that_is_off(run: Run) -> None:
    mock = run.mock()
    mock.faults.on("create_plugin").retry_after("date", seconds=10)
    mock.faults.on("create_plugin").clock_skew(3600)
    run.client(mock.url)
    run.make(CREATE)
    Success(2).check(run)
    assert 9 <= run.waits[0] <= 11
    run.prove_mock()


def _tokens(*values: str) -> tuple[Callable[[], str], list[str]]:
    """Return a function that gives one token after the other, and what it gave."""
    left, given = iter(values), list[str]()

    def token() -> str:
        given.append(next(left))
        return given[-1]

    return token, given


@played(26, "a token that has expired", "the mock", "`create_plugin`", "success, 2 requests, 1 new token")
def expired_token(run: Run) -> None:
    mock = run.mock(expired_tokens={"canary-access-old"})
    token, given = _tokens("canary-access-old", "canary-access-new")
    run.client(mock.url, api_token=token, authorization_token=None, agent_token=None)
    run.make(CREATE)
    Success(2).check(run)
    created(1)(run)
    assert given == ["canary-access-old", "canary-access-new"]
    run.proof = f"{[request.status for request in mock.requests].count(401)} request refused"


@played(26, "a new token that is refused, too", "the mock", "`get_job`", "`AuthenticationError`, 2 requests")
def refused_twice(run: Run) -> None:
    mock = run.mock()
    mock.faults.on("get_job", times=2).status(401)
    token, given = _tokens("canary-access-old", "canary-access-new", "never asked for")
    run.client(mock.url, api_token=token, authorization_token=None, agent_token=None)
    run.make(GET)
    Failure(AuthenticationError, "2 attempts", 2).check(run)
    assert len(given) == 2
    run.prove_mock()


@played(26, "a token that 50 calls find expired at once", "the mock", "`get_job`", "success, 1 new token")
def expired_for_all(run: Run) -> None:
    mock = run.mock(expired_tokens={"canary-access-old"})
    token, given = _tokens("canary-access-old", "canary-access-new", "never asked for")
    driver = run.client(mock.url, api_token=token, authorization_token=None, agent_token=None)
    values = driver.together([("get_job", (789,))] * 50)
    assert [value["id"] for value in values] == [789] * 50
    assert given == ["canary-access-old", "canary-access-new"]
    refusals = [request.status for request in mock.requests].count(401)
    assert len(mock.requests) == 50 + refusals
    assert 1 <= refusals <= 50
    run.proof = "at least 1 request refused"


@played(31, "an outage, 100 callers at once", "the mock", "`get_job`", f"`ServerError`, {FURTHER} further requests")
def outage(run: Run) -> None:
    mock = run.mock()
    armed = mock.faults.on("get_job", times=None).status(503)
    driver = run.client(mock.url)
    errors = storm(driver)
    run.errors += errors[:1]
    assert {type(error) for error in errors} == {ServerError}
    assert len(errors) == CALLERS * CALLS_EACH
    assert len(mock.requests) == CALLERS * CALLS_EACH + FURTHER
    # Each within its window, which doubles with every attempt, they are all over the place.
    places = [event.delay / (0.5 * 2 ** (event.attempt - 1)) for event in run.retries]
    assert len(places) == FURTHER
    assert max(places) - min(places) > 0.5
    assert len(set(places)) == len(places)
    assert armed.fired == len(mock.requests)
    run.proof = f"`status` at least {CALLERS * CALLS_EACH}x"


class Interrupting(FakeClock):
    """Is interrupted while somebody waits."""

    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt

    async def asleep(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(30)


def _interrupted(run: Run, call: Call) -> type[BaseException]:
    try:
        run.driver.call(call.method, call.arguments, **call.named)
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        run.errors.append(error)
        return type(error)
    raise AssertionError("nothing was interrupted")


@played(32, "interrupted or cancelled between two attempts", "the mock", "`get_job`", "what interrupted it, 1 request")
def interrupted_wait(run: Run) -> None:
    mock = run.mock()
    mock.faults.on("get_job").status(503)
    driver = run.client(mock.url, clock=Interrupting())
    expected = KeyboardInterrupt if run.kind == "sync" else asyncio.CancelledError
    assert _interrupted(run, GET) is expected
    assert len(mock.requests) == 1
    # The connection is still good.
    assert driver.call("get_job", (788,))["id"] == 788
    assert len(mock._server._connections) == 1
    run.prove_mock()


def _raise() -> None:
    raise KeyboardInterrupt


class Interrupted(io.BytesIO):
    """Interrupts whoever reads on."""

    interrupt: Callable[[], object] = staticmethod(_raise)

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            self.interrupt()
        return super().read(size)


@played(
    32, "interrupted or cancelled during an upload", "a raw socket", "`create_plugin_release`", "what interrupted it"
)
def interrupted_upload(run: Run) -> None:
    server = run.script(reply(201, b"{}", then="hold"))
    driver = run.client(server.url)
    file = Interrupted(LARGE.encode())
    call = Call("create_plugin_release", ({"plugin": 123, "version": "9.0.0", "file": file},))
    if run.kind == "sync":
        assert _interrupted(run, call) is KeyboardInterrupt
    else:

        async def upload() -> None:
            task = asyncio.current_task()
            assert task is not None
            file.interrupt = partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel)
            await driver.client.create_plugin_release(*call.arguments)

        with pytest.raises(asyncio.CancelledError) as caught:
            asyncio.run(upload())
        run.errors.append(caught.value)
    server.wait_until_idle()
    assert server.sizes[0] < len(LARGE)
    assert len(server.requests) == 1
    run.proof = "the upload broke off"


@played(33, "a clock that is set back while the client waits", "the mock", "`get_job`", "success, 2 requests")
def set_back(run: Run) -> None:
    class SetBack(FakeClock):
        """Moves on for those who measure, and back for those who ask for the date."""

        date = 1_756_900_000.0

        def time(self) -> float:
            return self.date

        def sleep(self, seconds: float) -> None:
            self.date -= 3600
            super().sleep(seconds)

    clock = SetBack()
    mock = run.mock()
    mock.faults.on("get_job").status(503, retry_after=2)
    run.client(mock.url, clock=clock)
    run.make(Call("get_job", (789,), {"options": {"deadline": 20}}))
    Success(2).check(run)
    assert clock.waits == [2]
    run.prove_mock()


STATUSES = [
    three("503 twice, a read", GET, Status(503), Status(503)),
    three("503 twice, a replacement", REPLACE, Status(503), Status(503)),
    three("reset, then 503", GET, Reset(), Status(503)),
    three("reset twice", GET, Reset(), Reset()),
    three("408 and 500", GET, Status(408), Status(500)),
    three("502 and 504", GET, Status(502), Status(504)),
    once_written(503),
    once_written(500),
    mocked(
        21,
        "429 with a wait of a second",
        CREATE,
        Success(2),
        lambda faults: faults.on("create_plugin").status(429, retry_after=1),
        also=lambda run: assert_waits(run, [1.0]),
    ),
    mocked(
        22,
        "429 with a wait of an hour",
        CREATE,
        Failure(RateLimitError, "Wait 3600 s, then call again", 1, {"retry_after": 3600.0}),
        lambda faults: faults.on("create_plugin").retry_after("hour"),
        also=waited(),
    ),
    mocked(
        22,
        "429 with a wait of a minute and a half",
        CREATE,
        Failure(RateLimitError, "Wait 90 s, then call again", 1, {"retry_after": 90.0}),
        lambda faults: faults.on("create_plugin").status(429, retry_after=90),
        also=waited(),
    ),
    *map(odd_wait, ["word", "empty", "negative", "infinite", "not_a_number", "digits", "past", "no_zone"]),
    clock_that_is_off,
    refused(400, ValidationError),
    refused(401, AuthenticationError),
    refused(403, AuthorizationError),
    refused(404, NotFoundError),
    refused(405, HTTPError),
    refused(409, ConflictError),
    refused(413, HTTPError),
    refused(422, ValidationError),
    expired_token,
    refused_twice,
    expired_for_all,
    mocked(
        28,
        "a replacement that was carried out, then reset",
        REPLACE,
        Success(2, lambda plugin: plugin["description"] == "Once more"),
        lambda faults: faults.on("update_plugin").commit_then_reset(),
        also=assert_replaced,
    ),
    odd_error("a page in HTML", lambda f: f.on("create_plugin").html(status=502), lambda text: "<h1>Sign in" in text),
    odd_error("no body", lambda f: f.on("create_plugin").empty(status=500), lambda text: text is None),
    odd_error(
        "terminal escapes",
        lambda f: f.on("create_plugin").hostile_text(status=500),
        # As data it is what came; as text it is safe.
        lambda body: body["detail"].startswith("\x1b[2J"),
    ),
    odd_error(
        "a body that decompresses to 512 MiB",
        lambda f: f.on("create_plugin").bomb(status=500),
        lambda text: text is None or len(text) < 2100,
    ),
    scripted(
        30,
        "an error with broken JSON",
        CREATE,
        Failure(ServerError, r'answered 500 .*: \{"detail": "Bro', 1, {"response": '{"detail": "Bro'}),
        reply(500, b'{"detail": "Bro'),
    ),
    scripted(
        30,
        "an error with 50 MB of text",
        CREATE,
        Failure(ServerError, "answered 502 ", 1, {"response": "x" * 2048 + "…"}),
        reply(502, b"x" * 50_000_000, "text/plain"),
    ),
    outage,
    interrupted_wait,
    interrupted_upload,
    set_back,
]
