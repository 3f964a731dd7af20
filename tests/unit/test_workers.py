"""`_workers`: work at once, of which nothing is left when it ends, however it ends."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from synapse_backend._workers import (
    UnwantedError,
    begin_wait,
    check_wanted,
    end_wait,
    gather_async,
    gather_sync,
    is_unwanted,
    run_bounded_async,
    run_bounded_sync,
    sleep,
)
from tests.support.clock import FOR_EVER

NAME: ContextVar[str] = ContextVar("NAME", default="nobody")


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


class Watched:
    """Items that say how many of them were taken."""

    def __init__(self, number: int | None = None) -> None:
        self.taken = 0
        self._items = itertools.count() if number is None else iter(range(number))

    def __iter__(self) -> Iterator[int]:
        for item in self._items:
            self.taken += 1
            yield item


class StopError(Exception):
    """Raised where work is to end."""


# --- threads --------------------------------------------------------------------------------------------------------


def test_threads_hand_back_what_was_returned_or_raised_in_the_thread_of_the_caller() -> None:
    here = threading.get_ident()
    done: dict[int, Any] = {}

    def work(item: int) -> str:
        assert threading.get_ident() != here
        if item == 2:
            raise ValueError(item)
        return f"{item} by {NAME.get()}"

    def keep(item: int, outcome: str | Exception) -> None:
        assert threading.get_ident() == here
        done[item] = outcome

    NAME.set("the caller")
    run_bounded_sync(range(4), work, 3, keep)
    error = done.pop(2)
    assert (type(error), error.args) == (ValueError, (2,))
    assert done == {item: f"{item} by the caller" for item in (0, 1, 3)}


def test_threads_keep_to_a_limit_that_changes() -> None:
    lock, running, most, together = threading.Lock(), 0, [], threading.Barrier(3)

    def work(item: int) -> None:
        nonlocal running
        with lock:
            running += 1
            most.append(running)
        if item < 3:
            together.wait(timeout=60)
        with lock:
            running -= 1

    run_bounded_sync(range(6), work, lambda: 3 if len(most) < 3 else 1, lambda item, outcome: None)
    assert max(most[:3]) == 3
    assert most[-2:] == [1, 1]


async def test_tasks_keep_to_a_limit_that_changes() -> None:
    running, most = 0, []

    async def work(item: int) -> None:
        nonlocal running
        running += 1
        most.append(running)
        await anyio.sleep(0.01)
        running -= 1

    async def keep(item: int, outcome: object) -> None:
        assert outcome is None

    await run_bounded_async(range(6), work, lambda: 3 if len(most) < 3 else 1, keep)
    assert max(most[:3]) > 1
    assert most[-2:] == [1, 1]


def test_threads_take_no_more_than_the_limit() -> None:
    items = Watched(100)
    at_work: set[int] = set()
    most = 0

    def work(item: int) -> int:
        nonlocal most
        at_work.add(item)
        most = max(most, len(at_work))
        at_work.remove(item)
        return item

    done: list[int] = []

    def keep(item: int, outcome: int | Exception) -> None:
        assert items.taken - len(done) <= 4
        assert outcome == item
        done.append(item)

    run_bounded_sync(items, work, 4, keep)
    assert sorted(done) == list(range(100))
    assert most <= 4


def test_work_is_done_at_once_and_handed_over_in_the_order_in_which_it_ends() -> None:
    last_ended = threading.Event()

    def work(item: int) -> None:
        # The first one ends after the last one; one at a time, it would never end.
        if item == 0:
            assert last_ended.wait(60)
        if item == 2:
            last_ended.set()

    order: list[int] = []
    run_bounded_sync(range(3), work, 3, lambda item, _: order.append(item))
    assert order[-1] == 0


@pytest.mark.parametrize("where", ["callback", "items", "worker"])
def test_threads_are_told_that_their_work_is_unwanted_and_waited_for(where: str) -> None:
    ended: list[int] = []
    second_began = threading.Event()

    def items() -> Iterator[int]:
        yield from (0, 1)
        second_began.wait(60)
        if where == "items":
            raise StopError
        yield 2

    def work(item: int) -> None:
        check_wanted()
        if item == 1:
            second_began.set()
            try:
                while not is_unwanted():
                    check_wanted()
                check_wanted()
            finally:
                ended.append(item)
        elif item == 2 and where == "worker":
            raise KeyboardInterrupt

    def stop(item: int, _: object) -> None:
        if where == "callback":
            second_began.wait(60)
            raise StopError

    with pytest.raises(KeyboardInterrupt if where == "worker" else StopError):
        run_bounded_sync(items(), work, 4, stop)
    assert ended == [1]
    assert not is_unwanted()
    check_wanted()


def forever(began: threading.Event) -> None:
    """Wait until nobody needs it any more."""
    began.set()
    sleep(FOR_EVER)


def until_ended(began: threading.Event) -> None:
    ended = threading.Event()
    begin_wait(ended, ended.set)
    end_wait(ended)
    begin_wait(ended, ended.set)
    began.set()
    ended.wait(FOR_EVER)
    end_wait(ended)
    sleep(0)


def in_other_threads(began: threading.Event) -> None:
    run_bounded_sync([began], forever, 2, print)


@pytest.mark.parametrize("wait", [forever, until_ended, in_other_threads])
def test_a_thread_that_waits_is_ended(wait: Callable[[threading.Event], None]) -> None:
    began = threading.Event()
    ended: list[UnwantedError] = []

    def work(item: int) -> None:
        if item == 0:
            try:
                wait(began)
            except UnwantedError as error:
                ended.append(error)
                # What begins to wait now is not waited for.
                with pytest.raises(UnwantedError):
                    begin_wait(item, print)
                raise
        else:
            assert began.wait(60)

    def stop(item: int, _: object) -> None:
        raise StopError

    # Nothing else ends these waits, or not before the test counts as hanging.
    with pytest.raises(StopError):
        run_bounded_sync(range(2), work, 2, stop)
    assert len(ended) == 1


def test_who_works_alone_is_always_wanted() -> None:
    check_wanted()
    begin_wait(1, print)
    end_wait(1)
    started = time.monotonic()
    sleep(0.01)
    assert time.monotonic() - started >= 0.01


def test_nothing_more_is_taken_after_a_failure() -> None:
    items = Watched()

    def stop(item: int, _: object) -> None:
        raise StopError

    with pytest.raises(StopError):
        run_bounded_sync(items, int, 3, stop)
    assert items.taken <= 3


@pytest.mark.parametrize("possible", [0, 1, 2])
def test_work_goes_on_with_as_many_threads_as_can_be_started(possible: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start, started = threading.Thread.start, itertools.count()

    def start_some(thread: threading.Thread) -> None:
        if next(started) >= possible:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    assert gather_sync([threading.get_ident] * 9, 3).count(threading.get_ident()) == (0 if possible else 9)


def test_an_interrupt_may_come_while_a_thread_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(thread: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        run_bounded_sync(range(3), int, 3, print)


def test_functions_are_called_in_threads_and_one_alone_is_not() -> None:
    def fail() -> int:
        raise StopError

    here = threading.get_ident()
    first, failed, third = gather_sync([threading.get_ident, fail, threading.get_ident], 2)
    assert here not in (first, third)
    assert isinstance(failed, StopError)
    assert gather_sync([threading.get_ident], 2) == [here]
    [alone] = gather_sync([fail], 2)
    assert isinstance(alone, StopError)


# --- tasks ----------------------------------------------------------------------------------------------------------


async def ignore(_item: object, _outcome: object) -> None:
    """Do nothing."""


async def test_tasks_hand_back_what_was_returned_or_raised_in_the_task_of_the_caller() -> None:
    here = asyncio.current_task()
    done: dict[int, Any] = {}

    async def work(item: int) -> str:
        assert asyncio.current_task() is not here
        await anyio.lowlevel.checkpoint()
        if item == 2:
            raise ValueError(item)
        return f"{item} by {NAME.get()}"

    async def keep(item: int, outcome: str | Exception) -> None:
        assert asyncio.current_task() is here
        done[item] = outcome

    NAME.set("the caller")
    await run_bounded_async(range(4), work, 3, keep)
    error = done.pop(2)
    assert (type(error), error.args) == (ValueError, (2,))
    assert done == {item: f"{item} by the caller" for item in (0, 1, 3)}


async def test_tasks_take_no_more_than_the_limit() -> None:
    items = Watched(100)
    done: list[int] = []

    async def work(item: int) -> int:
        await anyio.lowlevel.checkpoint()
        return item

    async def keep(item: int, outcome: int | Exception) -> None:
        assert items.taken - len(done) <= 4
        assert outcome == item
        done.append(item)

    await run_bounded_async(items, work, 4, keep)
    assert sorted(done) == list(range(100))


@pytest.mark.parametrize("where", ["callback", "items", "worker", "cancelled worker"])
async def test_tasks_are_cancelled_and_the_exception_comes_out_plain(where: str) -> None:
    ended: list[int] = []

    def items() -> Iterator[int]:
        yield from (0, 1, 2)
        if where == "items":
            raise StopError
        yield 3

    async def work(item: int) -> None:
        try:
            if item == 0 and where == "worker":
                raise KeyboardInterrupt
            if item == 0 and where == "cancelled worker":
                raise asyncio.CancelledError
            await anyio.sleep(100 if item else 0)
        finally:
            ended.append(item)

    async def stop(item: int, _: object) -> None:
        if where == "callback":
            raise StopError

    before = asyncio.all_tasks()
    expected = {"worker": KeyboardInterrupt, "cancelled worker": asyncio.CancelledError}.get(where, StopError)
    with pytest.raises(expected):
        await run_bounded_async(items(), work, 3, stop)
    assert set(ended) <= {0, 1, 2, 3}
    assert asyncio.all_tasks() == before


async def test_tasks_end_with_the_one_that_waits_for_them() -> None:
    ended: list[int] = []
    begun = asyncio.Event()

    async def work(item: int) -> None:
        try:
            if item == 2:
                begun.set()
            await anyio.sleep(100)
        finally:
            ended.append(item)

    async def walk() -> None:
        await run_bounded_async(range(9), work, 3, ignore)

    before = asyncio.all_tasks()
    task = asyncio.create_task(walk())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == [0, 1, 2]
    assert asyncio.all_tasks() == before


async def test_asynchronous_functions_are_called_in_tasks_and_one_alone_is_not() -> None:
    async def here() -> object:
        return asyncio.current_task()

    async def fail() -> object:
        raise StopError

    functions: list[Callable[[], Awaitable[object]]] = [here, fail, here]
    first, failed, third = await gather_async(functions, 2)
    assert asyncio.current_task() not in (first, third)
    assert isinstance(failed, StopError)
    assert await gather_async([here], 2) == [asyncio.current_task()]
    [alone] = await gather_async([fail], 2)
    assert isinstance(alone, StopError)
