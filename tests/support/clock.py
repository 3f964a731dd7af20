"""A clock that tests move."""

from __future__ import annotations


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
