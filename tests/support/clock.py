"""A clock that tests move."""

from __future__ import annotations

import threading

import anyio

from synapse_backend._clock import SystemClock

FOR_EVER = 1_000_000.0
"""Seconds, more than any test may take."""


class FakeClock:
    """Tells the time that it was moved to; who waits moves it.

    Attributes:
        waits: The seconds of every wait.
    """

    def __init__(self, start: float = 1_756_900_000.0) -> None:
        self._now = start
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Return seconds from some fixed moment."""
        return self._now

    def time(self) -> float:
        """Return seconds since 1970."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self._now += seconds

    async def asleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleep(seconds)


class StillClock(SystemClock):
    """Lets no wait come to its end: who waits can only be broken off.

    Attributes:
        waits: The seconds of every wait that was begun.
        waiting: Set as soon as somebody waits.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.waiting = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait for ever, unless nobody needs any more what comes after."""
        self._begin(seconds)
        super().sleep(FOR_EVER)

    async def asleep(self, seconds: float) -> None:
        """Wait for ever."""
        self._begin(seconds)
        await anyio.sleep_forever()

    def _begin(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.waiting.set()
