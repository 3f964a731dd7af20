"""Uploads that are cancelled or interrupted: nothing goes on, nothing stays open, and the journal stays."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from synapse_backend import AsyncBackendClient, BackendClient, RequestEvent, RetryEvent
from synapse_backend.testing import MockBackend
from tests.support.canary import TOKEN
from tests.support.clock import FOR_EVER, StillClock
from tests.support.files import open_files
from tests.support.interrupts import interrupting
from tests.support.uploads import journals_in, names_in, stored

SIZE, CHUNK = 4_000_000, 1_200_000


def lasting() -> dict[str, Any]:
    """Return the settings of a client whose calls do not end by themselves."""
    return {"timeout": FOR_EVER, "deadline": FOR_EVER, "clock": StillClock()}


@pytest.fixture
def backend() -> Iterator[MockBackend]:
    with MockBackend(clock="real") as backend:
        yield backend


@pytest.fixture
def video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "video.mp4"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def journals(video: Path) -> Path:
    return video.parent / "state" / "synapse-backend" / "uploads"


def require_quiet(video: Path, journals: Path) -> None:
    """Require that nothing of an upload is left but its journal."""
    assert not [thread.name for thread in threading.enumerate() if thread.name == "synapse-md5"]
    assert str(video) not in open_files()
    assert len(journals_in(journals)) == 1
    assert [name for name in names_in(journals) if not name.endswith(".json")] == []


@pytest.mark.parametrize("waiting", ["for an answer", "before another attempt"])
async def test_a_cancelled_upload_ends_at_once(backend: MockBackend, video: Path, journals: Path, waiting: str) -> None:
    on, reached = backend.faults.on("append_chunked_upload", nth=2), anyio.Event()
    if waiting == "for an answer":
        on.no_answer()
    else:
        on.status(503, retry_after=50)

    def look(event: RequestEvent | RetryEvent) -> None:
        if isinstance(event, RetryEvent) or len(backend.requests) == 2:
            reached.set()

    async with AsyncBackendClient(backend.url, TOKEN, on_request=look, on_retry=look, **lasting()) as client:
        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_upload, client, video)
                await reached.wait()
                tasks.cancel_scope.cancel()
        require_quiet(video, journals)
        backend.faults.clear()
        done = await client.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
    assert stored(backend, done) == _content(video)


async def _upload(client: AsyncBackendClient, video: Path) -> None:
    await client.create_chunked_upload(video, chunk_size=CHUNK, resume=True)


def _content(video: Path) -> bytes:
    return video.read_bytes()


def test_a_task_that_is_cancelled_while_it_sends_leaves_nothing_behind(
    backend: MockBackend, video: Path, journals: Path
) -> None:
    begun: list[asyncio.Task[None]] = []
    # However late it is cancelled, it has not arrived.
    backend.faults.on("append_chunked_upload", times=None).stop_reading()

    def look(event: RequestEvent) -> None:
        if begun and event.operation == "append_chunked_upload":
            # While the part is sent, a thread reads and another one hashes.
            asyncio.get_running_loop().call_later(0.002 * len(begun), begun[-1].cancel)

    async def main() -> None:
        async with AsyncBackendClient(backend.url, TOKEN, on_request=look) as client:
            for _ in range(3):
                begun.append(asyncio.ensure_future(_upload(client, video)))
                with pytest.raises(asyncio.CancelledError):
                    await begun[-1]
                require_quiet(video, journals)
            begun.clear()
            backend.faults.clear()
            done = await client.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
        assert stored(backend, done) == _content(video)

    asyncio.run(main())


def test_an_interrupt_ends_an_upload_at_once(backend: MockBackend, video: Path, journals: Path) -> None:
    backend.faults.on("append_chunked_upload", nth=2).no_answer()

    def wait() -> None:
        while len(backend.requests) < 3:
            time.sleep(0.001)

    with BackendClient(backend.url, TOKEN, **lasting()) as client:
        with interrupting(wait):
            client.create_chunked_upload(video, chunk_size=CHUNK, resume=True)
        require_quiet(video, journals)
        assert stored(backend, client.create_chunked_upload(video, resume=True)) == _content(video)
