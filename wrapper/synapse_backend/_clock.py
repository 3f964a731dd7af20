"""Time, as the transport sees it; replaceable, so that tests do not wait."""

from __future__ import annotations

import time
from typing import Protocol

import anyio

from synapse_backend import _workers


class Clock(Protocol):
    """What tells the time and waits. A mock backend has one that only pretends to."""

    def monotonic(self) -> float:
        """Return seconds from some fixed moment; never goes back."""
        ...

    def time(self) -> float:
        """Return seconds since 1970 in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    async def asleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        ...


class SystemClock:
    """The clock of the machine."""

    def monotonic(self) -> float:
        """Return seconds from some fixed moment; never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Return seconds since 1970 in UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait, unless nobody needs any more what comes after."""
        _workers.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait without blocking the event loop, whichever runs."""
        await anyio.sleep(seconds)
