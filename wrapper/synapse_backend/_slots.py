"""Waiting in the two worlds: the counterparts that `scripts/unasync.py` cannot derive from each other."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import warnings
from asyncio import get_running_loop
from collections.abc import Callable, Collection, Iterable, MutableSequence
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpcore

from synapse_backend import _workers

P = ParamSpec("P")
T = TypeVar("T")


class Closable(Protocol):
    """A connection."""

    def close(self) -> object:
        """Close it."""
        ...


class Abandonable(Protocol):
    """Connections of one process and one event loop."""

    def abandon(self) -> None:
        """Give them up, from elsewhere."""
        ...


A = TypeVar("A", bound=Abandonable)


AsyncEvent = anyio.Event
Event = threading.Event


def run_sync(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function that may block."""
    return function(*arguments, **named)


async def run_async(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function that may block in a worker thread, so that it does not stop the event loop."""
    return await anyio.to_thread.run_sync(partial(function, *arguments, **named))


def open_sync(close: Callable[[T], object], make: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function that may block and opens something."""
    return make(*arguments, **named)


async def open_async(close: Callable[[T], object], make: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function that opens something in a worker thread.

    The thread goes on when this task is cancelled; what it opens then has no owner, and is closed.

    Args:
        close: Closes what was opened.
        make: Opens it.
        *arguments: Of `make`.
        **named: Of `make`.
    """
    lock = threading.Lock()
    opened: list[T] = []
    is_left = False

    def run() -> T:
        made = make(*arguments, **named)
        with lock:
            opened.append(made)
            if not is_left:
                return made
        close(made)
        return made

    try:
        return await anyio.to_thread.run_sync(run)
    except BaseException:
        with lock:
            is_left = True
            done = opened.copy()
        for made in done:
            close(made)
        raise


class Slots:
    """Limits how many connections of a synchronous client are in use."""

    def __init__(self, number: int) -> None:
        self._free = threading.Semaphore(number)

    def take(self, timeout: float | None) -> None:
        """Wait for a free one.

        Raises:
            httpcore.PoolTimeout: None became free in time.
        """
        if not self._free.acquire(timeout=timeout):
            raise httpcore.PoolTimeout

    def give_back(self) -> None:
        """Free one."""
        self._free.release()

    @staticmethod
    def abandon(connections: Iterable[Closable]) -> None:
        """Give up the connections of another process; closing them here does not end them there."""
        for connection in connections:
            connection.close()

    @classmethod
    def forget(cls, connections: Iterable[Closable], made_at: str) -> None:
        """Close the connections of a client that was never closed."""
        cls.abandon(connections)

    @staticmethod
    def current_loop() -> None:
        """Return the event loop that connections made now belong to: none."""
        return

    @staticmethod
    def clear_out(homes: dict[tuple[int, object], A]) -> None:
        """Give up the connections of event loops that are closed: there are none."""

    @staticmethod
    def has_unread(stream: httpcore.NetworkStream) -> bool:
        """Tell whether something has come on a connection, be it only its end."""
        return bool(stream.get_extra_info("is_readable"))

    @staticmethod
    def begin(stream: httpcore.NetworkStream) -> None:
        """Take note that this thread is going to wait for a connection, which may have to be ended under it."""
        _workers.begin_wait(stream, partial(_hang_up, stream))

    @staticmethod
    def end(stream: httpcore.NetworkStream) -> None:
        """Take note that nobody waits for a connection any more."""
        _workers.end_wait(stream)

    @staticmethod
    def close(stream: httpcore.NetworkStream) -> None:
        """Close a connection."""
        _workers.end_wait(stream)
        stream.close()


def _hang_up(stream: httpcore.NetworkStream) -> None:
    """End a connection that another thread waits for; closing it is left to that thread."""
    connection = stream.get_extra_info("socket")
    with contextlib.suppress(OSError):
        # That of a TLS socket would take from it what the other thread is using.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


_run: anyio.lowlevel.RunVar[object] = anyio.lowlevel.RunVar("_run")


def _begin_run() -> object:
    run = object()
    _run.set(run)
    return run


class AsyncSlots:
    """Limits how many connections of an asynchronous client are in use."""

    def __init__(self, number: int) -> None:
        self._free = anyio.Semaphore(number)

    async def take(self, timeout: float | None) -> None:
        """Wait for a free one.

        Raises:
            httpcore.PoolTimeout: None became free in time.
        """
        try:
            self._free.acquire_nowait()
        except anyio.WouldBlock:
            try:
                with anyio.fail_after(timeout):
                    await self._free.acquire()
            except TimeoutError:
                raise httpcore.PoolTimeout from None

    def give_back(self) -> None:
        """Free one."""
        self._free.release()

    @staticmethod
    def abandon(connections: MutableSequence[T]) -> None:
        """Give up the connections of another process or event loop, where nothing of them can be touched from here."""
        connections.clear()

    @staticmethod
    def forget(connections: Collection[object], made_at: str) -> None:
        """Warn of a client that was never closed; without its event loop nothing can be closed any more."""
        if connections:
            warnings.warn(f"unclosed AsyncBackendClient, made at {made_at}", ResourceWarning, stacklevel=3)

    @staticmethod
    def current_loop() -> object:
        """Return the event loop that connections made now belong to, or what stands for it; no other can use them."""
        try:
            return get_running_loop()
        except RuntimeError:  # another library than asyncio runs it
            return _run.get(None) or _begin_run()

    @staticmethod
    def clear_out(homes: dict[tuple[int, object], A]) -> None:
        """Give up the connections of event loops that are closed; one that cannot tell is taken to run."""
        for home in list(homes):
            is_closed = getattr(home[1], "is_closed", None)
            if is_closed is not None and is_closed() and (pool := homes.pop(home, None)):
                pool.abandon()

    @staticmethod
    def has_unread(stream: httpcore.AsyncNetworkStream) -> bool:
        """Tell whether something has come on a connection; what TLS has read ahead does not show on the socket."""
        if stream.get_extra_info("is_readable"):
            return True
        tls = stream.get_extra_info("ssl_object")
        if tls is None:
            return False
        try:
            tls.read(1)
        except ssl.SSLError as error:
            return not isinstance(error, ssl.SSLWantReadError)
        return True

    @staticmethod
    def begin(stream: httpcore.AsyncNetworkStream) -> None:
        """Do nothing: a task is cancelled where it waits."""

    @staticmethod
    def end(stream: httpcore.AsyncNetworkStream) -> None:
        """Do nothing."""

    @staticmethod
    async def close(stream: httpcore.AsyncNetworkStream) -> None:
        """Close a connection, also in a task that is being cancelled."""
        with anyio.CancelScope(shield=True):
            await stream.aclose()
