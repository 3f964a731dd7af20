"""One asynchronous client and several event loops, as in a script that calls `asyncio.run` again and again."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from synapse_backend import AsyncBackendClient
from tests.support.scripted import Answer, ScriptedServer, json_reply
from tests.support.tls import CERTIFICATE

JOB = json_reply({"id": 789})
TUNNEL = Answer(b"HTTP/1.1 200 Connection established\r\n\r\n", then="tls")


def clients(server: ScriptedServer) -> dict[str, tuple[AsyncBackendClient, list[Answer]]]:
    """Return a client of every kind, and what the server plays each time it connects."""
    options: dict[str, Any] = {"proxy": server.url, "retries": 0}
    return {
        "direct": (AsyncBackendClient(server.url, retries=0), []),
        "proxy": (AsyncBackendClient("http://backend.example", **options), []),
        "tunnel": (AsyncBackendClient("https://127.0.0.1", verify=CERTIFICATE, **options), [TUNNEL]),
    }


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("kind", ["direct", "proxy", "tunnel"])
def test_a_client_outlives_its_event_loops(kind: str, server: ScriptedServer) -> None:
    client, connecting = clients(server)[kind]

    async def call_twice() -> None:
        server.plays(*connecting, JOB, JOB)
        for _ in range(2):
            assert (await client.get_job(789))["id"] == 789

    for _ in range(3):
        asyncio.run(call_twice())
    asyncio.run(client.close())
    # Nothing can close the connections of a loop that is closed; the interpreter does when it drops them, with a warning.
    gc.collect()
    server.wait_until_idle()
    assert server.connections == 3


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("kind", ["direct", "proxy"])
def test_a_client_serves_the_event_loops_of_several_threads_at_once(kind: str, server: ScriptedServer) -> None:
    server.plays(*[JOB] * 80)
    client, _ = clients(server)[kind]
    together = threading.Barrier(4)

    async def call_often() -> list[int]:
        together.wait()
        return [int((await client.get_job(789))["id"]) for _ in range(20)]

    with ThreadPoolExecutor(4) as threads:
        results = [threads.submit(asyncio.run, call_often()) for _ in range(4)]
        assert [result.result(timeout=60) for result in results] == [[789] * 20] * 4
    asyncio.run(client.close())
    assert server.connections == 4
    gc.collect()
    server.wait_until_idle()
