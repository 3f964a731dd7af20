"""Tasks that are cancelled while a thread opens something for them: what it opens then is closed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
import pytest

from synapse_backend import AsyncBackendClient, _bodies, _downloads, _line_journal, _state_files
from synapse_backend._slots import open_async
from synapse_backend.testing import MockBackend
from tests.support.bulk import collection, units, write

P = ParamSpec("P")
T = TypeVar("T")


class Gate:
    """Holds threads up in a function, after it has done what it does."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.may_go_on = threading.Event()
        self.passed = threading.Event()

    def behind(self, function: Callable[P, T]) -> Callable[P, T]:
        """Return the function, held up at its end."""

        def held(*arguments: P.args, **named: P.kwargs) -> T:
            result = function(*arguments, **named)
            self.reached.set()
            assert self.may_go_on.wait(60)
            return result

        return held

    async def cancel(self, call: Awaitable[object]) -> None:
        """Cancel a call while its thread is held up, and let the thread go on then."""
        task = asyncio.ensure_future(call)
        assert await anyio.to_thread.run_sync(self.reached.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        self.may_go_on.set()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def backend() -> Iterator[MockBackend]:
    with MockBackend() as backend:
        yield backend


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    with anyio.fail_after(60):
        while not condition():  # noqa: ASYNC110 - it becomes so in a thread that knows nothing of this one
            await anyio.sleep(0.001)


async def test_what_is_opened_too_late_is_closed(gate: Gate) -> None:
    closed: list[str] = []

    def make() -> str:
        return "opened"

    call = open_async(closed.append, gate.behind(make))
    await gate.cancel(call)
    await until(lambda: closed == ["opened"])


async def test_what_was_opened_and_not_handed_over_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    async def cancelled_at_the_end(function: Callable[[], str]) -> str:
        function()
        raise asyncio.CancelledError

    monkeypatch.setattr(anyio.to_thread, "run_sync", cancelled_at_the_end)
    with pytest.raises(asyncio.CancelledError):
        await open_async(closed.append, lambda: "opened")
    assert closed == ["opened"]


async def test_what_was_handed_over_stays_open_and_what_fails_says_so() -> None:
    closed: list[str] = []
    assert await open_async(closed.append, lambda: "opened") == "opened"
    with pytest.raises(ZeroDivisionError):
        await open_async(closed.append, lambda: str(1 / 0))
    assert closed == []


async def test_the_journal_of_a_bulk_upload_can_be_used_again(
    gate: Gate, backend: MockBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk, data, journal = collection(backend), units(write(tmp_path, 2)), tmp_path / "journal"
    load, close, closed = _line_journal.LineJournal._load, _state_files.LineFile.close, threading.Event()

    def close_and_tell(file: _state_files.LineFile) -> None:
        close(file)
        closed.set()

    monkeypatch.setattr(_line_journal.LineJournal, "_load", gate.behind(load))
    monkeypatch.setattr(_state_files.LineFile, "close", close_and_tell)
    async with AsyncBackendClient(backend.url, backend.token) as client:
        await gate.cancel(client.upload_data_collection(pk, data, journal=journal))
        await until(closed.is_set)
        assert (await client.upload_data_collection(pk, data, journal=journal)).created == 2


async def test_the_journal_of_a_chunked_upload_can_be_used_again(
    gate: Gate, backend: MockBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file := tmp_path / "file").write_bytes(b"x" * 100)
    journal, lock = tmp_path / "journal", tmp_path / "journal.lock"
    with monkeypatch.context() as patched:
        patched.setattr(_state_files, "lock", gate.behind(_state_files.lock))
        async with AsyncBackendClient(backend.url, backend.token) as client:
            await gate.cancel(client.create_chunked_upload(file, resume=True, journal=journal))
            await until(lambda: not lock.exists())
            assert (await client.create_chunked_upload(file, resume=True, journal=journal))["size"] == 100


async def test_a_download_leaves_no_file(
    gate: Gate, backend: MockBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_downloads, "_set_mode", gate.behind(_downloads._set_mode))
    async with AsyncBackendClient(backend.url, backend.token) as client:
        await gate.cancel(client.download_file("/file", tmp_path))
        await until(lambda: not list(tmp_path.iterdir()))


async def test_a_form_leaves_no_file_open(
    gate: Gate, backend: MockBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file := tmp_path / "file").write_bytes(b"x" * 5_000_000)
    opened: list[Any] = []

    def open_file(*arguments: Any) -> Any:
        opened.append(made := open_before(*arguments))
        return made

    open_before = _bodies._open_file
    monkeypatch.setattr(_bodies, "_open_file", gate.behind(open_file))
    async with AsyncBackendClient(backend.url, backend.token) as client:
        await gate.cancel(client.create_plugin_release({"plugin": 1, "file": file, "version": "1"}))
        [(_, content, _)] = opened
        await until(lambda: bool(content.closed))
