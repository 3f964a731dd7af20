"""The clock of the mock: jobs move with it, and every moment that an answer shows comes from it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol

# The release that the contract describes; any fixed moment would do.
DEFAULT_START = datetime(2025, 9, 3, 9, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What the mock needs of a clock. Its time never runs backwards."""

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...

    def advance(self, seconds: float | timedelta) -> datetime:
        """Let time pass without waiting; returns the new present."""
        ...

    def tick(self) -> datetime:
        """A request was served; returns the moment at which it was."""
        ...

    def reset(self) -> None:
        """Back to the start."""
        ...


class VirtualClock:
    """Stands still between requests and moves on by `step` seconds with each of them."""

    def __init__(self, start: datetime = DEFAULT_START, step: float = 0.5) -> None:
        self._start = self._now = start
        self._step = timedelta(seconds=step)
        self._lock = threading.Lock()

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._now

    def advance(self, seconds: float | timedelta) -> datetime:
        """Let time pass without waiting; returns the new present."""
        with self._lock:
            self._now += _forward(seconds)
            return self._now

    def tick(self) -> datetime:
        """A request was served; returns the moment at which it was."""
        with self._lock:
            self._now += self._step
            return self._now

    def reset(self) -> None:
        """Back to the start."""
        self._now = self._start

    def __repr__(self) -> str:
        return f"VirtualClock(now={wire(self._now)})"


class RealClock:
    """The time of the machine, plus what `advance` added."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._latest = EPOCH
        self._lock = threading.Lock()

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        with self._lock:
            # A machine's clock may be set back; a job that has started must not be queued again.
            self._latest = max(self._latest, datetime.now(UTC) + self._offset)
            return self._latest

    def advance(self, seconds: float | timedelta) -> datetime:
        """Let time pass without waiting; returns the new present."""
        with self._lock:
            self._offset += _forward(seconds)
        return self.now

    def tick(self) -> datetime:
        """A request was served; returns the moment at which it was."""
        return self.now

    def reset(self) -> None:
        """Back to the time of the machine."""
        with self._lock:
            self._offset = timedelta()
            self._latest = EPOCH

    def __repr__(self) -> str:
        return f"RealClock(now={wire(self.now)})"


def _forward(seconds: float | timedelta) -> timedelta:
    step = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
    if step < timedelta():
        raise ValueError(f"time does not run backwards: advance({seconds!r})")
    return step


def wire(moment: datetime) -> str:
    """A moment the way Django REST framework writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970. Unlike `astimezone`, it cannot overflow near the years 1 and 9999."""
    return (moment - EPOCH) // timedelta(microseconds=1)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(moment: datetime) -> str:
    """A moment for the `Date` header. Written out because `strftime` follows the locale."""
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year} "
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02} GMT"
    )
