"""Bulk uploads that are broken off, and very large ones: nothing goes on, and memory stays bounded."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from synapse_backend import BackendClient, ClientError, UnitResult
from synapse_backend._bulk import LocalFile, Pending
from synapse_backend._sync._bulk import BulkUpload
from synapse_backend._sync._creation import Creation
from synapse_backend._throttle import Throttle
from synapse_backend.testing import MockBackend
from tests.support.bulk import collection, present, units, wanted, write
from tests.support.clock import StillClock
from tests.support.scripted import HANGS

WORKERS = 10
# Nothing but the interrupt ends its waits: not those for an answer, and not those between attempts.
PROGRAM = """
import sys
from pathlib import Path
from synapse_backend import BackendClient
from synapse_backend._clock import SystemClock

class StillClock(SystemClock):
    def sleep(self, seconds):
        super().sleep(1_000_000)

url, token, pk, folder, workers = sys.argv[1:]
data = ({"files": {"image": path}} for path in sorted(Path(folder).glob("*.jpg")))
with BackendClient(url, token, timeout=1_000_000, deadline=1_000_000, clock=StillClock()) as client:
    client.upload_data_collection(int(pk), data, max_workers=int(workers))
"""


def wait_for_a_file(backend: MockBackend) -> None:
    """Wait until the first file has arrived."""
    while not any(request.operation_id == "create_data_file" for request in backend.requests):
        time.sleep(0.01)


@pytest.mark.parametrize("trouble", ["throttled", "silent"])
def test_an_interrupt_ends_it_at_once(trouble: str, tmp_path: Path) -> None:
    write(tmp_path, 50)
    with MockBackend() as backend:
        pk = collection(backend)
        chosen = backend.faults.on("create_data_file", times=None)
        chosen.status(429, retry_after=50) if trouble == "throttled" else chosen.no_answer()
        arguments = [backend.url, backend.token, str(pk), str(tmp_path), str(WORKERS)]
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments], stderr=subprocess.PIPE, text=True
        ) as process:
            wait_for_a_file(backend)
            process.send_signal(signal.SIGINT)
            try:
                _, errors = process.communicate(timeout=HANGS)
            finally:
                process.kill()
        assert "KeyboardInterrupt" in errors
        assert process.returncode != 0
        # What was under way may still arrive; nothing new is begun, and nothing tried again.
        asked = Counter(request.operation_id for request in backend.requests)
        assert asked["create_data_file"] <= WORKERS
        assert asked["create_data_units"] == 0
        backend.faults.clear()


def test_a_cancelled_upload_leaves_nothing_behind(tmp_path: Path) -> None:
    # Nothing but its cancellation ends its waits.
    clock = StillClock()

    async def main(backend: MockBackend, pk: int) -> None:
        async with backend.async_client(clock=clock) as client:
            upload = asyncio.create_task(client.upload_data_collection(pk, units(write(tmp_path, 50))))
            await asyncio.to_thread(clock.waiting.wait, HANGS)
            upload.cancel()
            await asyncio.wait([upload], timeout=HANGS)
            assert upload.cancelled()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    with MockBackend() as backend:
        pk = collection(backend)
        backend.faults.on("create_data_file", times=None).status(429, retry_after=50)
        asyncio.run(main(backend, pk))
        backend.faults.clear()


def test_threads_end_with_the_upload(tmp_path: Path) -> None:
    with MockBackend() as backend, backend.client() as client:
        before = set(threading.enumerate())
        client.upload_data_collection(collection(backend), units(write(tmp_path, 50)))
        assert set(threading.enumerate()) == before


def test_memory_does_not_grow_with_the_number_of_units(monkeypatch: pytest.MonkeyPatch) -> None:
    number = 20_000
    ids = itertools.count(1)

    def upload(self: BulkUpload, work: Any, read: Mapping[str, LocalFile]) -> Pending:
        files = {"image": {"checksum": "0" * 32, "path": "a.jpg", "id": 1, "size": 1}}
        return Pending(work.index, work.key, work.unit.body(1, files))

    def create(self: Creation, units: Sequence[Pending]) -> None:
        for pending in units:
            pending.unit_id = next(ids)

    monkeypatch.setattr(BulkUpload, "_upload", upload)
    monkeypatch.setattr(Creation, "create", create)
    monkeypatch.setattr("synapse_backend._bulk.read_ahead", lambda paths: {})
    done = 0

    def lazily() -> Iterator[dict[str, Any]]:
        for index in range(number):
            yield {"files": {"image": f"/data/{index:08}.jpg"}, "meta": {"index": index}}

    def count(_: UnitResult) -> None:
        nonlocal done
        done += 1

    with MockBackend() as backend, backend.client() as client:
        assert isinstance(client, BackendClient)
        pk = collection(backend)
        client.upload_data_collection(pk, [])
        tracemalloc.start()
        try:
            summary = client.upload_data_collection(pk, lazily(), on_result=count)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert summary.created == done == number
    # The units of a few batches, whatever their number.
    assert peak < 4 * 1024 * 1024


def test_units_whose_creation_is_interrupted_during_a_pause_are_created_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synapse_backend._bulk.STILL_AT_WORK", 0.0)
    refused = threading.Event()
    refuse = Throttle.refuse

    def noted(self: Throttle, now: float, error: ClientError) -> bool:
        is_worth_it = refuse(self, now, error)
        refused.set()
        return is_worth_it

    monkeypatch.setattr(Throttle, "refuse", noted)
    data = units(write(tmp_path, 200))

    def interrupted(backend: MockBackend) -> Iterator[dict[str, Any]]:
        is_throttled = False
        for unit in data:
            yield unit
            if is_throttled:
                if refused.wait(0.05):
                    raise KeyboardInterrupt
            elif any(request.operation_id == "create_data_units" for request in backend.requests):
                backend.faults.on("create_data_file", times=None).status(429, retry_after=30)
                is_throttled = True
            else:
                time.sleep(0.01)
        assert refused.wait(HANGS)
        raise KeyboardInterrupt

    named: dict[str, Any] = {"batch_size": 20, "max_workers": 50, "journal": tmp_path / "journal"}
    with MockBackend() as backend:
        pk = collection(backend)
        backend.faults.on("create_data_units").no_answer(commit=True)
        with BackendClient(backend.url, backend.token) as client, pytest.raises(KeyboardInterrupt):
            client.upload_data_collection(pk, interrupted(backend), **named)
        assert '"void"' not in (tmp_path / "journal").read_text()
        backend.faults.clear()
        with backend.client() as client:
            summary = client.upload_data_collection(pk, data, **named)
        assert (summary.created + summary.skipped, summary.skipped) == (200, 20)
        assert present(backend, pk) == wanted(data)
