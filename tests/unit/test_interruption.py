"""Calls that are cancelled or interrupted: they end at once, send nothing more, and leave the client as it was.

"At once" is not measured. These calls have no limit, their servers say nothing, and their waits do not end by themselves:
whatever but the interruption ended them would not come.
"""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from synapse_backend import AsyncBackendClient, BackendClient, _pools
from tests.support.canary import TOKEN
from tests.support.clock import FOR_EVER, FakeClock, StillClock
from tests.support.interrupts import interrupting
from tests.support.scripted import HANGS, SILENCE, Answer, ScriptedServer, chunked, json_reply, reply
from tests.support.tls import CERTIFICATE, server_context

JOB = json_reply({"id": 789})
LARGE = {"description": "x" * 30_000_000}


@dataclass(frozen=True)
class Stage:
    """Where a call is when it is cancelled.

    Attributes:
        answer: What the server does.
        data: What the call sends.
        sees_the_end: Whether the server sees that the connection ends.
    """

    answer: Answer
    data: Mapping[str, Any] = field(default_factory=dict)
    sees_the_end: bool = True


STAGES = [
    pytest.param(Stage(Answer(then="hold", reads="head"), LARGE, sees_the_end=False), id="sending"),
    pytest.param(Stage(SILENCE), id="waiting for the answer"),
    pytest.param(Stage(Answer(b"HTTP/1.1 200 OK\r\nX-", then="hold")), id="in the head"),
    pytest.param(Stage(reply(200, b"{", length=9, then="hold")), id="in the body"),
    pytest.param(Stage(Answer(chunked(b"{"), then="hold")), id="in a chunked body"),
    pytest.param(Stage(reply(503, headers={"Retry-After": "30"}), sees_the_end=False), id="between two attempts"),
]


def lasting() -> dict[str, Any]:
    """Return the settings of a client whose calls do not end by themselves."""
    return {"timeout": FOR_EVER, "deadline": FOR_EVER, "clock": StillClock()}


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place in the pool that was lost is missed at the next call."""
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 1)


def asked(server: ScriptedServer) -> bool:
    """Tell whether a request has come."""
    return len(server.requests) == 1


async def until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds, and what led to it has been done."""
    with anyio.fail_after(HANGS):
        while not condition():  # noqa: ASYNC110 - what it waits for happens in a thread that knows of no event loop
            await anyio.sleep(0.001)
        await anyio.sleep(0.01)


async def cancel(call: asyncio.Task[Any]) -> None:
    """Cancel a call that would last for ever, and see that it ends."""
    assert not call.done()
    call.cancel()
    await asyncio.wait([call], timeout=HANGS)
    assert call.cancelled()


# --- tasks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
async def test_a_cancelled_call_ends_at_once_and_is_not_made_again(stage: Stage, server: ScriptedServer) -> None:
    server.plays(stage.answer)
    async with AsyncBackendClient(server.url, TOKEN, **lasting()) as client:
        call = asyncio.create_task(client.update_plugin(123, dict(stage.data)))
        await until(lambda: asked(server))
        await cancel(call)
        if stage.sees_the_end:
            server.wait_until_idle()
        server.plays(JOB)
        assert (await client.get_job(789))["id"] == 789
    assert len(server.requests) == 2


@pytest.mark.parametrize("stage", STAGES)
async def test_a_call_that_ends_with_its_scope_leaks_nothing(stage: Stage, server: ScriptedServer) -> None:
    # Unlike a task, a scope cancels every wait anew, also those of the clean-up.
    server.plays(stage.answer)
    async with AsyncBackendClient(server.url, TOKEN, **lasting()) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.update_plugin, 123, dict(stage.data))
            await until(lambda: asked(server))
            tasks.cancel_scope.cancel()
        server.plays(JOB)
        assert (await client.get_job(789))["id"] == 789
    assert len(server.requests) == 2
    if stage.sees_the_end:
        server.wait_until_idle()


async def test_a_call_is_cancelled_while_it_waits_for_its_turn(server: ScriptedServer) -> None:
    server.plays(SILENCE, JOB)
    async with AsyncBackendClient(server.url, TOKEN, **lasting()) as client:
        first = asyncio.create_task(client.get_job(1))
        await until(lambda: asked(server))
        second = asyncio.create_task(client.get_job(2))
        await until(lambda: True)
        await cancel(second)
        await cancel(first)
        assert (await client.get_job(789))["id"] == 789
    assert len(server.requests) == 2


async def test_a_call_is_cancelled_in_the_tls_handshake(server: ScriptedServer) -> None:
    server.plays(Answer(then="hold", reads="nothing"), Answer(then="hold", reads="nothing"))
    async with AsyncBackendClient(server.url.replace("http", "https"), TOKEN, **lasting()) as client:
        await until(lambda: True)
        for number in (1, 2):
            call = asyncio.create_task(client.get_job(789))
            await until(lambda number=number: server.connections == number)  # type: ignore[misc]
            await cancel(call)
            server.wait_until_idle()


async def test_a_call_is_cancelled_while_it_connects() -> None:
    with unanswered() as url:
        async with AsyncBackendClient(url, TOKEN, **lasting()) as client:
            for _ in range(2):
                call = asyncio.create_task(client.get_job(789))
                await until(lambda: True)
                await cancel(call)


@contextmanager
def unanswered() -> Iterator[str]:
    """Yield an address where connections are neither accepted nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(3)]
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for connection in waiting:
            connection.close()


async def test_a_cancelled_upload_closes_the_files_that_it_opened(server: ScriptedServer, tmp_path: Any) -> None:
    package = tmp_path / "edge.zip"
    package.write_bytes(bytes(30_000_000))
    server.plays(Answer(then="hold", reads="head"))
    async with AsyncBackendClient(server.url, TOKEN, **lasting()) as client:
        call = asyncio.create_task(client.create_plugin_release({"file": package}))
        await until(lambda: asked(server))
        await cancel(call)
    # An open file would warn of itself, and a warning is an error.


async def test_a_walk_may_be_left_early(server: ScriptedServer) -> None:
    page = {"count": 4, "next": f"{server.url}/jobs/?page=2", "previous": None, "results": [{"id": 1}, {"id": 2}]}
    server.plays(json_reply(page), JOB)
    async with AsyncBackendClient(server.url, TOKEN, **lasting()) as client:
        async for job in client.iter_jobs():
            assert job["id"] == 1
            break
        await client.get_job(789)
    assert server.carriers == [1, 1]


# --- threads ------------------------------------------------------------------------------------------------------


@contextmanager
def interrupted(server: ScriptedServer, head: bytes, when: threading.Event | None = None) -> Iterator[None]:
    """Send a part of an answer, and then press Ctrl+C, when something is so."""
    sent = threading.Event()

    def begin() -> Iterator[bytes]:
        yield head
        sent.set()

    def wait() -> None:
        for event in filter(None, (sent, when)):
            assert event.wait(HANGS)

    server.plays(Answer(begin(), then="hold"))
    with interrupting(wait):
        yield


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-", reply(200, b"{", length=9).bytes])
def test_an_interrupt_ends_a_call_at_once(head: bytes, server: ScriptedServer) -> None:
    with BackendClient(server.url, TOKEN, **lasting()) as client:
        with interrupted(server, head):
            client.get_job(1)
        server.wait_until_idle()
        server.plays(JOB)
        assert client.get_job(789)["id"] == 789
    assert len(server.requests) == 2


def test_an_interrupt_between_two_attempts_ends_the_call(server: ScriptedServer) -> None:
    class Interrupting(FakeClock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    server.plays(reply(503), JOB)
    with BackendClient(server.url, TOKEN, clock=Interrupting()) as client:
        with pytest.raises(KeyboardInterrupt):
            client.get_job(1)
        assert client.get_job(789)["id"] == 789
    assert server.carriers == [1, 1]


def test_an_interrupt_in_the_middle_of_an_upload_ends_it(server: ScriptedServer) -> None:
    class Interrupting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise KeyboardInterrupt
            return super().read(size)

    server.plays(SILENCE)
    with BackendClient(server.url, TOKEN, **lasting()) as client:
        with pytest.raises(KeyboardInterrupt):
            client.create_plugin_release({"file": Interrupting(bytes(2_000_000))})
        server.wait_until_idle()
        server.plays(JOB)
        assert client.get_job(789)["id"] == 789
    assert server.sizes[0] < 2_000_000


def test_a_walk_of_a_synchronous_client_may_be_left_early(server: ScriptedServer) -> None:
    page = {"count": 4, "next": f"{server.url}/jobs/?page=2", "previous": None, "results": [{"id": 1}, {"id": 2}]}
    server.plays(json_reply(page), JOB)
    with BackendClient(server.url, TOKEN, **lasting()) as client:
        assert next(client.iter_jobs())["id"] == 1
        client.get_job(789)
    assert server.carriers == [1, 1]


# --- lists whose pages are fetched ahead ----------------------------------------------------------------------------


FIRST_PAGE = json_reply({"count": 9, "next": "/jobs/?page=2", "previous": None, "results": [{"id": 1}]})


@pytest.fixture
def _many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are fetched at once."""
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 10)


@pytest.mark.usefixtures("_many_connections")
@pytest.mark.parametrize("walks", [False, True], ids=["list_all", "iter"])
async def test_a_cancelled_list_leaves_no_task_and_no_connection(walks: bool, server: ScriptedServer) -> None:
    server.plays(FIRST_PAGE, SILENCE, SILENCE)
    async with AsyncBackendClient(server.url, TOKEN, **lasting()) as client:

        async def read() -> None:
            if walks:
                async for _ in client.iter_jobs():
                    pass
            else:
                await client.list_jobs(list_all=True)

        before = asyncio.all_tasks()
        call = asyncio.create_task(read())
        await until(lambda: len(server.requests) == 3)
        await cancel(call)
        assert asyncio.all_tasks() == before
        server.wait_until_idle()
        server.plays(JOB)
        assert (await client.get_job(789))["id"] == 789


@pytest.mark.usefixtures("_many_connections")
@pytest.mark.parametrize("kind", ["direct", "encrypted", "proxy"])
@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-"])
def test_an_interrupt_ends_a_list_at_once_and_leaves_no_thread(head: bytes, kind: str) -> None:
    before = set(threading.enumerate())
    with ScriptedServer(server_context() if kind == "encrypted" else None) as server:
        options = lasting() | ({"proxy": server.url} if kind == "proxy" else {"verify": CERTIFICATE})
        url = "http://backend.example" if kind == "proxy" else server.url
        page = {"count": 9, "next": "/jobs/?page=2", "previous": None, "results": [{"id": 1}]}
        server.plays(json_reply(page), SILENCE)
        with BackendClient(url, allow_insecure_http=True, **options) as client:
            with interrupted(server, head):
                client.list_jobs(list_all=True)
            server.wait_until_idle()
            server.plays(JOB)
            assert client.get_job(789)["id"] == 789
        # Nothing was tried again.
        assert len(server.requests) == 4
    assert set(threading.enumerate()) <= before


@pytest.mark.usefixtures("_many_connections")
def test_an_interrupt_ends_the_waits_between_attempts(server: ScriptedServer) -> None:
    server.plays(FIRST_PAGE, reply(503, headers={"Retry-After": "30"}))
    settings = lasting()
    clock = settings["clock"]
    with BackendClient(server.url, **settings) as client, interrupted(server, b"", clock.waiting):
        client.list_jobs(list_all=True)
    # The request without an answer may try to wait as well, before it sees that nobody needs it.
    assert 30 in clock.waits
    assert len(server.requests) == 3


def test_an_interrupt_also_ends_what_waits_for_a_connection(server: ScriptedServer) -> None:
    # There is one connection only, and another page is waiting for it.
    server.plays(FIRST_PAGE)
    with BackendClient(server.url, **lasting()) as client, interrupted(server, b""):
        client.list_jobs(list_all=True)
    assert len(server.requests) == 2
