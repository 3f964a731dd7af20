"""The clock of the mock: jobs move with it, and every moment that an answer shows comes from it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

# The release that the contract describes; any fixed moment would do.
DEFAULT_START = datetime(2025, 9, 3, 9, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What the mock needs of a clock, and what `synapse_backend.Clock` asks for. Its time never runs backwards."""

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

    def set(self, now: datetime) -> None:
        """Go on from another moment."""
        ...

    def pause(self, seconds: float) -> float:
        """An answer is late; returns how long really to wait for it."""
        ...

    def monotonic(self) -> float:
        """Seconds from some fixed moment."""
        ...

    def time(self) -> float:
        """Seconds since 1970 in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    async def asleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        ...


class VirtualClock:
    """Stands still between requests and moves on by `step` seconds with each of them.

    A client that is made with `clock=backend.clock` shares it: its waits, and those of late answers, only move it. As long
    as no client does, late answers are late in the time of the machine, because nobody would notice otherwise.
    """

    def __init__(self, start: datetime = DEFAULT_START, step: float = 0.5) -> None:
        self._start = self._now = start
        self._step = timedelta(seconds=step)
        self._lock = threading.Lock()
        # Never goes back, also when the clock is reset while clients use it.
        self._elapsed = timedelta()
        self._is_shared = False

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._now

    def advance(self, seconds: float | timedelta) -> datetime:
        """Let time pass without waiting; returns the new present."""
        step = _forward(seconds)
        with self._lock:
            self._elapsed += step
            self._now += step
            return self._now

    def tick(self) -> datetime:
        """A request was served; returns the moment at which it was."""
        with self._lock:
            self._elapsed += self._step
            self._now += self._step
            return self._now

    def reset(self) -> None:
        """Back to the start."""
        self._now = self._start
        self._is_shared = False

    def set(self, now: datetime) -> None:
        """Go on from another moment."""
        self._now = now

    def pause(self, seconds: float) -> float:
        """An answer is late; returns how long really to wait for it."""
        self.advance(seconds)
        return 0.0 if self._is_shared else seconds

    def monotonic(self) -> float:
        """Seconds that have passed on this clock."""
        self._is_shared = True
        return self._elapsed.total_seconds()

    def time(self) -> float:
        """Seconds since 1970 in UTC."""
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Let time pass; nobody waits."""
        self.advance(max(seconds, 0.0))

    async def asleep(self, seconds: float) -> None:
        """Let time pass; nobody waits."""
        self.sleep(seconds)

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

    def set(self, now: datetime) -> None:
        """Go on from another moment."""
        with self._lock:
            self._offset = now - datetime.now(UTC)
            self._latest = now

    def pause(self, seconds: float) -> float:
        """An answer is late; returns how long really to wait for it."""
        return seconds

    def monotonic(self) -> float:
        """Seconds from some fixed moment, in the time of the machine and what `advance` added."""
        return time.monotonic() + self._offset.total_seconds()

    def time(self) -> float:
        """Seconds since 1970 in UTC."""
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        import anyio

        await anyio.sleep(seconds)

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


def parse_moment(text: str) -> int:
    """Microseconds since 1970 of any date-time that the contract allows."""
    text = text.upper()
    # A leap second is a valid moment that Python's datetime does not know.
    leap = text[17:19] == "60"
    try:
        moment = datetime.fromisoformat(f"{text[:17]}59{text[19:]}" if leap else text)
    except ValueError:
        # Year 0000 is older than anything.
        moment = datetime.min.replace(tzinfo=UTC)
    return microseconds(moment) + (timedelta(seconds=1) // timedelta(microseconds=1) if leap else 0)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(moment: datetime) -> str:
    """A moment for the `Date` header. Written out because `strftime` follows the locale."""
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year} "
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02} GMT"
    )
