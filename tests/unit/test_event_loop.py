"""The asynchronous client never holds up its event loop."""

from __future__ import annotations

import io
import threading

import anyio

from synapse_backend import AsyncBackendClient
from tests.support.scripted import SILENCE, ScriptedServer, json_reply


async def test_a_file_is_read_in_another_thread(server: ScriptedServer) -> None:
    readers: set[int] = set()

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            readers.add(threading.get_ident())
            return super().read(size)

    server.plays(json_reply({"id": 456}, 201))
    async with AsyncBackendClient(server.url) as client:
        await client.create_plugin_release({"file": Watched(b"0123456789")})
    assert server.requests[0].parts[0].content == b"0123456789"
    assert readers
    assert threading.get_ident() not in readers


async def test_a_slow_file_does_not_stop_other_tasks(server: ScriptedServer) -> None:
    reading, other_ran = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            reading.set()
            assert other_ran.wait(60)
            return super().read(size)

    async def run() -> None:
        await anyio.to_thread.run_sync(reading.wait)
        other_ran.set()

    server.plays(json_reply({"id": 456}, 201))
    async with AsyncBackendClient(server.url) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        await client.create_plugin_release({"file": Slow(b"0123456789")})


async def test_a_pipe_is_spooled_in_another_thread(server: ScriptedServer) -> None:
    readers: set[int] = set()

    class Pipe:
        def __init__(self) -> None:
            self._left = b"0123456789"

        def read(self, size: int = -1) -> bytes:
            readers.add(threading.get_ident())
            left, self._left = self._left, b""
            return left

    server.plays(json_reply({"id": 456}, 201))
    async with AsyncBackendClient(server.url) as client:
        await client.create_plugin_release({"file": Pipe()})
    assert threading.get_ident() not in readers


async def test_a_call_can_be_cancelled_while_it_waits(server: ScriptedServer) -> None:
    server.plays(SILENCE)
    async with AsyncBackendClient(server.url) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.create_plugin, {"name": "x"})
        await anyio.to_thread.run_sync(server.wait_until_asked, 1)
        tasks.cancel_scope.cancel()
    server.wait_until_idle()
    assert len(server.requests) == 1
