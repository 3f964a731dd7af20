"""Limits that keep the deadline of a call.

A read timeout limits one silence, not their sum: a server that sends a byte now and then would keep a call for ever.
The limit of each read and write is therefore cut to what is left until the deadline. It travels inside the timeout,
which the connection pool hands down untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpcore

from synapse_backend._clock import Clock

if TYPE_CHECKING:
    from synapse_api.operations import Operation
    from synapse_backend._config import CallOptions, ClientConfig

_SHORTEST = 0.001


class Timeout(float):
    """The limit of a phase in seconds, which knows when the whole call must end."""

    __slots__ = ("clock", "deadline")
    clock: Clock
    deadline: float


def timeouts(phases: Mapping[str, float | None], deadline: float | None, clock: Clock) -> Mapping[str, float | None]:
    """Return the limits of an attempt that starts now."""
    if deadline is None:
        return phases
    left = max(deadline - clock.monotonic(), 0.0)
    limits: dict[str, float | None] = {}
    for phase, limit in phases.items():
        timeout = Timeout(left if limit is None else min(limit, left))
        timeout.clock, timeout.deadline = clock, deadline
        limits[phase] = timeout
    return limits


def time_left(timeout: float | None, too_late: type[httpcore.TimeoutException]) -> float | None:
    """Return what a connect, read or write that starts now may take.

    Raises:
        httpcore.TimeoutException: The deadline passed; `too_late` says which kind.
    """
    if not isinstance(timeout, Timeout):
        return timeout
    left = timeout.deadline - timeout.clock.monotonic()
    if left <= 0:
        raise too_late("the deadline passed")
    return min(timeout, left)


class Overall:
    """The deadline of what takes several calls.

    Args:
        config: Settings of the client.
        operation: What is called.
        options: What the caller wants of the whole.
    """

    def __init__(self, config: ClientConfig, operation: Operation[Any], options: CallOptions | None) -> None:
        _, _, limit = config.options_for(operation, options)
        self._clock = config.clock
        self._options = options
        self._end = None if limit is None else self._clock.monotonic() + limit

    def has_room_for(self, delay: float) -> bool:
        """Tell whether another call may follow after so many seconds."""
        return self._end is None or self._clock.monotonic() + delay < self._end

    def options(self) -> CallOptions | None:
        """Return the settings of the next call, which has what is left."""
        if self._end is None:
            return self._options
        left: CallOptions = {"deadline": max(self._end - self._clock.monotonic(), _SHORTEST)}
        return {**self._options, **left} if self._options else left
