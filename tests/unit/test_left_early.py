"""Asynchronous streams and downloads that are left or cancelled early leave nothing to the event loop or to the disk."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from synapse_backend import AsyncBackendClient, ClientError
from tests.support.canary import TOKEN
from tests.support.clock import FakeClock
from tests.support.files import files_in
from tests.support.scripted import Answer, ScriptedServer, chunked, json_reply, reply

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream"
LINE = b'data: {"type": "log", "message": "one"}\n\n'
OPEN_TAIL = Answer(chunked(LINE, LINE, head=HEAD), "hold")
BROKEN_TAIL = Answer(chunked(LINE, head=HEAD), "close")
STUCK = reply(200, b"01234", None, length=10, then="hold")


def stuck(clock: FakeClock, seconds: float) -> Answer:
    """Return a half of a file, with which so many seconds pass."""

    def half() -> Iterator[bytes]:
        clock.sleep(seconds)
        yield STUCK.bytes

    return Answer(half(), then="hold")


async def until(condition: Callable[[], bool]) -> None:
    """Return when the condition holds, and what led to it has most likely been done; it need not have been."""
    with anyio.fail_after(60):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await anyio.sleep(0.001)
    await anyio.sleep(0.02)


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Require that no iterator is left to the garbage collector, of which some event loops warn."""
    left: list[str] = []
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(hooks.firstiter, lambda iterator: left.append(repr(iterator)))
    try:
        yield
        gc.collect()
    finally:
        sys.set_asyncgen_hooks(*hooks)
    assert left == []


async def test_a_tail_that_is_closed_leaves_no_iterator(server: ScriptedServer) -> None:
    server.plays(OPEN_TAIL)
    async with AsyncBackendClient(server.url) as client, nothing_left():
        async with contextlib.aclosing(client.tail_job_console_logs(789)) as lines:
            assert await anext(lines) == "one"
        del lines
    server.wait_until_idle()


async def test_a_tail_that_fails_leaves_no_iterator(server: ScriptedServer) -> None:
    server.plays(BROKEN_TAIL, reply(200, b"<html>", "text/html"), Answer(chunked(b"x" * 9_000_000, head=HEAD), "drain"))
    async with AsyncBackendClient(server.url, retries=0) as client, nothing_left():
        for _ in range(3):
            with pytest.raises(ClientError):
                [line async for line in client.tail_job_console_logs(789)]


async def test_a_download_leaves_no_iterator(server: ScriptedServer, tmp_path: Path) -> None:
    redirect = reply(302, b"x" * 100_000, None, {"Location": "/b"})
    clock = FakeClock()
    # What follows the half of the file is waited for until the deadline: a tenth of a second.
    answers = [
        reply(200, b"x", None),
        redirect,
        stuck(clock, 99.9),
        reply(200, b"x", None, {"Content-Encoding": "gzip"}),
    ]
    server.plays(*answers)
    settings: dict[str, Any] = {"timeout": 60, "deadline": 100, "clock": clock, "retries": 0}
    async with AsyncBackendClient(server.url, **settings) as client, nothing_left():
        await client.download_file("/a", tmp_path)
        for _ in range(2):
            with pytest.raises(ClientError):
                await client.download_file("/a", tmp_path)
    assert files_in(tmp_path) == ["a"]


async def test_an_answer_that_is_too_large_leaves_no_iterator(server: ScriptedServer) -> None:
    server.plays(reply(200, b"x" * 100_000))
    async with AsyncBackendClient(server.url, max_response_bytes=10) as client, nothing_left():
        with pytest.raises(ClientError):
            await client.get_job(789)


async def test_a_cancelled_tail_gives_its_connection_up(server: ScriptedServer) -> None:
    server.plays(OPEN_TAIL, json_reply({"id": 789}))
    seen: list[str] = []
    async with AsyncBackendClient(server.url) as client:
        with anyio.CancelScope() as scope:
            async for line in client.tail_job_console_logs(789):
                seen.append(line)
                if len(seen) == 2:
                    scope.cancel()
        assert scope.cancelled_caught
        server.wait_until_idle()
        assert (await client.get_job(789))["id"] == 789
    assert seen == ["one", "one"]


async def test_a_cancelled_download_leaves_nothing(server: ScriptedServer, tmp_path: Path) -> None:
    server.plays(STUCK, json_reply({"id": 789}))
    async with AsyncBackendClient(server.url) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.download_file, "/a", tmp_path)
            await until(lambda: len(server.requests) == 1)
            tasks.cancel_scope.cancel()
        assert files_in(tmp_path) == []
        server.wait_until_idle()
        assert (await client.get_job(789))["id"] == 789


async def test_cancelled_conversions_leave_nothing(server: ScriptedServer, tmp_path: Path) -> None:
    files = ["data:,a", "/stuck"]
    server.plays(
        json_reply({"count": 1, "next": None, "previous": None, "results": [{"id": 1, "files": files}]}), STUCK
    )
    conversion: dict[str, Any] = {"files_fields": ["files"], "folder": tmp_path}
    async with AsyncBackendClient(server.url, TOKEN) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(partial(client.list_tasks, url_conversion=conversion))
        await until(lambda: len(server.requests) == 2 and bool(files_in(tmp_path)))
        tasks.cancel_scope.cancel()
    assert files_in(tmp_path) == []
