"""One client, many threads or tasks at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from synapse_backend import AsyncBackendClient, BackendClient, _pools
from tests.support.recorder import Recorded, Recorder, Reply, record


def own_id(request: Recorded) -> Reply:
    """Answer with the id that was asked for."""
    return Reply.of_json(200, {"id": int(request.path.split("/")[2])})


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with record() as recorder:
        recorder.reply = own_id
        yield recorder


def test_many_threads_share_a_client_from_its_first_call_on(recorder: Recorder) -> None:
    together = threading.Barrier(20)

    def call_often(thread: int) -> list[int]:
        together.wait()
        return [int(client.get_job(thread * 100 + number)["id"]) for number in range(10)]

    with BackendClient(recorder.url) as client, ThreadPoolExecutor(20) as threads:
        results = list(threads.map(call_often, range(20)))
    assert results == [[thread * 100 + number for number in range(10)] for thread in range(20)]


def test_threads_wait_for_each_other_where_connections_are_few(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 2)
    with BackendClient(recorder.url) as client, ThreadPoolExecutor(10) as threads:
        jobs = list(threads.map(client.get_job, range(100)))
    assert [job["id"] for job in jobs] == list(range(100))


async def test_many_tasks_share_a_client(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pools, "MAX_CONNECTIONS", 5)
    seen: dict[int, object] = {}

    async def call(number: int) -> None:
        seen[number] = (await client.get_job(number))["id"]

    async with AsyncBackendClient(recorder.url) as client, anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(call, number)
    assert seen == {number: number for number in range(50)}


async def test_a_cancelled_call_leaves_the_client_usable(recorder: Recorder) -> None:
    asked = threading.Event()
    answered = threading.Event()

    def late(request: Recorded) -> Reply:
        asked.set()
        answered.wait(60)
        return own_id(request)

    recorder.reply = late
    async with AsyncBackendClient(recorder.url) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.get_job, 1)
            await anyio.to_thread.run_sync(asked.wait)
            tasks.cancel_scope.cancel()
        answered.set()
        recorder.reply = own_id
        assert (await client.get_job(2))["id"] == 2
