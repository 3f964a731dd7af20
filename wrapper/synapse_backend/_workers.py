"""Doing several things at once, in the two worlds: what `scripts/unasync.py` cannot derive from the other.

``run_bounded_async`` and ``run_bounded_sync`` do the same, as do ``gather_async`` and ``gather_sync``. In each pair

- everything that was begun has ended when the function returns or raises, whatever happens: no task and no thread
  outlives it, so nothing is left behind where a generator or an event loop ends;
- an exception comes out as it was raised, never in a group;
- an `Exception` of a worker is a result, which goes to whoever asked for the work; any other `BaseException`, such as
  an interrupt, ends everything.

Workers are cancelled when the rest of the work fails. A task is cancelled as everywhere. A thread is when it next sends
or waits for something through a client; where it waits already, the connection is ended under it. One that does
something else for long calls `check_wanted` now and then.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from typing import TypeVar

import anyio

I = TypeVar("I")  # noqa: E741 - an item
T = TypeVar("T")


class UnwantedError(BaseException):
    """Nobody waits any more for what this thread does, because another part of the work failed."""


class _Work:
    """What several threads do together."""

    def __init__(self) -> None:
        self.is_unwanted = threading.Event()
        self._lock = threading.Lock()
        self._waits: dict[object, Callable[[], object]] = {}

    def begin(self, wait: object, end: Callable[[], object]) -> None:
        with self._lock:
            self._waits[wait] = end
        # Whoever came too late to be ended sees it here.
        self.check()

    def end(self, wait: object) -> None:
        with self._lock:
            self._waits.pop(wait, None)

    def check(self) -> None:
        if self.is_unwanted.is_set():
            raise UnwantedError

    def abandon(self) -> None:
        self.is_unwanted.set()
        with self._lock:
            for end in self._waits.values():
                end()


_work: ContextVar[_Work | None] = ContextVar("_work", default=None)


def is_unwanted() -> bool:
    """Tell whether nobody waits any more for what this thread does, because another part of the work failed."""
    work = _work.get()
    return work is not None and work.is_unwanted.is_set()


def check_wanted() -> None:
    """Return if somebody still waits for what this thread does.

    Raises:
        UnwantedError: Nobody does. Not an `Exception`, so that nothing tries again.
    """
    work = _work.get()
    if work is not None:
        work.check()


def begin_wait(wait: object, end: Callable[[], object]) -> None:
    """Say how to end what this thread is going to wait for. Whoever calls this calls `end_wait` afterwards.

    Args:
        wait: Stands for it.
        end: Called from another thread, when nobody needs the work any more.

    Raises:
        UnwantedError: That is so already.
    """
    work = _work.get()
    if work is not None:
        work.begin(wait, end)


def end_wait(wait: object) -> None:
    """Take back what `begin_wait` said."""
    work = _work.get()
    if work is not None:
        work.end(wait)


def sleep(seconds: float) -> None:
    """Wait.

    Raises:
        UnwantedError: Nobody needs any more what comes after.
    """
    work = _work.get()
    if work is None:
        time.sleep(seconds)
    else:
        work.is_unwanted.wait(seconds)
        work.check()


def run_bounded_sync(
    items: Iterable[I],
    worker: Callable[[I], T],
    limit: int | Callable[[], int],
    on_done: Callable[[I, T | Exception], object],
) -> None:
    """Call a worker with each item, several at once, in threads that end before this returns.

    Args:
        items: Taken one by one, each when a thread is free for it; may be endless.
        worker: Called in another thread, in a copy of the context of the caller.
        limit: How many items are in work at most; a function is asked before each item.
        on_done: Called in the thread of the caller with each item and what the worker returned or raised, in the
            order in which they end. When it raises, no further item is taken.
    """
    todo: SimpleQueue[tuple[I] | None] = SimpleQueue()
    finished: SimpleQueue[tuple[I, T | BaseException]] = SimpleQueue()
    together = _Work()
    threads: list[threading.Thread] = []
    running = 0

    def attempt(item: I) -> None:
        try:
            together.check()
            outcome: T | BaseException = worker(item)
        except BaseException as error:
            outcome = error
        finished.put((item, outcome))

    def work() -> None:
        _work.set(together)
        while (taken := todo.get()) is not None:
            attempt(*taken)
            del taken  # A thread that waits for more keeps nothing alive.

    def hire() -> None:
        threads.append(threading.Thread(target=copy_context().run, args=(work,), daemon=True))
        try:
            threads[-1].start()
        except RuntimeError:  # There are as many as there can be.
            threads.pop()

    def hand_over() -> None:
        item, outcome = finished.get()
        on_done(item, _result(outcome))

    # This may itself be the work of a thread.
    begin_wait(together, together.abandon)
    try:
        for item in items:
            if running == len(threads):
                hire()
            if threads:
                todo.put((item,))
            else:
                attempt(item)
            running += 1
            # What has ended is told before the next item is looked for, which may take a while.
            while running >= _most(limit) or not finished.empty():
                running -= 1
                hand_over()
        while running:
            running -= 1
            hand_over()
    except BaseException:
        together.abandon()
        raise
    finally:
        for _ in threads:
            todo.put(None)
        for thread in threads:
            # An interrupt may have come while it was started.
            with suppress(RuntimeError):
                thread.join()
        end_wait(together)


async def run_bounded_async(
    items: Iterable[I],
    worker: Callable[[I], Awaitable[T]],
    limit: int | Callable[[], int],
    on_done: Callable[[I, T | Exception], Awaitable[object]],
) -> None:
    """Call a worker with each item, several at once, in tasks that end before this returns.

    Args:
        items: Taken one by one, each when there is room for it; may be endless.
        worker: Called in another task.
        limit: How many items are in work at most; a function is asked before each item.
        on_done: Called in the task of the caller with each item and what the worker returned or raised, in the order
            in which they end. When it raises, the workers are cancelled and no further item is taken.
    """
    finished: deque[tuple[I, T | BaseException]] = deque()
    arrived = anyio.Semaphore(0)
    cancelled = anyio.get_cancelled_exc_class()
    failure: BaseException | None = None
    running = 0

    def finish(item: I, outcome: T | BaseException) -> None:
        finished.append((item, outcome))
        arrived.release()

    async def work(item: I) -> None:
        outcome: T | BaseException
        try:
            outcome = await worker(item)
        except cancelled as error:
            finish(item, error)
            raise
        except BaseException as error:
            outcome = error
        finish(item, outcome)

    async def hand_over() -> None:
        await arrived.acquire()
        item, outcome = finished.popleft()
        await on_done(item, _result(outcome))

    async with anyio.create_task_group() as tasks:
        try:
            for item in items:
                tasks.start_soon(work, item)
                running += 1
                while running >= _most(limit) or finished:
                    running -= 1
                    await hand_over()
            while running:
                running -= 1
                await hand_over()
        except cancelled:
            raise
        except BaseException as error:
            # Raised in the group, it would come out in a group of exceptions.
            failure = error
            tasks.cancel_scope.cancel()
    _raise(failure)


def gather_sync(functions: Sequence[Callable[[], T]], limit: int) -> list[T | Exception]:
    """Call functions at once, at most `limit` at a time; return what each returned or raised, in their order.

    One alone is called in the thread of the caller.
    """
    if len(functions) == 1:
        try:
            return [functions[0]()]
        except Exception as error:
            return [error]
    outcomes: dict[int, T | Exception] = {}
    run_bounded_sync(range(len(functions)), lambda number: functions[number](), limit, outcomes.__setitem__)
    return [outcomes[number] for number in range(len(functions))]


async def gather_async(functions: Sequence[Callable[[], Awaitable[T]]], limit: int) -> list[T | Exception]:
    """Call functions at once, at most `limit` at a time; return what each returned or raised, in their order.

    One alone is called in the task of the caller.
    """
    if len(functions) == 1:
        try:
            return [await functions[0]()]
        except Exception as error:
            return [error]
    outcomes: dict[int, T | Exception] = {}

    async def keep(number: int, outcome: T | Exception) -> None:
        outcomes[number] = outcome

    await run_bounded_async(range(len(functions)), lambda number: functions[number](), limit, keep)
    return [outcomes[number] for number in range(len(functions))]


def _result(outcome: T | BaseException) -> T | Exception:
    """Return what a worker returned or raised, unless it must not be kept."""
    if isinstance(outcome, BaseException) and not isinstance(outcome, Exception):
        raise outcome
    return outcome


def _most(limit: int | Callable[[], int]) -> int:
    return limit() if callable(limit) else limit


def _raise(failure: BaseException | None) -> None:
    if failure is not None:
        raise failure
